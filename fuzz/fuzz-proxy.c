/*
 * PROXY headers: what is taken is found by its beginning too, whatever follows it; what is refused stays
 * refused; and of a header of version 1, written again from what was found, the same is found.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz.h"
#include "serve/proxy.h"

/* The bytes alone, so that a sanitizer sees what is read behind them. */
static enum proxy_status parse_alone(struct span bytes, size_t n, struct proxy *proxy)
{
    char *copy = malloc(n ? n : 1);
    enum proxy_status status;

    CHECK(copy != NULL);
    memcpy(copy, bytes.p, n);
    status = proxy_parse(span_make(copy, n), proxy);
    free(copy);
    return status;
}

static void check_beginnings(struct span bytes, const struct proxy *whole)
{
    struct proxy part;

    for (size_t n = 0; n < whole->n; n++)
        CHECK(parse_alone(bytes, n, &part) == PROXY_MORE);
    CHECK(parse_alone(bytes, whole->n, &part) == PROXY_DONE);
    CHECK(part.n == whole->n && part.known == whole->known && part.tls == whole->tls);
    CHECK(!memcmp(&part.from, &whole->from, sizeof part.from) &&
          !memcmp(&part.to, &whole->to, sizeof part.to));
}

static void print(const struct sockaddr_storage *at, char text[INET6_ADDRSTRLEN], unsigned *port)
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)at;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)at;

    inet_ntop(at->ss_family,
              at->ss_family == AF_INET ? (const void *)&v4->sin_addr : (const void *)&v6->sin6_addr, text,
              INET6_ADDRSTRLEN);
    *port = ntohs(v4->sin_port);
}

static void check_again(const struct proxy *proxy)
{
    char from[INET6_ADDRSTRLEN], to[INET6_ADDRSTRLEN], line[200];
    unsigned from_port, to_port;
    struct proxy again;
    int n;

    print(&proxy->from, from, &from_port);
    print(&proxy->to, to, &to_port);
    n = snprintf(line, sizeof line, "PROXY TCP%d %s %s %u %u\r\n", proxy->from.ss_family == AF_INET ? 4 : 6,
                 from, to, from_port, to_port);
    CHECK(n > 0 && n <= PROXY_V1_MAX);
    CHECK(proxy_parse(span_make(line, (size_t)n), &again) == PROXY_DONE && again.known);
    CHECK(!memcmp(&again.from, &proxy->from, sizeof again.from) &&
          !memcmp(&again.to, &proxy->to, sizeof again.to));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span bytes = {(const char *)data, size};
    struct proxy proxy;
    enum proxy_status status = proxy_parse(bytes, &proxy);

    if (status == PROXY_BAD) {
        CHECK(proxy.reason && proxy.reason[0]);
        return 0;
    }
    if (status == PROXY_MORE) {
        CHECK(size < PROXY_V2_MAX);
        return 0;
    }
    CHECK(proxy.n > 0 && proxy.n <= size && proxy.n <= PROXY_V2_MAX);
    if (proxy.known) {
        CHECK(proxy.from.ss_family == proxy.to.ss_family);
        CHECK(proxy.from.ss_family == AF_INET || proxy.from.ss_family == AF_INET6);
        check_again(&proxy);
    }
    check_beginnings(bytes, &proxy);
    return 0;
}
