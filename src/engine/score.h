/*
 * Weighted scoring: procmailsc(5).  A score is a double that is cut at plus and minus
 * 2147483647; both ends are final.  What is no number (NaN) is at no end, and not zero or below.
 */
#ifndef MAILWEIR_ENGINE_SCORE_H
#define MAILWEIR_ENGINE_SCORE_H

#include <stdbool.h>

#define SCORE_MAX 2147483647.0
#define SCORE_MIN (-2147483647.0)

/* A series w, w·x, w·x², … being added up, one hit at a time. */
struct score_series {
    double *score;
    double weight, exponent;
    double squared; /* of the weight before, to notice when it no longer matters */
};

void score_series_begin(struct score_series *series, double *score, double weight, double exponent);

/* Does a further hit matter? */
bool score_series_open(const struct score_series *series);

/* A hit; `empty`: of no length, so that it would be found for ever.  False: the series is over. */
bool score_series_hit(struct score_series *series, bool empty);

/* `< n` and `> n`: adds w·(ratio)^x. */
void score_size(double *score, double weight, double exponent, bool smaller, double size, double limit);

/* `? program`: its exit status. */
void score_program(double *score, double weight, double exponent, bool negated, int status);

/* Cuts it at its ends; true at the lower one, where the recipe has failed. */
bool score_cut(double *score);

/* Toward zero.  No number, as a root of a negative size is: the smallest there is, as 3.22 has it. */
long score_whole(double score);

/* As $= shows it: toward zero, but what lies between 0 and 1 is 1. */
long score_shown(double score);

#endif
