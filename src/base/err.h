/*
 * What went wrong: a class to decide by, a text for people.
 *
 * A function that can fail returns 0 or -1 and takes `struct err *err` last; it
 * fills *err only when it returns -1.  err may be NULL where nobody asks.
 * Texts are lower case, the fault first, the subject quoted, no full stop.
 * The class maps to sysexits(3) in err_sysexit() and nowhere else.
 */
#ifndef MAILWEIR_BASE_ERR_H
#define MAILWEIR_BASE_ERR_H

enum err_class {
    ERR_NONE,
    ERR_TEMP,     /* passing trouble with the world: try again later */
    ERR_SPACE,    /* no space or over quota; also passing */
    ERR_CANTCREAT, /* the mail could not be put there */
    ERR_USAGE,
    ERR_DATA,     /* bad input */
    ERR_NOINPUT,
    ERR_NOUSER,
    ERR_NOPERM,
    ERR_OSERR,
};

struct err {
    enum err_class class;
    int errnum; /* errno that caused it, or 0 */
    char text[512]; /* NUL-terminated, cut when longer */
};

/* Fills *err (when not NULL) and returns -1, so that `return err_set(…)` reads well. */
int err_set(struct err *err, enum err_class class, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The same, with ": " and strerror(errno) behind the text; the class is made of errno
 * where errno says more than `class` does (ENOSPC, EDQUOT → ERR_SPACE; ENOMEM, EMFILE,
 * ENFILE, EAGAIN, EIO → ERR_TEMP). */
int err_set_errno(struct err *err, enum err_class class, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Is this errno trouble that may pass, so that mail should stay queued? */
int err_errno_is_passing(int errnum);

/* sysexits(3) code of a class; 0 for ERR_NONE. */
int err_sysexit(enum err_class class);

/* Ends the process with EX_TEMPFAIL, after a line on standard error: for lack of memory
 * and for nothing else.  Mail stays with the sender. */
_Noreturn void err_out_of_memory(void);

/* Our own fault: a line on standard error and EX_TEMPFAIL. */
_Noreturn void err_bug(const char *what);

#endif
