#include "serve/told.h"

void told_init(struct told *told)
{
    buf_init(&told->text, BUF_UNLIMITED);
    buf_init(&told->shown, BUF_UNLIMITED);
    told->count = 0;
}

void told_free(struct told *told)
{
    buf_free(&told->text);
    buf_free(&told->shown);
}

void told_add(void *ctx, const struct conf_fault *fault)
{
    struct told *told = ctx;

    buf_printf(&told->text, "%u:%u %s\n", fault->line, fault->column, fault->words);
    conf_print_fault(&told->shown, fault);
    told->count++;
}
