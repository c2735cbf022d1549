/*
 * Procmail's regular expressions, compiled and matched: procmailrc(5), "Extended regular
 * expressions", read as 3.22 reads them.
 *
 * Tokens: ^ $ . [ ] [^ ] * + ? ( | ) ^^ \< \> \/ and \c for a literal c.  `^` and `$` are
 * the same, each matches and consumes one newline, as a newline in the pattern does; `\<`
 * and `\>` consume one character outside [A-Za-z0-9_].  Case is ignored (ASCII) unless
 * PATTERN_CASE is given.
 *
 * The subject is bytes with a length, NULs allowed.  A newline byte stands right before
 * and right behind it (text.p[-1] and text.p[text.n] must be readable and be '\n'); `^`,
 * `$`, `\<`, `\>` may consume these two, they are never part of MATCH.  `.` and `[^…]` match
 * no newline.  `^^` is the start of the text, and its end too where the expression ends
 * right behind it.
 *
 * Every call ends in time linear in the subject (times the size of the pattern) and in
 * memory bounded by the size of the pattern, whatever the pattern is.  A pattern may be
 * nested as deep as it is long.
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
    PATTERN_CASE = 1,    /* case matters: flag D */
    PATTERN_ACCOUNT = 2, /* pattern_account() will be asked (pattern/account.h) */
};

struct pattern;

/* Never NULL and never fails: a faulty expression is mended as 3.22 does (`(abc` as
 * `(abc)`, `abc)d` as `abc`) and pattern_is_faulty() tells.  `text` is not needed any more
 * when it returns.  A pattern is used by one thread at a time. */
struct pattern *pattern_new(struct span text, unsigned flags);
void pattern_free(struct pattern *pattern); /* NULL is fine */

/* The memory of a large text may be such as can be given back and comes again when it is looked at: a
 * mapping. `rest` is called now and then, at least once for each so many MiB that a search looks at. */
void pattern_set_rest(struct pattern *pattern, void (*rest)(void *ctx), void *ctx);

bool pattern_is_faulty(const struct pattern *pattern); /* to be reported as `Invalid regexp "…"` */
bool pattern_extracts(const struct pattern *pattern);  /* holds a `\/` */

/* Does it match anywhere? */
bool pattern_matches(const struct pattern *pattern, struct span text);

/*
 * MATCH of a pattern with `\/`.  Of all ways to match, the one counts that passes `\/`
 * earliest in the text, and of those the one that ends last: the part left of `\/` is as
 * little and the part right of it as much as can be.  Where a match begins does not
 * matter: `(xab|a)\/.` on `xabc` gives `b`.  A way that passes several `\/` counts by the
 * last one.
 *
 * True when it matches; *match is then a part of text, possibly empty, or SPAN_NULL when
 * the match passed no `\/` (`a|b\/c`): MATCH is then left as it is.  That is so too for a
 * `\/` behind the newline behind the text.
 */
bool pattern_extract(const struct pattern *pattern, struct span text, struct span *match);

/*
 * The next hit for weighted counting, searched from text.p + from on.  A newline just
 * before that is seen again, by `^` or `$`, another byte before it is not; `^^` is the
 * start of the text only where from is 0.  A hit ends as early as a match can end:
 * `a+` on `aaaa` hits four times.  With `\/` it is MATCH, and ends where MATCH does.
 *
 * True when there is one: *end is then the offset in text at which it ends, the offset from
 * which the next search goes on.  It is text.n + 1 when the hit took the newline behind the
 * text; a search from there finds nothing.  *end == from means a hit of zero length, at
 * which counting stops.  match may be NULL; *match is as for pattern_extract().
 *
 * A series begins with from 0 and goes on with *end; all of it takes time linear in the text, which must not
 * change meanwhile.
 */
bool pattern_next(const struct pattern *pattern, struct span text, size_t from, size_t *end,
                  struct span *match);

#endif
