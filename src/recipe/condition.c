#include "recipe/condition.h"

#include <stdlib.h>
#include <string.h>

#include "recipe/word.h"

#define SENDERS_BEGIN "(((Resent-)?(From|Sender)|X-Envelope-From):|>?From )([^>]*[^(.%@a-z0-9])?("
#define SENDERS_END ")(([^).!:a-z0-9][-_a-z0-9]*)?[%@>\t ][^<)]*(\\(.*\\).*)?)?$([^>]|$)"
#define RECIPIENTS "(^((Original-)?(Resent-)?(To|Cc|Bcc)|(X-Envelope|Apparently(-Resent)?)-To):"

/* procmailrc(5), MISCELLANEOUS; a longer name stands before one it begins with. */
static const struct {
    const char *name, *expression;
    bool any_case;
} macros[] = {
    {"^FROM_DAEMON",
     "(^(Mailing-List:|Precedence:.*(junk|bulk|list)|To: Multiple recipients of |" SENDERS_BEGIN
     "Post(ma?(st(e?r)?|n)|office)|(send)?Mail(er)?|daemon|m(mdf|ajordomo)|n?uucp|LIST(SERV|proc)|"
     "NETSERV|o(wner|ps)|r(e(quest|sponse)|oot)|b(ounce|bs\\.smtp)|echo|mirror|s(erv(ices?|er)|"
     "mtp(error)?|ystem)|A(dmin(istrator)?|MMGR|utoanswer)" SENDERS_END "))",
     true},
    {"^TO_", RECIPIENTS "(.*[^-a-zA-Z0-9_.])?)", false},
    {"^TO", RECIPIENTS "(.*[^a-zA-Z])?)", false},
    {"^FROM_MAILER",
     "(^" SENDERS_BEGIN "Post(ma(st(er)?|n)|office)|(send)?Mail(er)?|daemon|mmdf|n?uucp|ops|"
     "r(esponse|oot)|(bbs\\.)?smtp(error)?|s(erv(ices?|er)|ystem)|A(dmin(istrator)?|MMGR)" SENDERS_END ")",
     false},
};

void condition_init(struct condition *condition)
{
    *condition = (struct condition){.kind = CONDITION_REGEX};
}

struct span condition_trim(struct span raw)
{
    return span_trim_end(raw);
}

/* `w^x`; what is left, or text as it is when it does not begin with one. */
static struct span weight_read(struct condition *condition, struct span text)
{
    char *after;
    double weight, exponent;
    struct span rest;

    if (!text.n || !strchr("0123456789-+.", *text.p))
        return text;
    weight = strtod(text.p, &after);
    rest = span_skip_blanks(span_from(text, (size_t)(after - text.p)));
    if (after == text.p || !rest.n || *rest.p != '^')
        return text;
    exponent = strtod(rest.p + 1, &after);
    if (after == rest.p + 1)
        return text;
    condition->weighted = true;
    condition->weight = weight;
    condition->exponent = exponent;
    return span_skip_blanks(span_from(rest, (size_t)(after - rest.p)));
}

static enum condition_area area_of(struct span name)
{
    if (span_eq_text(name, "H"))
        return CONDITION_AREA_HEAD;
    if (span_eq_text(name, "B"))
        return CONDITION_AREA_BODY;
    if (span_eq_text(name, "HB") || span_eq_text(name, "BH"))
        return CONDITION_AREA_ALL;
    return CONDITION_AREA_VARIABLE;
}

/* `NAME ??`; what is left, or text as it is. */
static struct span area_read(struct condition *condition, struct span text)
{
    struct span name = text, rest;

    for (name.n = 0; name.n < text.n && word_is_name_char(text.p[name.n]); name.n++)
        ;
    rest = span_skip_blanks(span_from(text, name.n));
    if (!name.n || strchr("0123456789", *name.p) || !span_starts(rest, "??"))
        return text;
    condition->area = area_of(name);
    condition->variable = name;
    return span_skip_blanks(span_from(rest, 2));
}

static const struct {
    char c;
    enum condition_kind kind;
    bool keeps_sign;
} signs[] = {
    {'?', CONDITION_PROGRAM, false},
    {'<', CONDITION_SIZE, true},
    {'>', CONDITION_SIZE, true},
    {'$', CONDITION_EXPAND, false},
};

void condition_read(struct condition *condition, struct span text)
{
    for (;;) {
        struct span before = text;

        text = weight_read(condition, text);
        if (text.n && *text.p == '!') {
            condition->negated = !condition->negated;
            text = span_skip_blanks(span_from(text, 1));
        } else {
            text = area_read(condition, text);
        }
        if (text.p == before.p)
            break;
    }
    condition->kind = CONDITION_REGEX;
    condition->text = text;
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (text.n && *text.p == signs[i].c) {
            condition->kind = signs[i].kind;
            condition->text = signs[i].keeps_sign ? text : span_from(text, 1);
        }
}

void condition_join(struct span text, struct buf *to)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '\\' && i + 1 < text.n && text.p[i + 1] == '\n')
            i++;
        else
            buf_add_byte(to, text.p[i]);
        if (text.p[i] != '\n')
            continue;
        while (i + 1 < text.n && (text.p[i + 1] == ' ' || text.p[i + 1] == '\t'))
            i++;
    }
}

struct span condition_macro(struct span expression, size_t *n)
{
    for (size_t m = 0; m < sizeof macros / sizeof *macros; m++)
        if (span_starts(expression, macros[m].expression)) {
            *n = strlen(macros[m].expression);
            return span_of(macros[m].name);
        }
    return SPAN_NULL;
}

/* From offset i on; what stands before it is looked at, since a backslash disarms a macro. */
static void put_in_macros(struct span text, size_t i, struct buf *to, bool *any_case)
{
    for (; i < text.n; i++) {
        struct span rest = span_from(text, i);
        size_t m, count = sizeof macros / sizeof *macros;

        for (m = 0; m < count; m++)
            if (span_starts(rest, macros[m].name) && (i == 0 || text.p[i - 1] != '\\'))
                break;
        if (m == count) {
            buf_add_byte(to, *rest.p);
            continue;
        }
        buf_add_text(to, macros[m].expression);
        *any_case = *any_case || macros[m].any_case;
        i += strlen(macros[m].name) - 1;
    }
}

void condition_regex(struct span text, struct buf *expression, struct buf *shown, bool *any_case)
{
    bool escaped = span_starts(text, "\\");

    *any_case = false;
    put_in_macros(text, escaped, expression, any_case);
    if (escaped)
        buf_add_byte(shown, '\\');
    buf_add_span(shown, buf_span(expression));
}
