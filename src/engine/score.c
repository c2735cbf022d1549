#include "engine/score.h"

#include <limits.h>
#include <math.h>

void score_series_begin(struct score_series *series, double *score, double weight, double exponent)
{
    *series = (struct score_series){score, weight, exponent, weight * weight};
}

bool score_series_open(const struct score_series *series)
{
    return series->weight != 0 && *series->score > SCORE_MIN && *series->score < SCORE_MAX;
}

/* All further hits at once. */
static void add_rest(struct score_series *series)
{
    double x = series->exponent;

    if (x > 0 && x < 1)
        *series->score += series->weight / (1 - x);
    else if (x >= 1 && series->weight != 0)
        *series->score += series->weight < 0 ? SCORE_MIN : SCORE_MAX;
}

bool score_series_hit(struct score_series *series, bool empty)
{
    double squared;

    *series->score += series->weight;
    series->weight *= series->exponent;
    if (empty) {
        add_rest(series);
        return false;
    }
    squared = series->weight * series->weight;
    if (squared < series->squared && series->squared < 1)
        return false;
    series->squared = squared;
    return true;
}

void score_size(double *score, double weight, double exponent, bool smaller, double size, double limit)
{
    double ratio;

    if (smaller ? size == 0 : limit == 0) {
        *score = !smaller || limit > 0 ? SCORE_MAX : SCORE_MIN;
        return;
    }
    ratio = smaller ? limit / size : size / limit;
    *score += weight * pow(ratio, exponent);
}

void score_program(double *score, double weight, double exponent, bool negated, int status)
{
    if (!negated) {
        *score += status ? exponent : weight;
        return;
    }
    for (int n = status; n > 0; n--) {
        *score += weight;
        if (*score >= SCORE_MAX || *score <= SCORE_MIN)
            break;
        weight *= exponent;
    }
}

bool score_cut(double *score)
{
    if (*score > SCORE_MAX)
        *score = SCORE_MAX;
    if (!(*score <= SCORE_MIN))
        return false;
    *score = SCORE_MIN;
    return true;
}

long score_whole(double score)
{
    return isnan(score) ? LONG_MIN : (long)score;
}

long score_shown(double score)
{
    long n = score_whole(score);

    return n == 0 && score > 0 ? 1 : n;
}
