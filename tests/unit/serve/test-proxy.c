#include <criterion/criterion.h>
#include <arpa/inet.h>
#include <netinet/in.h>

#include "base/buf.h"
#include "serve/conf.h"
#include "serve/proxy.h"

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define BYTES(text) span_make(text, sizeof text - 1)

static void check_addresses(const struct proxy *proxy, const char *from, const char *to)
{
    struct buf text;

    buf_init(&text, BUF_UNLIMITED);
    conf_print_address(&text, &proxy->from);
    cr_expect_str_eq(text.p, from);
    buf_cut(&text, 0);
    conf_print_address(&text, &proxy->to);
    cr_expect_str_eq(text.p, to);
    buf_free(&text);
}

/* Every beginning of it is not enough; what follows it stays. */
static struct proxy good(struct span header)
{
    struct proxy proxy;
    struct buf longer;

    for (size_t n = 0; n < header.n; n++)
        cr_expect_eq(proxy_parse(span_make(header.p, n), &proxy), PROXY_MORE, "%zu bytes", n);
    buf_init(&longer, BUF_UNLIMITED);
    buf_add_span(&longer, header);
    buf_add_text(&longer, "PROXY USER alice\r\n");
    cr_expect_eq(proxy_parse(buf_span(&longer), &proxy), PROXY_DONE, "%s", proxy.reason);
    cr_expect_eq(proxy.n, header.n);
    buf_free(&longer);
    cr_expect_eq(proxy_parse(header, &proxy), PROXY_DONE);
    return proxy;
}

static void bad(struct span header, const char *reason)
{
    struct proxy proxy;

    cr_expect_eq(proxy_parse(header, &proxy), PROXY_BAD, "%s", reason);
    cr_expect_str_eq(proxy.reason, reason);
}

Test(serve_proxy, version_2)
{
    struct proxy p = good(BYTES(SIGNATURE "\x21\x11\0\x0c\xc0\0\x02\x01\xc6\x33\x64\x01\xff\xff\0\x6e"));

    cr_expect(p.known && !p.tls);
    check_addresses(&p, "192.0.2.1 port 65535", "198.51.100.1 port 110");
    p = good(BYTES(SIGNATURE "\x21\x21\0\x24\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"
                             "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02\x10\0\x03\xe3"));
    cr_expect(p.known);
    check_addresses(&p, "2001:db8::1 port 4096", "2001:db8::2 port 995");
}

Test(serve_proxy, version_2_without_addresses)
{
    char local[16 + 216] = SIGNATURE "\x21\x31\0\xd8";

    cr_expect_not(good(BYTES(SIGNATURE "\x20\x00\0\0")).known);
    cr_expect_not(good(BYTES(SIGNATURE "\x20\x11\0\x0c\xc0\0\x02\x01\xc6\x33\x64\x01\xff\xff\0\x6e")).known);
    cr_expect_not(good(BYTES(SIGNATURE "\x21\x00\0\x03zzz")).known);
    cr_expect_not(good(span_make(local, sizeof local)).known);
}

Test(serve_proxy, version_2_with_tls)
{
    cr_expect(good(BYTES(SIGNATURE
                         "\x21\x11\0\x14\xc0\0\x02\x01\xc6\x33\x64\x01\xff\xff\0\x6e\x20\0\x05\x01\0\0\0\0"))
                  .tls);
    cr_expect_not(
        good(
            BYTES(SIGNATURE "\x21\x11\0\x14\xc0\0\x02\x01\xc6\x33\x64\x01\xff\xff\0\x6e\x20\0\x05\0\0\0\0\0"))
            .tls);
}

/* Made by another program. */
Test(serve_proxy, version_2_with_a_checksum)
{
    char header[] = SIGNATURE "\x21\x11\0\x13\xc0\0\x02\x01\xc6\x33\x64\x01\xff\xff\0\x6e\x03\0\x04"
                              "\x88\xa7\x43\xea";

    good(span_make(header, sizeof header - 1));
    header[sizeof header - 2] ^= 1;
    bad(span_make(header, sizeof header - 1), "a checksum that is wrong");
    header[sizeof header - 2] ^= 1;
    header[16] ^= 1;
    bad(span_make(header, sizeof header - 1), "a checksum that is wrong");
}

