/* COMSAT: who is told of new mail, and what. */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "engine/run-private.h"

/* Off, and the variable says so in one word. */
static void turn_off(struct run *run)
{
    run->biff_off = true;
    run_assign_plain(run, "COMSAT", span_of("no"));
}

static int find(struct run *run, const char *value)
{
    const char *at = strchr(value, '@');
    char *service = at ? mem_strndup(value, (size_t)(at - value)) : mem_strdup("");
    int result = run->options.ops->find_biff(run->options.ops_ctx, service, at ? at + 1 : "");

    free(service);
    return result;
}

void run_set_comsat(struct run *run, const char *value)
{
    run->biff_off = false;
    if ((!strchr(value, '@') && effect_number(value, -1) == 0) || find(run, value) < 0)
        turn_off(run);
}

/* USER@OFFSET:FOLDER.  There is no offset but in a folder; of several names the first will do. */
static void print_notice(const struct run *run, const char *user, const char *failure, struct buf *to)
{
    const char *folder = env_get(run->env, "LASTFOLDER"), *maildir = env_get(run->env, "MAILDIR");
    size_t n = strlen(folder);

    buf_printf(to, "%s@", user);
    if (!failure && !run->last_is_program)
        buf_printf(to, "%zu", run->last_offset);
    buf_add_byte(to, ':');
    if (failure) {
        buf_add_text(to, failure);
        return;
    }
    if (*folder != '/')
        buf_printf(to, "%s/", maildir ? maildir : "");
    buf_add(to, folder, n - (run->last_linked < n ? run->last_linked : 0));
}

void run_notify(struct run *run, const char *failure)
{
    const char *folder = env_get(run->env, "LASTFOLDER"), *user = env_get(run->env, "LOGNAME");
    struct buf text;

    if (run->biff_off || !folder || !*folder || !user || !*user)
        return;
    buf_init(&text, BUF_UNLIMITED);
    print_notice(run, user, failure, &text);
    run->options.ops->tell_biff(run->options.ops_ctx, buf_span(&text));
    run_trace(run, TRACE_NOTIFIED, buf_span(&text));
    buf_free(&text);
}
