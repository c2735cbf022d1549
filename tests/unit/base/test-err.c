#include <criterion/criterion.h>
#include <errno.h>
#include <sysexits.h>

#include "base/err.h"

Test(err, classes_become_sysexits)
{
    cr_assert_eq(err_sysexit(ERR_NONE), 0);
    cr_assert_eq(err_sysexit(ERR_SPACE), EX_TEMPFAIL);
    cr_assert_eq(err_sysexit(ERR_CANTCREAT), EX_CANTCREAT);
    cr_assert_eq(err_sysexit(ERR_NOUSER), EX_NOUSER);
}

Test(err, errno_tells_what_may_pass)
{
    struct err err;

    errno = ENOSPC;
    cr_assert_eq(err_set_errno(&err, ERR_CANTCREAT, "cannot write '%s'", "x"), -1);
    cr_assert_eq(err.class, ERR_SPACE);
    cr_assert_str_eq(err.text, "cannot write 'x': No space left on device");
    errno = EACCES;
    err_set_errno(&err, ERR_CANTCREAT, "cannot open");
    cr_assert_eq(err.class, ERR_CANTCREAT);
    cr_assert_eq(err.errnum, EACCES);
}

Test(err, long_texts_are_cut)
{
    struct err err;
    char longer[2000];

    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    errno = EIO;
    err_set_errno(&err, ERR_TEMP, "%s", longer);
    cr_assert_eq(strlen(err.text), sizeof err.text - 1);
    cr_assert_eq(err_set(NULL, ERR_TEMP, "nobody asks"), -1);
}
