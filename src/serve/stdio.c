/* --stdio: one connection, one process. */
#include <string.h>
#include <unistd.h>

#include "serve/front-private.h"
#include "serve/session.h"
#include "serve/supervise.h"

int serve_stdio(struct serve_settings *settings, struct err *err)
{
    struct front f = {
        .settings = settings, .ops = &front_local, .mode = SERVE_CLEAR, .protocol = settings->protocol};
    struct session s = {.settings = settings, .account = &f.account};
    int result = 0;

    serve_defaults(settings);
    exchange_prepare(settings);
    if (front_open(&f, STDIN_FILENO, STDOUT_FILENO) && settings->protocol->before_login(&f)) {
        stream_set_deadline(f.stream, 0);
        s.stream = f.stream;
        memcpy(s.peer, f.peer, sizeof s.peer);
        result = session_become(s.account, err);
        if (result == 0)
            settings->protocol->after_login(&s);
    }
    front_close(&f);
    return result;
}
