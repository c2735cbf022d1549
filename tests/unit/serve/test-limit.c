#include <criterion/criterion.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "serve/limit.h"

struct place {
    struct sockaddr_storage at;
};

static const struct sockaddr *at(struct place *place, const char *text)
{
    struct sockaddr_in *in = (struct sockaddr_in *)&place->at;
    struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&place->at;

    *place = (struct place){.at.ss_family = AF_INET};
    if (inet_pton(AF_INET, text, &in->sin_addr) != 1) {
        in6->sin6_family = AF_INET6;
        cr_assert_eq(inet_pton(AF_INET6, text, &in6->sin6_addr), 1, "%s", text);
    }
    return (struct sockaddr *)&place->at;
}

static const struct sockaddr *number(struct place *place, uint32_t n)
{
    struct sockaddr_in *in = (struct sockaddr_in *)&place->at;

    *place = (struct place){.at.ss_family = AF_INET};
    in->sin_addr.s_addr = htonl(0x0a000000 + n);
    return (struct sockaddr *)&place->at;
}

static struct limit *make(size_t sessions, size_t per_address, unsigned delay)
{
    struct limit_rules rules = {sessions, per_address, delay * 1000, "0123456789abcde"};

    return limit_new(&rules);
}

Test(serve_limit, sessions_in_all_and_from_one_address)
{
    struct limit *l = make(4, 2, 1);
    struct place p;

    cr_expect_eq(limit_enter(l, at(&p, "192.0.2.1")), LIMIT_IN);
    cr_expect_eq(limit_enter(l, at(&p, "::ffff:192.0.2.1")), LIMIT_IN);
    cr_expect_eq(limit_enter(l, at(&p, "192.0.2.1")), LIMIT_ADDRESS_FULL);
    cr_expect_eq(limit_enter(l, at(&p, "192.0.2.2")), LIMIT_IN);
    cr_expect_eq(limit_enter(l, at(&p, "192.0.2.3")), LIMIT_IN);
    cr_expect_eq(limit_enter(l, at(&p, "192.0.2.4")), LIMIT_FULL);
    limit_leave(l, at(&p, "192.0.2.1"));
    cr_expect_eq(limit_sessions(l), 3);
    cr_expect_eq(limit_enter(l, at(&p, "192.0.2.1")), LIMIT_IN);
    limit_leave(l, at(&p, "192.0.2.9"));
    cr_expect_eq(limit_sessions(l), 4, "who was not there does not leave");
    limit_free(l);
}

Test(serve_limit, an_ipv6_client_is_a_64)
{
    struct limit *l = make(10, 1, 1);
    struct place p;

    cr_expect_eq(limit_enter(l, at(&p, "2001:db8:0:1::1")), LIMIT_IN);
    cr_expect_eq(limit_enter(l, at(&p, "2001:db8:0:1:ffff::2")), LIMIT_ADDRESS_FULL);
    cr_expect_eq(limit_enter(l, at(&p, "2001:db8:0:2::1")), LIMIT_IN);
    limit_failed(l, at(&p, "2001:db8:0:3::1"), 10);
    limit_failed(l, at(&p, "2001:db8:0:3::2"), 10);
    cr_expect_eq(limit_delay(l, at(&p, "2001:db8:0:3::3"), 10), 2000);
    limit_free(l);
}

Test(serve_limit, sockets_without_address_count_in_all)
{
    struct limit *l = make(3, 1, 1);
    struct sockaddr local = {.sa_family = AF_UNIX};

    for (int i = 0; i < 3; i++)
        cr_expect_eq(limit_enter(l, &local), LIMIT_IN);
    cr_expect_eq(limit_enter(l, &local), LIMIT_FULL);
    limit_leave(l, &local);
    cr_expect_eq(limit_enter(l, &local), LIMIT_IN);
    limit_failed(l, &local, 1);
    cr_expect_eq(limit_delay(l, &local, 1), 1000);
    limit_free(l);
}

