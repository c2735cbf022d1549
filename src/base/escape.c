/* Bytes from outside as text in what programs and browsers read. */
#include "base/escape.h"

size_t utf8_length(struct span s)
{
    static const struct {
        unsigned char mask, lead;
        unsigned least; /* what is shorter is written with more bytes than it takes */
    } forms[] = {{0x80, 0, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
    const unsigned char *p = (const unsigned char *)s.p;

    for (size_t i = 0; i < sizeof forms / sizeof *forms && i < s.n; i++) {
        unsigned value = p[0] & (unsigned char)~forms[i].mask;

        if ((p[0] & forms[i].mask) != forms[i].lead)
            continue;
        for (size_t k = 1; k <= i; k++) {
            if ((p[k] & 0xc0) != 0x80)
                return 0;
            value = value << 6 | (p[k] & 0x3f);
        }
        return value < forms[i].least || value > 0x10ffff || (value >= 0xd800 && value < 0xe000) ? 0 : i + 1;
    }
    return 0;
}

void json_string(struct span s, FILE *to)
{
    putc('"', to);
    while (s.n) {
        size_t n = utf8_length(s);
        unsigned char c = (unsigned char)*s.p;

        if (!n)
            fputs("\\ufffd", to);
        else if (c < 0x20 || c == 0x7f)
            fprintf(to, "\\u%04x", c);
        else if (c == '"' || c == '\\')
            fprintf(to, "\\%c", c);
        else
            fwrite(s.p, 1, n, to);
        s = span_from(s, n ? n : 1);
    }
    putc('"', to);
}

const char html_head[] = "<!DOCTYPE html>\n"
                         "<html lang=\"en\">\n"
                         "<meta charset=\"utf-8\">\n"
                         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
                         "'none'; style-src 'unsafe-inline'\">\n"
                         "<meta name=\"viewport\" content=\"width=device-width\">\n"
                         "<meta name=\"color-scheme\" content=\"light dark\">\n";

static const char *entity_of(unsigned char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return (c < 0x20 && c != '\t') || c == 0x7f ? "&#xfffd;" : NULL;
    }
}

/* U+0080 to U+009F, which are control characters, too; U+FFFE and U+FFFF, which XML does not take. */
static bool is_no_text(struct span s, size_t n)
{
    const unsigned char *p = (const unsigned char *)s.p;

    return (n == 2 && p[0] == 0xc2 && p[1] < 0xa0) ||
           (n == 3 && p[0] == 0xef && p[1] == 0xbf && p[2] >= 0xbe);
}

void html_text(struct span s, FILE *to)
{
    while (s.n) {
        size_t n = utf8_length(s);
        const char *entity = !n || is_no_text(s, n) ? "&#xfffd;" : entity_of((unsigned char)*s.p);

        if (entity)
            fputs(entity, to);
        else
            fwrite(s.p, 1, n, to);
        s = span_from(s, n ? n : 1);
    }
}
