/*
 * formail: command lines, changes of headers, splitting, addresses, and the cache of duplicates.
 *
 * Input: a byte for the size of the pieces that are read; the words of a command line, one a line; the mail.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "formail/formail-private.h"
#include "fuzz/fuzz.h"
#include "message/address.h"

enum { WORDS_MAX = 24 };

/* ---- messages in memory */

struct memory {
    struct span rest; /* to be read */
    size_t piece;
    struct buf out;
    size_t messages;
    bool open;
};

static ssize_t read_piece(void *ctx, char *to, size_t n)
{
    struct memory *memory = ctx;

    n = n < memory->piece ? n : memory->piece;
    n = n < memory->rest.n ? n : memory->rest.n;
    if (n)
        memcpy(to, memory->rest.p, n);
    memory->rest = span_from(memory->rest, n);
    return (ssize_t)n;
}

static int begin(void *ctx, struct err *err)
{
    struct memory *memory = ctx;

    (void)err;
    CHECK(!memory->open);
    memory->open = true;
    memory->messages++;
    return 0;
}

static int write_out(void *ctx, struct span piece)
{
    struct memory *memory = ctx;

    CHECK(memory->open);
    return buf_add_span(&memory->out, piece);
}

static int end(void *ctx, bool whole)
{
    struct memory *memory = ctx;

    CHECK(memory->open && whole);
    memory->open = false;
    return 0;
}

static void say(void *ctx, struct span line)
{
    (void)ctx;
    CHECK(line.n > 0);
}

/* With piece 0 the source is the bytes themselves. */
static int run(const struct formail *formail, struct span mail, size_t piece, struct memory *memory)
{
    const struct formail_sink sink = {begin, write_out, end, NULL, say, memory};
    struct formail_source *source;
    int status;

    *memory = (struct memory){.rest = mail, .piece = piece};
    buf_init(&memory->out, BUF_UNLIMITED);
    source = piece ? formail_source_new(read_piece, memory) : formail_source_span(mail);
    status = formail_run(formail, source, &sink);
    formail_source_free(source);
    return status;
}

/* ---- however it is read, the same comes of it */

/* What is made of the clock may differ. */
static bool makes_ids(const struct formail *formail)
{
    const struct field_list *list = &formail->lists[FORMAIL_ADD_MISSING];

    for (size_t i = 0; i < list->n; i++)
        if (!field_is_filled(&list->fields[i]))
            return true;
    return false;
}

static void check_pieces(const struct formail *formail, struct span mail, size_t piece)
{
    struct memory whole, pieces;
    bool same = false;

    for (int tries = 0; tries < 3 && !same; tries++) { /* a second may pass in between */
        int status = run(formail, mail, 0, &whole);

        same = status == run(formail, mail, piece, &pieces) && whole.messages == pieces.messages &&
               (makes_ids(formail) || span_eq(buf_span(&whole.out), buf_span(&pieces.out)));
        buf_free(&whole.out);
        buf_free(&pieces.out);
    }
    CHECK(same);
}

/* ---- bodies stay as they are */

static struct span line_of(struct span rest)
{
    const char *newline = span_find_byte(rest, '\n');

    return span_make(rest.p, newline ? (size_t)(newline - rest.p) + 1 : rest.n);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_field(struct span line)
{
    size_t i = 0;

    while (i < line.n && (unsigned char)line.p[i] > ' ' && line.p[i] != 0x7f && line.p[i] != ':')
        i++;
    if (i == 0)
        return false;
    while (i < line.n && is_blank(line.p[i]))
        i++;
    return i < line.n && line.p[i] == ':';
}

static struct span body_of(struct span mail)
{
    struct span line;
    bool first = true, from = false, field = false;