Test(serve_proxy, version_2_that_lies_about_lengths)
{
    bad(BYTES(SIGNATURE "\x21\x11\0\x0b\xc0\0\x02\x01\xc6\x33\x64\x01\xff\xff\0"),
        "too short for addresses of IPv4");
    bad(BYTES(SIGNATURE "\x21\x21\0\x0c\xc0\0\x02\x01\xc6\x33\x64\x01\xff\xff\0\x6e"),
        "too short for addresses of IPv6");
    bad(BYTES(SIGNATURE "\x21\x31\0\x01x"), "too short for addresses of Unix sockets");
    bad(BYTES(SIGNATURE "\x21\x11\0\x0e\xc0\0\x02\x01\xc6\x33\x64\x01\xff\xff\0\x6e\x04\0"),
        "a field that is longer than the header");
    bad(BYTES(SIGNATURE "\x21\x11\0\x0f\xc0\0\x02\x01\xc6\x33\x64\x01\xff\xff\0\x6e\x04\0\x01"),
        "a field that is longer than the header");
    bad(BYTES(SIGNATURE "\x21\x11\0\x10\xc0\0\x02\x01\xc6\x33\x64\x01\xff\xff\0\x6e\x20\0\x01\x01"),
        "a field about TLS that is too short");
    bad(BYTES(SIGNATURE "\x21\x11\xff\xff"), "a header that is too long");
}

Test(serve_proxy, version_2_that_is_another)
{
    bad(BYTES(SIGNATURE "\x11\x11\0\0"), "an unknown version or command");
    bad(BYTES(SIGNATURE "\x22\x11\0\0"), "an unknown version or command");
    bad(BYTES(SIGNATURE "\x21\x12\0\0"), "an unknown family, or no stream");
    bad(BYTES(SIGNATURE "\x21\x41\0\0"), "an unknown family, or no stream");
}

Test(serve_proxy, version_1)
{
    struct proxy p = good(BYTES("PROXY TCP4 192.0.2.1 198.51.100.1 65535 110\r\n"));

    cr_expect(p.known && !p.tls);
    check_addresses(&p, "192.0.2.1 port 65535", "198.51.100.1 port 110");
    p = good(BYTES("PROXY TCP6 2001:db8::1 ::1 0 995\r\n"));
    check_addresses(&p, "2001:db8::1 port 0", "::1 port 995");
    cr_expect_not(good(BYTES("PROXY UNKNOWN\r\n")).known);
    cr_expect_not(good(BYTES("PROXY UNKNOWN 1 2 3 4\r\n")).known);
}

Test(serve_proxy, version_1_that_is_wrong)
{
    static const char *const wrong[] = {
        "PROXY TCP4 192.0.2.1 198.51.100.1 65536 110\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.1 01 110\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.1 1\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.1 1 2 3\r\n",
        "PROXY TCP4 192.0.2.1  198.51.100.1 1 2\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.1 1 2 \r\n",
        "PROXY TCP4 ::1 ::1 1 2\r\n",
        "PROXY TCP4 192.0.2 198.51.100.1 1 2\r\n",
        "PROXY TCP6 192.0.2.1 198.51.100.1 1 2\r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.1 -1 2\r\n",
        "PROXY TCP4 \r\n",
        "PROXY TCP4 192.0.2.1 198.51.100.1 1 +2\r\n",
    };

    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        bad(span_of(wrong[i]), "addresses of version 1");
    bad(BYTES("PROXY TCP4 192.0.2.1 198.51.100.1\0 1 2\r\n"), "addresses of version 1");
    bad(BYTES("PROXY TCP4 192.0.2.1 198.51.100.1 1 2\n"), "a line of version 1 without CR");
    bad(BYTES("PROXY \n"), "a line of version 1 without CR");
    bad(BYTES("PROXY UDP4 a b 1 2\r\n"), "an unknown family in version 1");
    bad(BYTES("PROXY UNKNOWNS\r\n"), "an unknown family in version 1");
}

Test(serve_proxy, version_1_without_an_end)
{
    char line[PROXY_V1_MAX + 1] = "PROXY UNKNOWN ";
    struct proxy proxy;

    memset(line + 14, 'x', sizeof line - 14);
    cr_expect_eq(proxy_parse(span_make(line, PROXY_V1_MAX - 1), &proxy), PROXY_MORE);
    bad(span_make(line, PROXY_V1_MAX), "a line of version 1 without an end");
    line[PROXY_V1_MAX - 1] = '\r';
    line[PROXY_V1_MAX] = '\n';
    bad(span_make(line, sizeof line), "a line of version 1 without an end");
}

Test(serve_proxy, who_comes_past_the_proxy)
{
    bad(BYTES("USER alice\r\n"), "no PROXY header");
    bad(BYTES("\x16\x03\x01"), "no PROXY header");
    bad(BYTES("PROXZ"), "no PROXY header");
    bad(BYTES("\r\n\r\n\r\n"), "no PROXY header");
}
