/*
 * What the files of this room share.
 */
#ifndef MAILWEIR_FORMAIL_FORMAIL_PRIVATE_H
#define MAILWEIR_FORMAIL_FORMAIL_PRIVATE_H

#include "formail/formail.h"

#include <sys/types.h>

/* ---- source.c: one byte is looked at ahead, as is a whole beginning of a line where one asks */

int source_peek(struct formail_source *source); /* the next byte, or -1 */
int source_take(struct formail_source *source);
/* What is there of the rest: at least n bytes, or all; n is at most SOURCE_AHEAD. */
struct span source_ahead(struct formail_source *source, size_t n);
enum { SOURCE_AHEAD = 1 << 16 };
void source_skip(struct formail_source *source, size_t n);
/* Appends the next line; a newline where the input has none at its end, and for an input at its end. */
void source_line(struct formail_source *source, struct buf *line);
int source_failed(const struct formail_source *source); /* errno, or 0 */

/* ---- header.c: the header of one message */

struct header {
    struct arena *arena; /* of its texts; new for each message */
    struct field_list fields;
    struct field_list past; /* what -u has seen before a reply was made */
};

void header_init(struct header *header);
void header_clear(struct header *header); /* for the next message */
void header_free(struct header *header);

/* Reads one field of it, with its continuations, and appends it.  False, with the line in *line, when there
 * is none. */
bool header_read(struct header *header, struct formail_source *source, struct buf *line);
/* The From_ line in *line, with its continuations. */
void header_add_from_line(struct header *header, struct formail_source *source, struct buf *line);

/* Is the last field one that messages begin with? */
bool header_looks_known(const struct header *header);
/* Might a field read from here be one? */
bool header_may_be_known(struct span line);
/* `Article `: as a field it is what a news article begins with. */
bool header_add_article(struct header *header, struct span line);

/* -i -I -R -u -U, in this order, field by field.  A reply is made in two steps; `before` is the first, in
 * which what the reply would not have anyway is left for the search of the sender. */
void header_edit(struct header *header, const struct formail *formail, bool before);
/* -z -c */
void header_polish(struct header *header, const struct formail *formail);

bool header_starts_with_from(const struct header *header);

/* ---- sender.c */

struct sender {
    struct buf name; /* good when found */
    bool found;
    int weight;
};

/* The address to answer to: of all that the header has the one that is trusted most. */
void sender_find(struct sender *sender, const struct header *header, const struct formail *formail);

/* ---- compose.c: what is put into a header */

struct run;
void compose(struct run *run, bool had_from_line);
/* `Message-ID:` and the like on the command line, without content, ask for a new one. */
void compose_missing(struct run *run, struct field_list *added);

/* ---- seen.c */

int seen_open(const char *path); /* a descriptor, or -1 with errno */
/* Is the key, which has no NUL, in the cache?  Otherwise it is put in.  -1 with errno. */
int seen_before(int fd, long size, struct span key, bool *seen);

/* ---- output.c */

/* One message on its way out. */
struct output {
    const struct formail_sink *sink;
    struct buf buf; /* not yet written */
    bool open;      /* begun and not ended */
    bool discard;   /* what comes now is not wanted */
    bool failed;    /* writing did, in this message */
    bool counts;    /* -l: text is counted instead */
    size_t total;   /* bytes of text so far */
};

void output_text(struct output *output, struct span text); /* of the message */
void output_raw(struct output *output, struct span text);  /* what is shown even with -l */
int output_begin(struct output *output, struct err *err);
/* -1 when not all of it could be written; `whole` is for the sink. */
int output_end(struct output *output, bool whole);

/* ---- run.c, head.c, body.c */

struct run {
    const struct formail *formail;
    struct formail_source *source;
    struct output out;
    struct header header;
    struct buf line; /* the line behind the header, or one that was looked at ahead; empty: none */
    struct sender sender;
    struct {
        struct span subject, references, message_id, date; /* contents; the last of that name */
    } saved;
    int cache; /* descriptor, or -1 */
    long skip, total;
    unsigned long made; /* message-ids */
    int status;         /* of the exit, so far */
    bool torn;          /* a message could not be written whole */
};

void run_say(struct run *run, const char *text);
void run_say_about(struct run *run, const char *text, struct span what, const char *end);

/* From reading the header of a message to writing it.  MESSAGE_NEXT: go on with the body. */
enum message_end { MESSAGE_NEXT, MESSAGE_LAST, MESSAGE_FATAL };
enum message_end head_run(struct run *run, long *vouched);
void head_log_size(struct run *run); /* of -l, when the message is written */

/* The rest of a message, from behind its header; as many bytes of it as `vouched` says are copied unseen.
 * BODY_NEXT: another message begins, and its first fields are in run->header. */
enum body_end { BODY_LAST, BODY_NEXT, BODY_FATAL };
enum body_end body_run(struct run *run, long vouched);

/* Ends the output of a message, what comes then is discarded; -1: it could not be written, and that is the
 * end of the run. */
int run_close(struct run *run);

#endif
