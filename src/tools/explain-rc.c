#include "tools/explain-rc.h"

#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "explain/input.h"

const char *explain_home(const struct mda *mda)
{
    const char *home = mda->identity.home;

    for (const char *const *word = mda->options->rest; *word; word++)
        if (!strncmp(*word, "HOME=", 5))
            home = *word + 5;
    return home;
}

static int check_rc(const struct mda *mda, const char *name, struct err *err)
{
    bool here = *name == '/' || mda->options->mode == MDA_FILTER || !strncmp(name, "./", 2);
    struct buf path;
    int result;

    buf_init(&path, BUF_UNLIMITED);
    if (!here)
        buf_printf(&path, "%s/", explain_home(mda));
    buf_add_text(&path, name);
    result = input_check_rc(path.p, err);
    buf_free(&path);
    return result;
}

/* The first one that is there counts, as with the agent. */
static int check_named_rcs(const struct mda *mda, struct err *err)
{
    struct err first = {0};

    for (const char *const *word = mda->options->rest; *word; word++) {
        if (strchr(*word, '='))
            continue;
        if (check_rc(mda, *word, err) == 0)
            return 0;
        if (err->class != ERR_NOINPUT)
            return -1;
        if (!first.class)
            first = *err;
    }
    *err = first;
    return -1;
}

/* Users need none of their own where the administrator has one. */
static bool reads_global_rc(const struct mda *mda)
{
    return !mda->options->preserve && access(GLOBAL_RC, F_OK) == 0;
}

int explain_check_rcs(const struct mda *mda, bool anyway, struct err *err)
{
    bool named = mda_names_rc(mda->options->rest);

    if (mda->options->mode == MDA_FILTER && !named)
        return err_set(err, ERR_NOINPUT, "cannot read an rc file: -m needs its name");
    if (anyway || mda->options->mode == MDA_DELIVER || (!named && reads_global_rc(mda)))
        return 0;
    return named ? check_named_rcs(mda, err) : check_rc(mda, MDA_DEFAULT_RC, err);
}
