#include <criterion/criterion.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <syslog.h>
#include <unistd.h>

#include "base/io.h"
#include "serve/log.h"

static void check(struct span user, const char *wanted)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0xc0000201)};
    struct log_login login = {"pop3", (struct sockaddr *)&in, "PLAIN", user};
    struct buf line;

    buf_init(&line, LOG_LINE_MAX);
    log_add_failed_login(&line, &login);
    cr_expect_str_eq(line.p, wanted);
    buf_free(&line);
}

Test(serve_log, a_login_that_failed)
{
    char name[300], wanted[200];

    check(span_of("alice"), "pop3: login failed from 192.0.2.1: PLAIN for \"alice\"");
    check(span_make("a\0\"\\\r\n\xc3", 7),
          "pop3: login failed from 192.0.2.1: PLAIN for \"a\\x00\\x22\\x5c\\x0d\\x0a\\xc3\"");
    memset(name, 'x', sizeof name);
    snprintf(wanted, sizeof wanted, "pop3: login failed from 192.0.2.1: PLAIN for \"%.100s\"", name);
    check(span_make(name, sizeof name), wanted);
}

Test(serve_log, addresses)
{
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    struct sockaddr local = {.sa_family = AF_UNIX};
    struct buf line;

    buf_init(&line, BUF_UNLIMITED);
    inet_pton(AF_INET6, "::ffff:192.0.2.9", &in6.sin6_addr);
    log_add_address(&line, (struct sockaddr *)&in6);
    buf_add_byte(&line, ' ');
    inet_pton(AF_INET6, "2001:db8::1", &in6.sin6_addr);
    log_add_address(&line, (struct sockaddr *)&in6);
    buf_add_byte(&line, ' ');
    log_add_address(&line, &local);
    cr_expect_str_eq(line.p, "192.0.2.9 2001:db8::1 local");
    buf_free(&line);
}

Test(serve_log, one_event_is_one_line_with_an_end)
{
    char text[5000], got[3000];
    int ends[2];
    ssize_t n;

    memset(text, 'x', sizeof text);
    text[10] = '\n';
    text[11] = '\x1b';
    text[sizeof text - 1] = '\0';
    cr_assert(!pipe(ends) && dup2(ends[1], STDERR_FILENO) == STDERR_FILENO);
    close(ends[1]);
    log_open(false, LOG_MAIL);
    log_write(LOG_INFO, "%s", text);
    close(STDERR_FILENO);
    n = io_read(ends[0], got, sizeof got);
    cr_assert(n > LOG_LINE_MAX && n < LOG_LINE_MAX + 40);
    cr_expect_eq(memchr(got, '\n', (size_t)n), got + n - 1);
    cr_expect_null(memchr(got, '\x1b', (size_t)n));
}
