#include "tools/mailweird-passwd.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <termios.h>
#include <unistd.h>

#include "account/account.h"

static int fail(const char *what)
{
    fprintf(stderr, "mailweird: %s\n", what);
    return EX_DATAERR;
}

/* A line of standard input, without its newline; -1: there is none. */
static int read_line(struct buf *line)
{
    char byte;
    ssize_t n;

    while ((n = read(STDIN_FILENO, &byte, 1)) == 1 && byte != '\n')
        if (buf_add_byte(line, byte) < 0)
            return -1;
    return n == 1 || line->n ? 0 : -1;
}

/* On a terminal nobody is to read over a shoulder. */
static int ask(const char *prompt, struct buf *password)
{
    struct termios shown, hidden;
    bool terminal = tcgetattr(STDIN_FILENO, &shown) == 0;
    int result;

    if (terminal) {
        hidden = shown;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        fputs(prompt, stderr);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    result = read_line(password);
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
        fputc('\n', stderr);
    }
    return result;
}

static void forget(struct buf *password)
{
    explicit_bzero(password->p, password->n);
    buf_free(password);
}

static int ask_twice(struct buf *password)
{
    struct buf again;
    int result = 0;

    if (ask("Password: ", password) < 0)
        return fail("no password was given");
    if (!isatty(STDIN_FILENO))
        return 0;
    buf_init(&again, ACCOUNT_PASSWORD_MAX);
    if (ask("The same again: ", &again) < 0 || !span_eq(buf_span(password), buf_span(&again)))
        result = fail("the two are not the same; nothing was changed");
    forget(&again);
    return result;
}

static bool has_fields(const struct account_fields *fields)
{
    return fields->uid || fields->gid || fields->home || fields->mail;
}

int mailweird_passwd(const char *file, const char *user, const char *scheme,
                     const struct account_fields *fields)
{
    int number = scheme ? account_scheme(scheme) : ACCOUNT_CRYPT;
    enum account_scheme schemes[1] = {(enum account_scheme)number};
    struct buf password;
    struct err err;
    int result;

    if (number < 0)
        return fail("there is no such scheme; there are crypt, SCRAM-SHA-256, SCRAM-SHA-1 and PLAIN");
    if (!account_name_ok(span_of(user)))
        return fail("that cannot be the name of a user");
    buf_init(&password, ACCOUNT_PASSWORD_MAX);
    result = ask_twice(&password);
    if (result == 0 && account_passwd(file, user, schemes, 1, buf_span(&password),
                                      has_fields(fields) ? fields : NULL, &err) < 0) {
        fprintf(stderr, "mailweird: %s%s\n", err.text,
                err.class == ERR_DATA && password.n
                    ? "; of a new user --home, --uid, --gid and --mail tell more"
                    : "");
        result = err_sysexit(err.class);
    }
    forget(&password);
    return result;
}
