/*
 * Edits of a header, one behind the other: what mailweir-header(1) does.
 *
 * All texts are borrowed and must outlive the edits.  A field is `Name: content`, its continuation lines
 * (folded, RFC 5322 section 2.2.3) included; names are compared without regard to case.
 */
#ifndef MAILWEIR_MESSAGE_EDIT_H
#define MAILWEIR_MESSAGE_EDIT_H

#include <stddef.h>

#include "base/buf.h"
#include "base/span.h"

enum edit_act {
    EDIT_DELETE, /* all fields of that name */
    EDIT_SET,    /* the first field of that name becomes this, the others go; at the end where there is none */
    EDIT_ADD,    /* at the end of the header */
    EDIT_RENAME, /* all fields of that name */
};

struct edit {
    enum edit_act act;
    struct span name; /* without the colon */
    struct span text; /* set, add: the whole field without a newline at its end; rename: the new name */
};

struct edits {
    struct edit *list;
    size_t n;
};

enum edit_parsed {
    EDIT_PARSED,
    EDIT_UNKNOWN,    /* *wrong is no edit's name */
    EDIT_INCOMPLETE, /* what belongs to *wrong is missing */
    EDIT_NO_NAME,    /* *wrong is no field name */
    EDIT_NO_FIELD,   /* *wrong is no field */
};

/* Reads `del NAME`, `set FIELD`, `add FIELD`, `rename NAME NAME`, as many as there are, up to the NULL.
 * What edits_free is to be called for in any case. */
enum edit_parsed edits_parse(struct edits *edits, const char *const *words, const char **wrong);
void edits_free(struct edits *edits);

/* Appends the text, a header or a whole message, to *out with its header edited.  Leading newlines and the From_
 * line stay, and so does everything from the empty line on.  Added lines end as the header's first one does: LF,
 * or CRLF. */
void edits_apply(const struct edits *edits, struct span text, struct buf *out);

#endif
