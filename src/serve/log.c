#include "serve/log.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>
#include <unistd.h>

#include "base/io.h"
#include "serve/network.h"

/* Set once, before there are other processes. */
static bool to_syslog;

void log_open(bool syslog, int facility)
{
    to_syslog = syslog;
    if (syslog)
        openlog("mailweird", LOG_PID | LOG_NDELAY, facility);
}

/* One write(2), so that lines of several processes do not mix. */
static void write_line(int priority, const char *text)
{
    char line[LOG_LINE_MAX + 32];
    int n;

    if (to_syslog) {
        syslog(priority, "%s", text);
        return;
    }
    n = snprintf(line, sizeof line, "mailweird[%ld]: %s\n", (long)getpid(), text);
    if (n > 0 && io_write(STDERR_FILENO, line, (size_t)n < sizeof line ? (size_t)n : sizeof line - 1))
        return; /* there is nobody to tell */
}

void log_write(int priority, const char *format, ...)
{
    char text[LOG_LINE_MAX + 1];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    for (char *p = text; *p; p++)
        if ((unsigned char)*p < ' ' || *p == 0x7f)
            *p = '?';
    write_line(priority, text);
}

void log_add_escaped(struct buf *line, struct span text)
{
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];

        if (c < ' ' || c > '~' || c == '"' || c == '\\')
            buf_printf(line, "\\x%02x", c);
        else
            buf_add_byte(line, (char)c);
    }
}

void log_add_address(struct buf *line, const struct sockaddr *from)
{
    struct address address = address_of(from);
    char text[INET6_ADDRSTRLEN];

    if (!address.n || !inet_ntop(address.n == 4 ? AF_INET : AF_INET6, address.bytes, text, sizeof text))
        buf_add_text(line, "local");
    else
        buf_add_text(line, text);
}

/* No name of ours is longer than this; the rest of such a one would only fill the log. */
enum { USER_SHOWN = 100 };

void log_add_failed_login(struct buf *line, const struct log_login *login)
{
    struct span user = {login->user.p, login->user.n < USER_SHOWN ? login->user.n : USER_SHOWN};

    buf_printf(line, "%s: login failed from ", login->protocol);
    log_add_address(line, login->from);
    buf_printf(line, ": %s for \"", login->mechanism);
    log_add_escaped(line, user);
    buf_add_byte(line, '"');
}

void log_failed_login(const struct log_login *login)
{
    struct buf line;

    buf_init(&line, LOG_LINE_MAX);
    log_add_failed_login(&line, login);
    log_write(LOG_WARNING, "%s", line.p);
    buf_free(&line);
}
