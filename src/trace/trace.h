/*
 * The stream of events: what happens while a message is sorted, in order.  The log, and
 * everything that explains, counts or shows, are readers of it.
 *
 * The kinds carry 3.22's own words (trace/words.c); a reader that speaks another language
 * looks at the fields.
 */
#ifndef MAILWEIR_TRACE_TRACE_H
#define MAILWEIR_TRACE_TRACE_H

#include <stdbool.h>

#include "base/span.h"

enum trace_kind {
    TRACE_TEXT, /* as it is: LOG, the abstract */

    /* variables and words */
    TRACE_ASSIGNING,
    TRACE_BAD_SUBSTITUTION,
    TRACE_UNEXPECTED_END,
    TRACE_EXCEEDED_LINEBUF,
    TRACE_EXCESSIVE_OUTPUT,
    TRACE_CANNOT_CHDIR,
    TRACE_HOST_MISMATCHED,
    TRACE_ASSUMING_IDENTITY,

    /* the rc file */
    TRACE_RCFILE,
    TRACE_CANNOT_READ,
    TRACE_SUSPICIOUS_RC,
    TRACE_TOO_MANY_INCLUDES,
    TRACE_SKIPPED,
    TRACE_STRAY_BRACE,
    TRACE_MISSING_BRACE,
    TRACE_MISSING_ACTION,
    TRACE_INCOMPLETE_RECIPE,
    TRACE_EXTRANEOUS,
    TRACE_CONFLICTING,

    /* conditions */
    TRACE_INVALID_REGEXP,
    TRACE_EXTRACTED,  /* MATCH has a new value */
    TRACE_CONDITION,  /* .matched, .negated */
    TRACE_SCORE,      /* .number added, .total, .fraction: the total lies between 0 and 1 */

    /* programs */
    TRACE_EXECUTING,
    TRACE_FORKING,
    TRACE_CANNOT_FORK,
    TRACE_CANNOT_EXECUTE,
    TRACE_PROGRAM_FAILURE,  /* .number: exit status, or minus a signal */
    TRACE_NONZERO_EXIT,     /* the same where nobody minds */
    TRACE_TIMEOUT_TERMINATING,
    TRACE_TIMEOUT_WAITING,
    TRACE_RESCUE_SUCCEEDED,
    TRACE_RESCUE_QUIETLY, /* the same where nobody minds */

    /* locks */
    TRACE_LOCKING,
    TRACE_UNLOCKING,
    TRACE_CANNOT_UNLOCK,
    TRACE_LOCK_FAILURE,
    TRACE_FORCING_LOCK,
    TRACE_FORCE_DENIED,
    TRACE_TRUNCATING_LOCK,
    TRACE_DEADLOCK,
    TRACE_NO_IMPLICIT_LOCK,
    TRACE_KERNEL_LOCKING,
    TRACE_KERNEL_LOCK_FAILED,
    TRACE_KERNEL_UNLOCK_FAILED,

    /* folders */
    TRACE_OPENING,
    TRACE_LINKING,
    TRACE_CANNOT_LINK,
    TRACE_NO_DIRECTORY,
    TRACE_NO_TEMP_FILE,
    TRACE_WRITE_ERROR,
    TRACE_NO_SPACE,
    TRACE_OVER_QUOTA,
    TRACE_TRUNCATED,

    /* the end */
    TRACE_NOTIFIED,    /* Notified comsat */
    TRACE_TERMINATING, /* .text: what was waited for, or empty */
    TRACE_DELIVERED,   /* ours, and not in the log: the message, or a copy, is safe; .text: where */
    TRACE_TROUBLE,     /* ours, not 3.22's: passing trouble, in our own words */

    /* details, ours and not in the log: given only while a reader wants them (trace_wants_details) */
    TRACE_RECIPE,         /* one is reached; .text: its flags, expanded */
    TRACE_CONDITION_READ, /* one is to be judged; .text: as it stands there, .more: as it is after `$`, or empty */
    TRACE_SEARCH,         /* .text: the expression, .more: what is searched, a newline on either side,
                           * .matched: case matters; .subject: whose text it is */
    TRACE_SIZE,           /* .number: the limit, .total: the size; .subject */
    TRACE_CONDITION_DONE, /* .matched: it held, .negated, .weighted, .added, .score; .text: why it was not looked at */
    TRACE_TAKEN,          /* the recipe is carried out; .text: its action as it stands there */
    TRACE_PASSED,         /* it is not; .text: `conditions`, `score`, the flag of A a E e, or `action` (it has none) */
    TRACE_ACTED,          /* .text: `delivered`, `done`, `failed`, `entered` or `nothing` came of the action */
    TRACE_EXPANDED,       /* .text: as it is, words parted by blanks; .more: as it stands there */
    TRACE_END,            /* .text: why no further recipe is looked at: `end` (of the file), `delivered`, `host`, `signal` */

    TRACE_KINDS
};

struct trace_event {
    enum trace_kind kind;
    struct span text; /* borrowed for the time of the call */
    long number, total;
    bool fraction;
    bool matched;
    bool negated;

    /* of details */
    struct span more, subject;
    bool weighted;
    double added, score;
};

/* Where in which file the program is; NULL and 0 outside of all. */
struct trace_place {
    const char *file;
    unsigned line, column;
};

struct trace_reader {
    struct trace_reader *next;
    void (*take)(struct trace_reader *reader, const struct trace_event *event,
                 const struct trace_place *place);
    bool details;
};

struct trace {
    struct trace_reader *readers;
    bool details; /* a reader wants them */
    struct trace_place place;
};

/* The reader is the caller's and must live as long as the trace. */
void trace_add_reader(struct trace *trace, struct trace_reader *reader);

void trace_emit(struct trace *trace, const struct trace_event *event);

/* Ask before a detail is put together: nobody but who explains or counts wants them. */
static inline bool trace_wants_details(const struct trace *trace)
{
    return trace->details;
}

/* The usual kinds: with a text, and without. */
void trace_say(struct trace *trace, enum trace_kind kind, struct span text);
void trace_say_text(struct trace *trace, enum trace_kind kind, const char *text);

#endif
