#include "serve/proxy.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

enum { V2_HEAD = 16, TLV_CRC32C = 0x03, TLV_SSL = 0x20, SSL_CLIENT = 1 };

static enum proxy_status bad(struct proxy *proxy, const char *reason)
{
    proxy->reason = reason;
    return PROXY_BAD;
}

static void set_v4(struct sockaddr_storage *to, const void *address, uint16_t port)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};

    memcpy(&in.sin_addr, address, sizeof in.sin_addr);
    memcpy(to, &in, sizeof in);
}

static void set_v6(struct sockaddr_storage *to, const void *address, uint16_t port)
{
    struct sockaddr_in6 in = {.sin6_family = AF_INET6, .sin6_port = htons(port)};

    memcpy(&in.sin6_addr, address, sizeof in.sin6_addr);
    memcpy(to, &in, sizeof in);
}

/* ---- version 1: "PROXY TCP4 192.0.2.1 198.51.100.1 65535 110\r\n" */

/* The word before the next blank, or the end; false when it is empty or does not fit. */
static bool take_word(struct span *rest, char *word, size_t size)
{
    const char *blank = span_find_byte(*rest, ' ');
    size_t n = blank ? (size_t)(blank - rest->p) : rest->n;

    if (!n || n >= size || memchr(rest->p, '\0', n))
        return false;
    memcpy(word, rest->p, n);
    word[n] = '\0';
    *rest = span_from(*rest, blank ? n + 1 : n);
    return true;
}

static bool take_port(struct span *rest, uint16_t *port)
{
    char word[6];
    unsigned long value = 0;

    if (!take_word(rest, word, sizeof word) || (word[0] == '0' && word[1]))
        return false;
    for (const char *p = word; *p; p++) {
        if (*p < '0' || *p > '9')
            return false;
        value = value * 10 + (unsigned long)(*p - '0');
    }
    *port = (uint16_t)value;
    return value <= UINT16_MAX;
}

static bool v1_addresses(struct span rest, int family, struct proxy *proxy)
{
    char from[INET6_ADDRSTRLEN], to[INET6_ADDRSTRLEN];
    unsigned char a[16], b[16];
    uint16_t from_port, to_port;
    void (*set)(struct sockaddr_storage *, const void *, uint16_t) = family == AF_INET ? set_v4 : set_v6;
    const char *end = rest.p + rest.n;

    if (!take_word(&rest, from, sizeof from) || !take_word(&rest, to, sizeof to) ||
        !take_port(&rest, &from_port) || !take_port(&rest, &to_port) || rest.n || end[-1] == ' ')
        return false;
    if (inet_pton(family, from, a) != 1 || inet_pton(family, to, b) != 1)
        return false;
    set(&proxy->from, a, from_port);
    set(&proxy->to, b, to_port);
    return proxy->known = true;
}

static enum proxy_status v1_parse(struct span bytes, struct proxy *proxy)
{
    struct span seen = {bytes.p, bytes.n < PROXY_V1_MAX ? bytes.n : PROXY_V1_MAX};
    const char *lf = span_find_byte(seen, '\n');
    struct span line = {bytes.p, lf ? (size_t)(lf - bytes.p) : 0};

    if (!lf)
        return bytes.n < PROXY_V1_MAX ? PROXY_MORE : bad(proxy, "a line of version 1 without an end");
    proxy->n = line.n + 1;
    if (line.p[line.n - 1] != '\r')
        return bad(proxy, "a line of version 1 without CR");
    line.n--;
    if (span_starts(line, "PROXY TCP4 "))
        return v1_addresses(span_from(line, 11), AF_INET, proxy) ? PROXY_DONE
                                                                 : bad(proxy, "addresses of version 1");
    if (span_starts(line, "PROXY TCP6 "))
        return v1_addresses(span_from(line, 11), AF_INET6, proxy) ? PROXY_DONE
                                                                  : bad(proxy, "addresses of version 1");
    if (span_eq_text(line, "PROXY UNKNOWN") || span_starts(line, "PROXY UNKNOWN "))
        return PROXY_DONE;
    return bad(proxy, "an unknown family in version 1");
}

/* ---- version 2 */

static const char signature[] = "\r\n\r\n\0\r\nQUIT\n";
enum { SIGNATURE = 12 };

