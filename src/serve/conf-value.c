#include <string.h>

#include "serve/conf-private.h"

const struct conf_unit conf_count = {"", {1}}, conf_time = {"smhd", {1, 60, 3600, 86400}},
                       conf_size = {"kmg", {1L << 10, 1L << 20, 1L << 30}}, conf_days = {"d", {1}};

/* -1: no number; digits behind the twelfth make no difference to a number that is too large. */
static long digits_of(const char *text, size_t n)
{
    long number = 0;

    if (!n)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (number < 1000000000)
            number = number * 10 + (text[i] - '0');
    return number;
}

static long unit_of(const struct conf_unit *unit, const char *letter)
{
    const char *found = *letter ? strchr(unit->letters, *letter) : NULL;

    if (!*letter)
        return 1;
    return found && !letter[1] ? unit->each[found - unit->letters] : 0;
}

static const char *example_of(const struct conf_unit *unit)
{
    if (unit == &conf_time)
        return "a time, such as 90, 90s, 5m, 2h or 1d";
    if (unit == &conf_days)
        return "a number of days, such as 30d";
    return unit == &conf_size ? "a size, such as 65536, 64k, 16m or 1g" : "a number";
}

bool conf_number(struct conf *conf, const struct conf_word *word, const struct conf_unit *unit, long least,
                 long most, long *to)
{
    size_t n = strspn(word->text, "0123456789");
    long number = digits_of(word->text, n), each = unit_of(unit, word->text + n);

    if (number < 0 || !each)
        conf_fault(conf, word->place, "'%.60s' is not %s", word->text, example_of(unit));
    else if (number * each < least || number * each > most)
        conf_fault(conf, word->place, "%.60s is not between %ld and %ld", word->text, least, most);
    else {
        *to = number * each;
        return true;
    }
    return false;
}

/* RFC 1123 2.1, and no dot at the end. */
bool host_name_ok(const char *name)
{
    size_t label = 0, n = strlen(name);

    for (size_t i = 0; i < n; i++) {
        bool dot = name[i] == '.', hyphen = name[i] == '-';

        if (!dot && !hyphen &&
            !strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", name[i]))
            return false;
        if ((dot && (!label || name[i - 1] == '-')) || (hyphen && !label) || (!dot && label == 63))
            return false;
        label = dot ? 0 : label + 1;
    }
    return n <= 253 && label && name[n - 1] != '-';
}

const char *conf_host_name(struct conf *conf, const struct conf_word *word)
{
    if (host_name_ok(word->text))
        return word->text;
    conf_fault(conf, word->place, "'%.60s' is no name of a host (RFC 1123; others in their xn-- form)",
               word->text);
    return NULL;
}

const char *conf_path(struct conf *conf, const struct conf_word *word)
{
    if (word->text[0] == '/')
        return word->text;
    conf_fault(conf, word->place, "'%.60s' is no whole path: it has to begin with '/'", word->text);
    return NULL;
}
