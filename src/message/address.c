#include "message/address.h"

#include <string.h>

/*
 * The text is made shorter where it stands: `from` reads it, `to` writes what is left of the item in hand,
 * and a NUL ends both.  Two bytes behind the NUL are free, for the brackets of wrap().
 */
struct scanner {
    char *begin, *from, *to;
    bool brackets; /* the item began with `<` */
    bool list;     /* `,` or `;` were met within the brackets */
    bool word;     /* a word was read … */
    bool gap;      /* … and white space or a comment behind it */
    enum { GROUP_MAY_COME, GROUP_OPEN, GROUP_NONE } group;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* From the `(` to its `)`, or to the last byte of an open comment. */
static char *comment_end(char *p)
{
    size_t depth = 0;

    for (;; p++) {
        if (*p == '(')
            depth++;
        else if (*p == ')' && --depth == 0)
            return p;
        else if (*p == '\\' && p[1])
            p++;
        if (!p[1])
            return p;
    }
}

static void copy(struct scanner *s)
{
    if (*s->from)
        *s->to++ = *s->from++;
}

/* A quoted string, or a domain in square brackets. */
static void copy_quoted(struct scanner *s)
{
    char end = *s->from == '"' ? '"' : ']';

    copy(s);
    while (*s->from && *s->from != end) {
        if (*s->from == '\\')
            copy(s);
        copy(s);
    }
    copy(s);
    s->word = true;
    s->gap = false;
}

/* An address list in brackets is only one thing with its brackets around it. */
static void wrap(struct scanner *s)
{
    memmove(s->begin + 1, s->begin, (size_t)(s->to - s->begin));
    *s->begin = '<';
    s->to[1] = '>';
    s->to += 2;
}

/* Ends the item in hand; what is behind it begins at s->from. */
static char *item_end(struct scanner *s)
{
    if (s->list)
        wrap(s);
    *s->to = '\0';
    return s->from;
}

/* A byte that joins what stands on either side of it. */
static void copy_joint(struct scanner *s)
{
    s->word = s->gap = false;
    copy(s);
}

static bool at_joint(struct scanner *s)
{
    char c = *s->from;

    if (c != ':' && c != '@' && c != '.')
        return false;
    if (s->group == GROUP_MAY_COME)
        s->group = c == ':' ? GROUP_OPEN : GROUP_NONE;
    copy_joint(s);
    return true;
}

/* `,` and `;`: true when they belong to the item. */
static bool at_separator(struct scanner *s)
{
    if (s->group == GROUP_OPEN) {
        if (*s->from == ';')
            s->from[1] = '\0'; /* the group ends here, and the text with it */
    } else if (s->brackets) {
        s->list = true;
    } else {
        return false;
    }
    copy_joint(s);
    return true;
}

/* White space and comments: true when there was one. */
static bool at_space(struct scanner *s)
{
    if (*s->from == '(')
        s->from = comment_end(s->from);
    else if (!is_blank(*s->from) && *s->from != '\n')
        return false;
    s->from++;
    s->gap = true;
    return true;
}

/* One item: an address, a word of a display name, or something in brackets.  It is made shorter in
 * place; what is behind it begins at the pointer returned. */
static char *item_take(char *begin)
{
    struct scanner s = {.begin = begin, .from = begin, .to = begin, .brackets = *begin == '<'};

    if (s.brackets)
        s.from++;
    for (;;) {
        if (at_space(&s) || at_joint(&s))
            continue;
        switch (*s.from) {
        case '<':
            if (!s.brackets)
                return s.from; /* only a display name so far; it is left as it was */
            s.to = s.begin;
            s.word = s.gap = false;
            s.from++;
            continue;
        case ',':
        case ';':
            if (at_separator(&s))
                continue;
            return item_end(&s);
        case '\0':
        case '>':
            return item_end(&s);
        }
        if (*s.from == '"' || *s.from == '[') {
            copy_quoted(&s);
            continue;
        }
        if (!s.brackets && s.word && s.gap && s.to > s.begin)
            return item_end(&s); /* another word */
        if (*s.from == '\\')
            copy(&s);
        copy(&s);
        s.word = true;
        s.gap = false;
    }
}

static char *skip_space(char *p)
{
    while (is_blank(*p) || *p == '\n')
        p++;
    return p;
}

bool address_find(struct span content, struct buf *to)
{
    const char *nul = span_find_byte(content, '\0');
    char *at, *found = NULL;

    buf_cut(to, 0);
    buf_add(to, content.p, nul ? (size_t)(nul - content.p) : content.n);
    buf_add(to, "\0\0", 3);
    for (at = skip_space(to->p); *at; at = item_take(at)) {
        if (*at != '<') {
            if (!found)
                found = at;
            continue;
        }
        found = at;
        item_take(at);
        break;
    }
    if (found) {
        size_t n = strlen(found);

        memmove(to->p, found, n);
        buf_cut(to, n);
    } else {
        buf_cut(to, 0);
    }
    return found != NULL;
}
