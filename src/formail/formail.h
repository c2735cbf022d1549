/*
 * formail(1) as functions: the command line as data, then messages through it.
 *
 * Nothing here ends the process, writes to descriptors it was not given, or keeps state between calls;
 * what there is to say goes to the caller.  Time is linear in the input; of a message only its header is in
 * memory, and what may be the header of the next one.
 */
#ifndef MAILWEIR_FORMAIL_FORMAIL_H
#define MAILWEIR_FORMAIL_FORMAIL_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"
#include "message/field.h"

/* The options that name fields. */
enum formail_list {
    FORMAIL_ADD_MISSING,   /* -a */
    FORMAIL_ADD,           /* -A */
    FORMAIL_RENAME_INSERT, /* -i */
    FORMAIL_DELETE_INSERT, /* -I */
    FORMAIL_FIRST,         /* -u */
    FORMAIL_LAST,          /* -U */
    FORMAIL_RENAME,        /* -R: the text is the old name with the new one behind it */
    FORMAIL_CONTENT,       /* -x */
    FORMAIL_WHOLE,         /* -X */
    FORMAIL_LISTS,
};

struct formail {
    struct field_list lists[FORMAIL_LISTS];
    bool concatenate;   /* -c */
    bool zap;           /* -z */
    bool force;         /* -f: make no From_ line */
    bool no_escape;     /* -b */
    bool berkeley;      /* -Y */
    bool reply;         /* -r */
    bool keep_body;     /* -k */
    bool trust;         /* -t */
    bool resent;        /* -a Resent- */
    bool loud;          /* -q- */
    const char *prefix; /* -p */
    const char *log;    /* -l: the folder's name; NULL: no summary */

    const char *cache; /* -D; NULL: none */
    long cache_size;

    bool split;                 /* -s, and what goes with it */
    const char *const *program; /* NULL-terminated, inside argv; empty: to standard output */
    bool every;                 /* -e */
    bool digest;                /* -d */
    bool babyl;                 /* -B */
    bool parallel;              /* -n */
    long processes;             /* at once; 0: no limit */
    long min_fields;            /* -m; 0: not given */
    long skip;
    long total; /* -1: all */
};

/* What became of the command line. */
enum formail_parsed {
    FORMAIL_PARSED,
    FORMAIL_USAGE,   /* nonsense; *wrong is the field name that is none, or NULL */
    FORMAIL_HELP,    /* -h, -? */
    FORMAIL_VERSION, /* -v */
};

/* argv[0] is the program's name.  Texts are copied to the arena or stay in argv. */
enum formail_parsed formail_parse(struct formail *formail, const char *const *argv, struct arena *arena,
                                  const char **wrong);
void formail_free(struct formail *formail);

/*
 * Where messages come from: a descriptor, bytes in memory, or a function as read(2) is.
 */
struct formail_source;
struct formail_source *formail_source_fd(int fd);              /* stays open */
struct formail_source *formail_source_span(struct span bytes); /* stay where they are */
struct formail_source *formail_source_new(ssize_t (*read_some)(void *ctx, char *to, size_t n), void *ctx);
void formail_source_free(struct formail_source *source); /* NULL is fine */

/*
 * Where they go.  Each message that is not skipped is begun and ended; without -s that is one.
 * -1 from any of them: what was written so far did not all arrive; nothing more of this message is written.
 * ERR_OSERR from begin ends the run.
 */
struct formail_sink {
    int (*begin)(void *ctx, struct err *err);
    int (*write)(void *ctx, struct span piece);
    int (*end)(void *ctx, bool whole); /* not whole: the input could not be read to its end */
    /* After end, before the next begin, and after the last one (`last`): waits for programs.  The status
     * of the first that failed, or 0. */
    int (*settle)(void *ctx, bool last);
    void (*say)(void *ctx, struct span line); /* for people; without `formail: ` */
    void *ctx;
};

/* Runs it.  The exit status of formail(1). */
int formail_run(const struct formail *formail, struct formail_source *source,
                const struct formail_sink *sink);

/* The same in memory, without programs: appends to *out, and to *said, line by line with `formail: ` in
 * front, what there is to say. */
int formail_filter(const struct formail *formail, struct span message, struct buf *out, struct buf *said);

/* Sinks: a descriptor, and a program for each message (-s), which is given FILENO. */
struct formail_sink formail_sink_fd(int *fd, void (*say)(void *ctx, struct span line));

struct formail_programs;
struct formail_programs *formail_programs_new(const struct formail *formail, const char *const *envp);
struct formail_sink formail_programs_sink(struct formail_programs *programs,
                                          void (*say)(void *ctx, struct span line));
void formail_programs_free(struct formail_programs *programs);

#endif