    while (mail.n && *mail.p == '\n')
        mail = span_from(mail, 1);
    for (; mail.n; mail = span_from(mail, line.n), first = false) {
        line = line_of(mail);
        if (is_field(line)) {
            if (from && *line.p == '>')
                continue; /* `>From a:` behind the From_ line */
            field = true;
            from = false;
        } else if (first && span_starts(line, "From ")) {
            from = true;
        } else if (!(from && *line.p == '>') && !(field && is_blank(*line.p))) {
            break;
        }
    }
    return mail.n && *mail.p == '\n' ? span_from(mail, 1) : mail;
}

static void end_in_empty_line(struct buf *text)
{
    if (text->n && text->p[text->n - 1] != '\n')
        buf_add_byte(text, '\n');
    if (text->n > 1 && text->p[text->n - 2] != '\n')
        buf_add_byte(text, '\n');
}

static void check_body(const struct formail *formail, struct span mail)
{
    struct formail header_only = *formail;
    struct memory memory;
    struct buf body;

    header_only.split = header_only.reply = header_only.digest = header_only.babyl = header_only.resent =
        false;
    header_only.force = header_only.no_escape = header_only.berkeley = header_only.keep_body = true;
    header_only.log = NULL;
    buf_init(&body, BUF_UNLIMITED);
    buf_add_span(&body, body_of(mail));
    end_in_empty_line(&body);
    run(&header_only, mail, 0, &memory);
    CHECK(memory.out.n > body.n && memory.out.p[memory.out.n - body.n - 1] == '\n');
    CHECK(memcmp(memory.out.p + memory.out.n - body.n, body.p, body.n) == 0);
    buf_free(&body);
    buf_free(&memory.out);
}

/* ---- what was split and put together again is split in the same way */

/* `From : x` is a From_ line when messages are looked for, and no longer so when its blank is gone. */
static bool has_ambiguous_line(struct span mail)
{
    while (mail.n) {
        struct span line = line_of(mail);

        if (span_starts(line, "From ") && is_field(line))
            return true;
        mail = span_from(mail, line.n);
    }
    return false;
}

static void check_splitting(const struct formail *formail, struct span mail)
{
    static const char *const no_program[] = {NULL};
    const struct formail split = {
        .prefix = ">",
        .force = true,
        .no_escape = true,
        .berkeley = true,
        .split = true,
        .program = no_program,
        .digest = formail->digest,
        .every = formail->every,
        .min_fields = formail->min_fields,
        .total = -1,
    };
    struct memory once, twice;

    if (has_ambiguous_line(mail))
        return;
    run(&split, mail, 0, &once);
    run(&split, buf_span(&once.out), 0, &twice);
    CHECK(once.messages == twice.messages);
    CHECK(span_eq(buf_span(&once.out), buf_span(&twice.out)));
    buf_free(&once.out);
    buf_free(&twice.out);
}

/* ---- addresses, and the cache */

static void check_address(struct span content)
{
    struct buf to;

    buf_init(&to, BUF_UNLIMITED);
    CHECK(address_find(content, &to) || to.n == 0);
    CHECK(to.n <= content.n + 2 && strlen(to.p) == to.n);
    buf_free(&to);
}

/* With eight bits it is never found; see seen.c. */
static bool may_be_found(struct span key)
{
    for (size_t i = 0; i < key.n; i++)
        if (key.p[i] & 0x80)
            return false;
    return key.n > 0;
}

static void check_cache(struct span content, struct span words, size_t size)
{
    struct span key = span_make(words.p, strnlen(words.p, words.n));
    int fd = memfd_create("cache", MFD_CLOEXEC);
    bool seen;

    CHECK(fd >= 0 && io_write(fd, content.p, content.n) == 0);
    CHECK(seen_before(fd, (long)size, key, &seen) == 0);
    CHECK(!seen || key.n == 0 || span_find(content, key));
    CHECK(seen_before(fd, (long)size, key, &seen) == 0);
    CHECK(seen || !may_be_found(key));
    close(fd);
}

/* ---- */

static size_t split_words(char *text, const char **argv)
{
    size_t n = 1;

    argv[0] = "formail";
    for (char *word; n < WORDS_MAX && (word = strsep(&text, "\n")); n++)
        argv[n] = word;
    argv[n] = NULL;
    return n;
}

static void check_command(char *words, struct span mail, size_t piece)
{
    const char *argv[WORDS_MAX + 1];
    struct arena *arena = arena_new();
    struct formail formail;
    const char *wrong;

    split_words(words, argv);
    if (formail_parse(&formail, argv, arena, &wrong) == FORMAIL_PARSED) {
        formail.cache = NULL;
        check_pieces(&formail, mail, piece);
        check_body(&formail, mail);
        check_splitting(&formail, mail);
    }
    formail_free(&formail);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span rest = {(const char *)data, size};
    size_t piece = (size_t)fuzz_byte(&rest) % 64 + 1;
    struct span words = fuzz_part(&rest);
    char *text = fuzz_string(words);

    check_command(text, rest, piece);
    check_address(rest);
    check_cache(rest, words, piece);
    free(text);
    return 0;
}
