#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

static const struct {
    int errnum;
    enum err_class class;
} passing[] = {
    {ENOSPC, ERR_SPACE}, {EDQUOT, ERR_SPACE}, {EFBIG, ERR_SPACE},  {ENOMEM, ERR_TEMP}, {EMFILE, ERR_TEMP},
    {ENFILE, ERR_TEMP},  {EAGAIN, ERR_TEMP},  {EIO, ERR_TEMP},     {EINTR, ERR_TEMP},  {ESTALE, ERR_TEMP},
    {ENOLCK, ERR_TEMP},  {EBUSY, ERR_TEMP},   {ETIMEDOUT, ERR_TEMP},
};

static enum err_class class_of_errno(int errnum, enum err_class otherwise)
{
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++)
        if (passing[i].errnum == errnum)
            return passing[i].class;
    return otherwise;
}

__attribute__((format(printf, 4, 0))) static int fill(struct err *err, enum err_class class, int errnum,
                                                      const char *format, va_list ap)
{
    int n;

    if (!err)
        return -1;
    err->class = class;
    err->errnum = errnum;
    n = vsnprintf(err->text, sizeof err->text, format, ap);
    if (errnum && n >= 0 && (size_t)n < sizeof err->text)
        snprintf(err->text + n, sizeof err->text - (size_t)n, ": %s", strerror(errnum));
    return -1;
}

int err_set(struct err *err, enum err_class class, const char *format, ...)
{
    va_list ap;

    va_start(ap, format);
    fill(err, class, 0, format, ap);
    va_end(ap);
    return -1;
}

int err_set_errno(struct err *err, enum err_class class, const char *format, ...)
{
    int saved = errno;
    va_list ap;

    va_start(ap, format);
    fill(err, class_of_errno(saved, class), saved, format, ap);
    va_end(ap);
    errno = saved;
    return -1;
}

int err_errno_is_passing(int errnum)
{
    return class_of_errno(errnum, ERR_NONE) != ERR_NONE;
}

int err_sysexit(enum err_class class)
{
    static const int codes[] = {
        [ERR_NONE] = 0,
        [ERR_TEMP] = EX_TEMPFAIL,
        [ERR_SPACE] = EX_TEMPFAIL,
        [ERR_CANTCREAT] = EX_CANTCREAT,
        [ERR_USAGE] = EX_USAGE,
        [ERR_DATA] = EX_DATAERR,
        [ERR_NOINPUT] = EX_NOINPUT,
        [ERR_NOUSER] = EX_NOUSER,
        [ERR_NOPERM] = EX_NOPERM,
        [ERR_OSERR] = EX_OSERR,
    };

    return codes[class];
}

static _Noreturn void die(const char *text)
{
    if (write(STDERR_FILENO, text, strlen(text)) < 0) {
        /* nobody is left to be told */
    }
    _exit(EX_TEMPFAIL);
}

_Noreturn void err_out_of_memory(void)
{
    die("mailweir: out of memory\n");
}

_Noreturn void err_bug(const char *what)
{
    char text[256];

    snprintf(text, sizeof text, "mailweir: internal error: %s\n", what);
    die(text);
}
