/*
 * Networks as people write them: "192.0.2.0/24", "2001:db8::/32", or one address.  An IPv4 address that
 * came in an IPv6 socket (::ffff:192.0.2.1) is that IPv4 address.
 */
#ifndef MAILWEIR_SERVE_NETWORK_H
#define MAILWEIR_SERVE_NETWORK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* An address without its port: four bytes, or sixteen, or none for what is no IP address. */
struct address {
    uint8_t bytes[16];
    unsigned n;
};

struct network {
    struct address address; /* bits behind the prefix are 0 */
    unsigned prefix;
};

struct address address_of(const struct sockaddr *from);
bool address_parse(struct address *address, const char *text);
bool address_is_loopback(const struct address *address);

/* NULL, or what is wrong with it. */
const char *network_parse(struct network *network, const char *text);
bool network_contains(const struct network *network, const struct address *address);

#endif
