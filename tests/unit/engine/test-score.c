#include <criterion/criterion.h>

#include "engine/score.h"

static double series(double weight, double exponent, int hits)
{
    struct score_series s;
    double score = 0;

    score_series_begin(&s, &score, weight, exponent);
    while (hits-- && score_series_open(&s) && score_series_hit(&s, false))
        ;
    return score;
}

Test(score, series_add_up)
{
    cr_expect_eq(series(2, 1, 5), 10);
    cr_expect_eq(series(2, 0, 5), 2);
    cr_expect_eq(series(1, 2, 4), 15);
    cr_expect_eq(series(8, .5, 3), 14);
}

Test(score, a_hit_of_no_length_ends_a_series)
{
    struct score_series s;
    double score = 0;

    score_series_begin(&s, &score, 4, .5);
    cr_expect_not(score_series_hit(&s, true));
    cr_expect_eq(score, 8);
    score = 0;
    score_series_begin(&s, &score, -1, 1);
    score_series_hit(&s, true);
    cr_expect(score_cut(&score));
    cr_expect_eq(score, SCORE_MIN);
}

Test(score, sizes)
{
    double score = 0;

    score_size(&score, 3, 1, false, 200, 100);
    cr_expect_eq(score, 6);
    score_size(&score, 1, 2, true, 50, 100);
    cr_expect_eq(score, 10);
    score_size(&score, 1, 1, false, 10, 0);
    cr_expect_eq(score, SCORE_MAX);
    score_size(&score, 1, 1, true, 0, 0);
    cr_expect_eq(score, SCORE_MIN);
}

Test(score, programs)
{
    double score = 0;

    score_program(&score, 5, 2, false, 0);
    cr_expect_eq(score, 5);
    score_program(&score, 5, 2, false, 9);
    cr_expect_eq(score, 7);
    score = 0;
    score_program(&score, 1, 2, true, 3);
    cr_expect_eq(score, 7);
}

Test(score, is_shown_toward_zero)
{
    cr_expect_eq(score_shown(.2), 1);
    cr_expect_eq(score_shown(-.2), 0);
    cr_expect_eq(score_shown(3.9), 3);
    cr_expect_eq(score_shown(SCORE_MAX), 2147483647);
}
