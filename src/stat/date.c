/* Days: of From_ lines, and as people write them. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "stat/reader.h"
#include "stat/stat-private.h"

enum {
    FIRST_YEAR = 1970,
    LAST_YEAR = 2199,
    DAY_SECONDS = 86400,
    WORDS = 6, /* Mon Nov 24 05:14:00 MET 2025, or the zone behind the year */
};

/* The last words of a line, the last first. */
static size_t last_words(struct span s, struct span *words)
{
    size_t count = 0;

    while (count < WORDS) {
        size_t begin;

        while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\r'))
            s.n--;
        for (begin = s.n; begin && s.p[begin - 1] != ' ';)
            begin--;
        if (begin == s.n)
            break;
        words[count++] = span_from(s, begin);
        s.n = begin;
    }
    return count;
}

/* A number of one to `digits` digits and nothing else; -1. */
static int number(struct span s, size_t digits)
{
    int n = 0;

    if (!s.n || s.n > digits)
        return -1;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return -1;
        n = n * 10 + (s.p[i] - '0');
    }
    return n;
}

static int month_of(struct span s)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

    for (int i = 0; s.n == 3 && i < 12; i++)
        if (!memcmp(s.p, months + 3 * i, 3))
            return i;
    return -1;
}

static int day_number(int year, int month, int day)
{
    struct tm tm = {.tm_year = year - 1900, .tm_mon = month, .tm_mday = day};

    if (month < 0 || day < 1 || day > 31 || year < FIRST_YEAR || year > LAST_YEAR)
        return STAT_UNDATED;
    return (int)(timegm(&tm) / DAY_SECONDS);
}

int stat_day_of(struct span line)
{
    struct span words[WORDS];
    size_t count = last_words(line, words);

    for (size_t time = 1; time + 2 < count; time++) {
        int month = month_of(words[time + 2]), day = number(words[time + 1], 2);

        if (month < 0 || !span_find_byte(words[time], ':'))
            continue;
        for (size_t year = time; year--;) {
            int found = day_number(number(words[year], 4), month, day);

            if (found != STAT_UNDATED)
                return found;
        }
    }
    return STAT_UNDATED;
}

const char *date_text(int day, struct date_text *text)
{
    time_t seconds = (time_t)day * DAY_SECONDS;
    struct tm tm;

    gmtime_r(&seconds, &tm);
    strftime(text->p, sizeof text->p, "%Y-%m-%d", &tm);
    return text->p;
}
