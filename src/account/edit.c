#include <openssl/crypto.h>
#include <string.h>

#include "account/users.h"

/* The part of `text` that is the line of that user, without its newline; n is 0: there is none. */
static struct span find_line(struct span text, const char *name)
{
    size_t n = strlen(name);

    while (text.n) {
        const char *end = span_find_byte(text, '\n');
        struct span line = {text.p, end ? (size_t)(end - text.p) : text.n};

        if (span_starts(line, name) && line.n > n && line.p[n] == ':')
            return line;
        text = span_from(text, line.n + (end != NULL));
    }
    return span_make(text.p, 0);
}

static void add_rpop(struct span old, struct buf *to)
{
    struct secrets secrets;

    if (secrets_read(old, &secrets) || !secrets.of[SECRET_RPOP].p)
        return;
    buf_add_byte(to, ' ');
    buf_add_text(to, secret_schemes[SECRET_RPOP]);
    buf_add_span(to, secrets.of[SECRET_RPOP]);
}

static void change_line(struct span line, const char *name, struct span secrets, struct buf *to)
{
    struct span old = span_from(line, strlen(name) + 1);
    const char *colon = span_find_byte(old, ':');

    if (colon)
        old.n = (size_t)(colon - old.p);
    buf_printf(to, "%s:", name);
    buf_add_span(to, secrets);
    add_rpop(old, to);
    if (colon)
        buf_add(to, colon, (size_t)(line.p + line.n - colon));
}

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

static void make_line(const char *name, struct span secrets, const struct account_fields *fields,
                      struct buf *to)
{
    static const struct account_fields none = {.uid = NULL};

    if (!fields)
        fields = &none;
    buf_printf(to, "%s:%.*s:%s:%s:%s:%s", name, (int)secrets.n, secrets.p, or_empty(fields->uid),
               or_empty(fields->gid), or_empty(fields->home), or_empty(fields->mail));
}

static void keep_fault(void *ctx, const char *path, unsigned line, const char *fault)
{
    (void)path, (void)line;
    *(const char **)ctx = fault;
}

/* Would the user be there, with this line? */
static int judge_line(struct span line, struct err *err)
{
    const char *fault = NULL;
    struct account_teller teller = {keep_fault, &fault};
    struct buf text;

    buf_init(&text, BUF_UNLIMITED);
    buf_add_span(&text, line);
    users_free(users_read(&text, "", &teller));
    return fault ? err_set(err, ERR_DATA, "the user's line would have %s", fault) : 0;
}

static int replace(struct span text, struct span old, struct span line, struct buf *to)
{
    struct span before = {text.p, old.n ? (size_t)(old.p - text.p) : text.n};
    int failed = buf_add_span(to, before);

    if (!old.n && before.n && before.p[before.n - 1] != '\n')
        failed |= buf_add_byte(to, '\n');
    failed |= buf_add_span(to, line);
    return failed | (old.n ? buf_add_span(to, span_from(text, before.n + old.n)) : buf_add_byte(to, '\n'));
}

int users_set(struct span text, const char *name, struct span secrets, const struct account_fields *fields,
              struct buf *to, struct err *err)
{
    struct span old = find_line(text, name);
    struct buf line;
    int result;

    buf_init(&line, BUF_UNLIMITED);
    if (old.n)
        change_line(old, name, secrets, &line);
    else
        make_line(name, secrets, fields, &line);
    result = old.n || fields ? judge_line(buf_span(&line), err)
                             : err_set(err, ERR_DATA,
                                       "'%s' is a new user, and none of this system: it lacks a home", name);
    if (result == 0 && replace(text, old, buf_span(&line), to))
        result = err_set(err, ERR_DATA, "the file would be too large");
    OPENSSL_cleanse(line.p, line.n);
    buf_free(&line);
    return result;
}