static uint16_t number(const char *p)
{
    return (uint16_t)((unsigned char)p[0] << 8 | (unsigned char)p[1]);
}

/* Castagnoli's, with four bytes taken as zeros, where it is stored itself. */
static uint32_t crc32c(struct span bytes, size_t zeros)
{
    uint32_t crc = UINT32_MAX;

    for (size_t i = 0; i < bytes.n; i++) {
        crc ^= i - zeros < 4 ? 0 : (unsigned char)bytes.p[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
    }
    return ~crc;
}

static bool crc_is_right(struct span header, struct span value)
{
    uint32_t said;

    if (value.n != 4)
        return false;
    said = (uint32_t)number(value.p) << 16 | number(value.p + 2);
    return crc32c(header, (size_t)(value.p - header.p)) == said;
}

/* Type, length, value, to the end exactly. */
static enum proxy_status v2_extras(struct span header, struct span rest, struct proxy *proxy)
{
    while (rest.n) {
        struct span value;
        size_t n = rest.n < 3 ? SIZE_MAX : number(rest.p + 1);

        if (rest.n < 3 || n > rest.n - 3)
            return bad(proxy, "a field that is longer than the header");
        value = span_make(rest.p + 3, n);
        if (rest.p[0] == TLV_CRC32C && !crc_is_right(header, value))
            return bad(proxy, "a checksum that is wrong");
        if (rest.p[0] == TLV_SSL && n < 5)
            return bad(proxy, "a field about TLS that is too short");
        if (rest.p[0] == TLV_SSL)
            proxy->tls = value.p[0] & SSL_CLIENT, proxy->tls_told = true;
        rest = span_from(rest, 3 + n);
    }
    return PROXY_DONE;
}

static enum proxy_status v2_addresses(struct span header, struct proxy *proxy)
{
    const char *p = header.p + V2_HEAD;
    size_t n = header.n - V2_HEAD;

    switch ((unsigned char)header.p[13]) {
    case 0x11: /* TCP over IPv4 */
        if (n < 12)
            return bad(proxy, "too short for addresses of IPv4");
        set_v4(&proxy->from, p, number(p + 8));
        set_v4(&proxy->to, p + 4, number(p + 10));
        proxy->known = true;
        return v2_extras(header, span_from(header, V2_HEAD + 12), proxy);
    case 0x21: /* TCP over IPv6 */
        if (n < 36)
            return bad(proxy, "too short for addresses of IPv6");
        set_v6(&proxy->from, p, number(p + 32));
        set_v6(&proxy->to, p + 16, number(p + 34));
        proxy->known = true;
        return v2_extras(header, span_from(header, V2_HEAD + 36), proxy);
    case 0x31: /* a Unix socket */
        if (n < 216)
            return bad(proxy, "too short for addresses of Unix sockets");
        return v2_extras(header, span_from(header, V2_HEAD + 216), proxy);
    case 0x00: /* not said; what follows has no meaning */
        return PROXY_DONE;
    default:
        return bad(proxy, "an unknown family, or no stream");
    }
}

static enum proxy_status v2_parse(struct span bytes, struct proxy *proxy)
{
    if (bytes.n < V2_HEAD)
        return PROXY_MORE;
    if (bytes.p[12] != 0x20 && bytes.p[12] != 0x21)
        return bad(proxy, "an unknown version or command");
    proxy->n = V2_HEAD + (size_t)number(bytes.p + 14);
    if (proxy->n > PROXY_V2_MAX)
        return bad(proxy, "a header that is too long");
    if (bytes.n < proxy->n)
        return PROXY_MORE;
    if (bytes.p[12] == 0x20) /* LOCAL: its own, to see whether we live */
        return PROXY_DONE;
    return v2_addresses(span_make(bytes.p, proxy->n), proxy);
}

/* ---- which of them */

static bool begins(struct span bytes, const char *text, size_t n)
{
    return !memcmp(bytes.p, text, bytes.n < n ? bytes.n : n);
}

enum proxy_status proxy_parse(struct span bytes, struct proxy *proxy)
{
    *proxy = (struct proxy){.reason = ""};
    if (!bytes.n)
        return PROXY_MORE;
    if (begins(bytes, signature, SIGNATURE))
        return v2_parse(bytes, proxy);
    if (begins(bytes, "PROXY ", 6))
        return v1_parse(bytes, proxy);
    return bad(proxy, "no PROXY header");
}
