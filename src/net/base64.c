#include "net/base64.h"

#include <string.h>

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Three bytes at most as four digits. */
static void encode_group(struct span group, char digit[4])
{
    unsigned long bits = 0;

    for (size_t i = 0; i < 3; i++)
        bits = bits << 8 | (i < group.n ? (unsigned char)group.p[i] : 0);
    for (size_t i = 0; i < 4; i++)
        digit[i] = i <= group.n ? digits[bits >> (18 - 6 * i) & 63] : '=';
}

int base64_encode(struct span bytes, struct buf *text)
{
    size_t groups = bytes.n / 3 + (bytes.n % 3 != 0);
    char *to = groups > text->max / 4 ? NULL : buf_reserve(text, 4 * groups);

    if (!to)
        return -1;
    for (size_t i = 0; i < groups; i++) {
        struct span group = span_from(bytes, 3 * i);

        group.n = group.n < 3 ? group.n : 3;
        encode_group(group, to + 4 * i);
    }
    buf_commit(text, 4 * groups);
    return 0;
}

/* The bytes of four digits, of which the last may be padding: how many, or -1. */
static int decode_group(const char digit[4], bool last, unsigned char bytes[3])
{
    unsigned long bits = 0;
    int n = 3;

    if (last && digit[3] == '=')
        n = digit[2] == '=' ? 1 : 2;
    for (int i = 0; i < 4; i++) {
        const char *at = i <= n ? memchr(digits, digit[i], 64) : digits;

        if (!at)
            return -1;
        bits = bits << 6 | (unsigned long)(at - digits);
    }
    if (bits & ((1UL << 8 * (3 - n)) - 1)) /* two texts for the same bytes are one too many */
        return -1;
    for (int i = 0; i < 3; i++)
        bytes[i] = (unsigned char)(bits >> (16 - 8 * i));
    return n;
}

int base64_decode(struct span text, struct buf *bytes)
{
    size_t before = bytes->n;

    if (text.n % 4)
        return -1;
    for (size_t i = 0; i < text.n; i += 4) {
        unsigned char group[3];
        int n = decode_group(text.p + i, i + 4 == text.n, group);

        if (n < 0 || buf_add(bytes, group, (size_t)n)) {
            buf_cut(bytes, before);
            return -1;
        }
    }
    return 0;
}
