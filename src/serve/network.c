#include "serve/network.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

static struct address address_make(const void *bytes, unsigned n)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    struct address address = {.n = n};

    if (n == 16 && !memcmp(bytes, mapped, sizeof mapped)) {
        address.n = 4;
        bytes = (const uint8_t *)bytes + sizeof mapped;
    }
    memcpy(address.bytes, bytes, address.n);
    return address;
}

struct address address_of(const struct sockaddr *from)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;

    if (from->sa_family == AF_INET) {
        memcpy(&v4, from, sizeof v4);
        return address_make(&v4.sin_addr, 4);
    }
    if (from->sa_family == AF_INET6) {
        memcpy(&v6, from, sizeof v6);
        return address_make(&v6.sin6_addr, 16);
    }
    return (struct address){.n = 0};
}

bool address_parse(struct address *address, const char *text)
{
    uint8_t bytes[16];

    if (inet_pton(AF_INET, text, bytes) == 1)
        *address = address_make(bytes, 4);
    else if (inet_pton(AF_INET6, text, bytes) == 1)
        *address = address_make(bytes, 16);
    else
        return false;
    return true;
}

bool address_is_loopback(const struct address *address)
{
    static const uint8_t one[16] = {[15] = 1};

    return address->n == 4 ? address->bytes[0] == 127 : address->n == 16 && !memcmp(address->bytes, one, 16);
}

/* Bits of byte i that belong to the prefix. */
static uint8_t mask_of(unsigned prefix, unsigned i)
{
    if (prefix >= 8 * i + 8)
        return 0xff;
    return prefix <= 8 * i ? 0 : (uint8_t)(0xff << (8 * i + 8 - prefix));
}

static bool prefix_parse(unsigned *prefix, const char *digits, unsigned most)
{
    size_t n = strlen(digits);

    if (!n || n > 3 || strspn(digits, "0123456789") != n)
        return false;
    *prefix = (unsigned)atoi(digits);
    return *prefix <= most;
}

const char *network_parse(struct network *network, const char *text)
{
    char address[INET6_ADDRSTRLEN];
    size_t n = strcspn(text, "/");

    if (n >= sizeof address)
        return "it is no address";
    memcpy(address, text, n);
    address[n] = '\0';
    if (!address_parse(&network->address, address))
        return "it is no address";
    network->prefix = 8 * network->address.n;
    if (text[n] && !prefix_parse(&network->prefix, text + n + 1, network->prefix))
        return "the length behind its '/' is wrong";
    for (unsigned i = 0; i < network->address.n; i++)
        if (network->address.bytes[i] & ~mask_of(network->prefix, i))
            return "it has bits behind its length";
    return NULL;
}

bool network_contains(const struct network *network, const struct address *address)
{
    if (network->address.n != address->n)
        return false;
    for (unsigned i = 0; i < address->n; i++)
        if ((address->bytes[i] & mask_of(network->prefix, i)) != network->address.bytes[i])
            return false;
    return true;
}
