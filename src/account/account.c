#include "account/account.h"

#include <stdlib.h>
#include <string.h>

#include "base/escape.h"

void account_free(struct account *account)
{
    free(account->name);
    free(account->home);
    free(account->mail);
    *account = (struct account){.name = NULL};
}

/* Names are parts of paths, of lines of logs, and of the users file. */
static bool character_ok(struct span c)
{
    unsigned char first = (unsigned char)*c.p;

    if (c.n == 2 && first == 0xc2 && (unsigned char)c.p[1] < 0xa0) /* C1 */
        return false;
    return first > ' ' && first != 0x7f && first != '/' && first != ':' && first != '%';
}

bool account_name_ok(struct span name)
{
    if (name.n == 0 || name.n > ACCOUNT_NAME_MAX || strchr("-#", *name.p) || span_eq_text(name, ".") ||
        span_eq_text(name, ".."))
        return false;
    while (name.n) {
        size_t n = utf8_length(name);

        if (n == 0 || !character_ok(span_make(name.p, n)))
            return false;
        name = span_from(name, n);
    }
    return true;
}