Test(serve_limit, failures_slow_down_and_are_forgiven)
{
    static const unsigned wanted[] = {1000, 2000, 4000, 8000, 16000, 30000, 30000};
    struct limit *l = make(4, 2, 1);
    struct place p;

    cr_expect_eq(limit_delay(l, at(&p, "192.0.2.1"), 5), 1000);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        limit_failed(l, at(&p, "192.0.2.1"), 1000);
        cr_expect_eq(limit_delay(l, at(&p, "192.0.2.1"), 1000), wanted[i]);
    }
    cr_expect_eq(limit_delay(l, at(&p, "192.0.2.2"), 1000), 1000);
    cr_expect_eq(limit_delay(l, at(&p, "192.0.2.1"), 1000 + 3 * LIMIT_FORGIVE), 8000);
    cr_expect_eq(limit_delay(l, at(&p, "192.0.2.1"), 1000 + 4 * LIMIT_FORGIVE - 1), 8000);
    cr_expect_eq(limit_delay(l, at(&p, "192.0.2.1"), 1000 + 4 * LIMIT_FORGIVE), 4000);
    cr_expect_eq(limit_delay(l, at(&p, "192.0.2.1"), 900), 4000, "a clock that goes back");
    for (int i = 0; i < 1000; i++)
        limit_failed(l, at(&p, "192.0.2.1"), 5000);
    cr_expect_eq(limit_delay(l, at(&p, "192.0.2.1"), 5000), LIMIT_DELAY_MAX);
    cr_expect_eq(limit_delay(l, at(&p, "192.0.2.1"), 5000 + 40 * LIMIT_FORGIVE), 1000);
    limit_free(l);
}

Test(serve_limit, no_delay_where_none_is_wanted)
{
    struct limit *l = make(4, 2, 0);
    struct place p;

    limit_failed(l, at(&p, "192.0.2.1"), 1);
    cr_expect_eq(limit_delay(l, at(&p, "192.0.2.1"), 1), 0);
    limit_free(l);
}

/* The memory is the same however many come; who has sessions is not forgotten. */
Test(serve_limit, a_flood_of_addresses)
{
    enum { FLOOD = 1000000 };
    struct limit *l = make(10, 2, 1);
    struct place p;

    cr_expect_eq(limit_enter(l, at(&p, "192.0.2.1")), LIMIT_IN);
    limit_failed(l, at(&p, "192.0.2.1"), 1);
    limit_failed(l, at(&p, "192.0.2.1"), 1);
    limit_failed(l, at(&p, "192.0.2.7"), 1);
    limit_failed(l, at(&p, "192.0.2.7"), 1);
    for (uint32_t i = 0; i < FLOOD; i++) {
        limit_failed(l, number(&p, i), 2);
        limit_failed(l, number(&p, i), 2);
    }
    cr_expect_eq(limit_delay(l, at(&p, "192.0.2.1"), 2), 2000, "it has a session");
    cr_expect_eq(limit_delay(l, at(&p, "192.0.2.7"), 2), 1000, "it has given way");
    cr_expect_eq(limit_delay(l, number(&p, FLOOD - LIMIT_FAILURES_KEPT), 2), 2000);
    cr_expect_eq(limit_delay(l, number(&p, FLOOD - LIMIT_FAILURES_KEPT - 20), 2), 1000);
    cr_expect_eq(limit_enter(l, at(&p, "192.0.2.1")), LIMIT_IN);
    cr_expect_eq(limit_enter(l, at(&p, "192.0.2.1")), LIMIT_ADDRESS_FULL);
    limit_free(l);
}

/* Against a table of the simplest kind. */
Test(serve_limit, many_come_and_go)
{
    enum { HOSTS = 50, TURNS = 200000 };
    unsigned inside[HOSTS] = {0}, all = 0;
    struct limit *l = make(60, 3, 1);
    struct place p;

    srand(6);
    for (int i = 0; i < TURNS; i++) {
        uint32_t host = (uint32_t)rand() % HOSTS;

        if (rand() % 2) {
            enum limit_answer wanted = all == 60           ? LIMIT_FULL
                                       : inside[host] == 3 ? LIMIT_ADDRESS_FULL
                                                           : LIMIT_IN;

            cr_assert_eq(limit_enter(l, number(&p, host)), wanted);
            inside[host] += wanted == LIMIT_IN;
            all += wanted == LIMIT_IN;
        } else {
            limit_leave(l, number(&p, host));
            all -= inside[host] > 0;
            inside[host] -= inside[host] > 0;
        }
        if (rand() % 3 == 0)
            limit_failed(l, number(&p, (uint32_t)rand() % 10000), (uint64_t)i);
        cr_assert_eq(limit_sessions(l), all);
    }
    limit_free(l);
}
