#include <criterion/criterion.h>
#include <arpa/inet.h>
#include <netinet/in.h>

#include "serve/network.h"

static bool contains(const char *net, const char *text)
{
    struct network network;
    struct address address;

    cr_assert_null(network_parse(&network, net), "%s", net);
    cr_assert(address_parse(&address, text), "%s", text);
    return network_contains(&network, &address);
}

Test(serve_network, inside_and_outside)
{
    cr_expect(contains("192.0.2.0/24", "192.0.2.255"));
    cr_expect_not(contains("192.0.2.0/24", "192.0.3.0"));
    cr_expect(contains("192.0.2.128/25", "192.0.2.128"));
    cr_expect_not(contains("192.0.2.128/25", "192.0.2.127"));
    cr_expect(contains("0.0.0.0/0", "255.255.255.255"));
    cr_expect_not(contains("0.0.0.0/0", "::2"));
    cr_expect(contains("192.0.2.1", "192.0.2.1"));
    cr_expect_not(contains("192.0.2.1", "192.0.2.0"));
    cr_expect(contains("2001:db8::/32", "2001:db8:ffff::1"));
    cr_expect_not(contains("2001:db8::/32", "2001:db9::1"));
    cr_expect(contains("2001:db8::/33", "2001:db8:7fff::"));
    cr_expect_not(contains("2001:db8::/33", "2001:db8:8000::"));
    cr_expect(contains("::/0", "ffff::"));
}

Test(serve_network, an_ipv4_address_in_an_ipv6_socket)
{
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    struct network network;
    struct address address;

    cr_assert_null(network_parse(&network, "127.0.0.0/8"));
    inet_pton(AF_INET6, "::ffff:127.0.0.9", &in6.sin6_addr);
    address = address_of((struct sockaddr *)&in6);
    cr_expect(address.n == 4 && network_contains(&network, &address) && address_is_loopback(&address));
}

Test(serve_network, loopback)
{
    struct address address;

    cr_expect(address_parse(&address, "::1") && address_is_loopback(&address));
    cr_expect(address_parse(&address, "::2") && !address_is_loopback(&address));
    cr_expect(address_parse(&address, "128.0.0.1") && !address_is_loopback(&address));
    cr_expect_not(address_is_loopback(&(struct address){.n = 0}));
}

Test(serve_network, what_is_none)
{
    static const char *const wrong[] = {"",
                                        "/",
                                        "1.2.3",
                                        "1.2.3.4/",
                                        "1.2.3.4/33",
                                        "1.2.3.4/-1",
                                        "1.2.3.4/0x8",
                                        "::1/129",
                                        "::1/0001",
                                        "1.2.3.0/16",
                                        "fe40::/9",
                                        "localhost",
                                        "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb"};
    struct network network;

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_not_null(network_parse(&network, wrong[i]), "%s", wrong[i]);
}
