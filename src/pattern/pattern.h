/*
 * Procmail's regular expressions, compiled and matched: procmailrc(5), "Extended regular
 * expressions", read as 3.22 reads them.
 *
 * Tokens: ^ $ . [ ] [^ ] * + ? ( | ) ^^ \< \> \/ and \c for a literal c.  `^` and `$` are
 * the same, each matches and consumes one newline; `\<` and `\>` consume one character
 * outside [A-Za-z0-9_].  Case is ignored (ASCII) unless PATTERN_CASE is given.
 *
 * The subject is bytes with a length, NULs allowed.  A newline byte stands right before
 * and right behind it (text.p[-1] and text.p[text.n] must be readable and be '\n'); `^`,
 * `$`, `\<`, `\>` may consume these two, they are never part of MATCH, and nothing else
 * matches them.
 *
 * Every call ends in time linear in the subject (times the size of the pattern) and in
 * memory bounded by the size of the pattern, whatever the pattern is.
 *
 * Macros (^TO_ and so on), the lost leading backslash and continuation lines are not
 * dealt with here: they belong to conditions.
 */
#ifndef MAILWEIR_PATTERN_PATTERN_H
#define MAILWEIR_PATTERN_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

enum {
    PATTERN_CASE = 1, /* case matters: flag D */
};

struct pattern;

/* Never NULL and never fails: a faulty expression is mended as 3.22 does (`(abc` as
 * `(abc)`, `abc)` as `abc`) and pattern_is_faulty() tells.  `text` is copied. */
struct pattern *pattern_new(struct span text, unsigned flags);
void pattern_free(struct pattern *pattern); /* NULL is fine */

bool pattern_is_faulty(const struct pattern *pattern); /* to be reported as `Invalid regexp "…"` */
bool pattern_extracts(const struct pattern *pattern);  /* holds a `\/` */

/* Does it match anywhere? */
bool pattern_matches(const struct pattern *pattern, struct span text);

/*
 * MATCH of a pattern with `\/`: the leftmost match, of the part left of `\/` as little and
 * of the part right of it as much as can be.  True when it matches; *match is then a part
 * of text, possibly empty.
 */
bool pattern_extract(const struct pattern *pattern, struct span text, struct span *match);

/*
 * The next hit for weighted counting, searched from text.p + from on, with the byte before
 * it as context (so a newline that the last hit consumed is seen again by `^`).  True when
 * there is one: *end is then the offset in text at which it ends, the offset from which the
 * next search goes on; *end == from means a hit of zero length, at which counting stops.
 * With `\/` in the pattern, *match (may be NULL) is MATCH of this hit.
 */
bool pattern_next(const struct pattern *pattern, struct span text, size_t from, size_t *end,
                  struct span *match);

#endif
