/*
 * Reading a folder, whatever is in it: numbering and removal leave each other message, its text and its UID
 * as they were, and looking a second time changes nothing.
 *
 * Input: a byte that says which messages are removed (bit i: the ith, again from the ninth on), a byte of
 * flags, what an earlier session left beside the folder (for a Maildir: its list of UIDs), a form feed, the
 * mailbox.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "folder/view.h"
#include "fuzz/fuzz.h"

enum {
    FLAG_MAILDIR = 1,
    FLAG_LATE = 2, /* a message comes between looking and removal */
};

static const char late[] = "From a@b Tue Nov 24 05:04:49 2026\nSubject: late\n\nlate\n\n";
static const char *const names[] = {"m/new/a", "m/new/b", "m/new/1.M2P3.h", "m/cur/c,W=3:2,S"};

/* What is known of a message. */
struct known {
    uint32_t uid;
    uint64_t octets;
    struct buf text;
};

struct trial {
    bool maildir;
    bool may_run_out; /* there are numbers so large that UIDs may be used up, and begin again */
    struct view *view;
    struct known *known;
    size_t count;
    uint32_t validity;
};

static void put_file(const char *name, struct span bytes)
{
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    CHECK(fd >= 0 && io_write(fd, bytes.p, bytes.n) == 0);
    close(fd);
}

static void add_file(const char *name, struct span bytes)
{
    int fd = open(name, O_WRONLY | O_APPEND | O_CLOEXEC);

    CHECK(fd >= 0 && io_write(fd, bytes.p, bytes.n) == 0);
    close(fd);
}

static void get_file(const char *name, struct buf *content)
{
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    ssize_t n;

    buf_init(content, BUF_UNLIMITED);
    if (fd < 0)
        return;
    while ((n = io_read(fd, buf_reserve(content, 4096), 4096)) > 0)
        buf_commit(content, (size_t)n);
    close(fd);
}

/* Behind an empty line, so that it is no part of the last message's text. */
static void add_late(void)
{
    struct buf content;

    get_file("box", &content);
    if (content.n >= 2 && content.p[content.n - 1] == '\n' && content.p[content.n - 2] == '\n')
        add_file("box", span_of(late));
    buf_free(&content);
}

static bool has_large_number(struct span bytes)
{
    size_t digits = 0;

    for (size_t i = 0; i < bytes.n; i++) {
        digits = bytes.p[i] >= '0' && bytes.p[i] <= '9' ? digits + 1 : 0;
        if (digits >= 10)
            return true;
    }
    return false;
}

static void make(const struct trial *t, struct span left, struct span mailbox)
{
    if (!t->maildir) {
        put_file("box", mailbox);
        put_file(".box.mailweir.uids", left);
        unlink(".box.mailweir.journal");
        return;
    }
    mkdir("m", 0700);
    mkdir("m/new", 0700);
    mkdir("m/cur", 0700);
    put_file("m/dovecot-uidlist", left);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        put_file(names[i], mailbox);
}

static bool look(struct trial *t)
{
    struct err err = {0};

    t->view = t->maildir ? view_open(FOLDER_MAILDIR, "m", NULL, NULL, &err)
                         : view_open(FOLDER_MBOX, "box", NULL, NULL, &err);
    CHECK(t->view || (!t->maildir && err.class == ERR_DATA));
    return t->view;
}

/* As the standard says it: each line end is two octets. */
static uint64_t octets_of(const struct buf *text)
{
    uint64_t octets = text->n;

    for (size_t i = 0; i < text->n; i++)
        octets += text->p[i] == '\n' && (i == 0 || text->p[i - 1] != '\r');
    return octets;
}

static void get_text(struct view *view, size_t index, struct buf *to)
{
    struct view_text *text = view_text_open(view, index, NULL);
    ssize_t n;

    CHECK(text != NULL);
    buf_init(to, BUF_UNLIMITED);
    while ((n = view_text_read(text, buf_reserve(to, 100), 100)) > 0)
        buf_commit(to, (size_t)n);
    CHECK(n == 0);
    view_text_close(text);
}

static void learn(struct trial *t)
{
    t->count = view_count(t->view);
    t->validity = view_validity(t->view);
    t->known = calloc(t->count + 1, sizeof *t->known);
    for (size_t i = 0; i < t->count; i++) {
        struct known *known = &t->known[i];

        known->uid = view_message(t->view, i)->uid;
        CHECK(known->uid > (i ? t->known[i - 1].uid : 0));
        get_text(t->view, i, &known->text);
        CHECK(view_octets(t->view, i, &known->octets, NULL) == 0);
        CHECK(t->maildir || known->octets == octets_of(&known->text));
    }
}

static void forget(struct trial *t)
{
    for (size_t i = 0; i < t->count; i++)
        buf_free(&t->known[i].text);
    free(t->known);
    view_close(t->view);
}

/* The messages that are not marked are there as they were, those behind them are later ones. */
static void compare(const struct trial *t, const struct trial *now, const char *marked)
{
    bool anew = t->may_run_out && now->validity > t->validity;
    size_t k = 0;

    for (size_t i = 0; i < t->count; i++) {
        if (marked[i])
            continue;
        CHECK(k < now->count);
        CHECK(anew || now->known[k].uid == t->known[i].uid);
        CHECK(now->known[k].octets == t->known[i].octets);
        CHECK(span_eq(buf_span(&now->known[k].text), buf_span(&t->known[i].text)));
        k++;
    }
    CHECK(anew || now->count == 0 || t->count == 0 || now->validity == t->validity);
    for (; k < now->count; k++)
        CHECK(anew || t->count == 0 || now->known[k].uid > t->known[t->count - 1].uid);
}

static void look_again(const struct trial *t, const char *marked)
{
    struct trial now = {.maildir = t->maildir};
    const char *file = t->maildir ? "m/dovecot-uidlist" : "box";
    struct buf before, after;

    CHECK(look(&now));
    learn(&now);
    compare(t, &now, marked);
    forget(&now);
    get_file(file, &before);
    CHECK(look(&now));
    view_close(now.view);
    get_file(file, &after);
    CHECK(span_eq(buf_span(&before), buf_span(&after)));
    buf_free(&before);
    buf_free(&after);
}

static void try_removal(struct trial *t, unsigned char mask, unsigned char flags)
{
    char *marked = calloc(t->count + 1, 1);

    look_again(t, marked);
    for (size_t i = 0; i < t->count; i++)
        marked[i] = (mask >> i % 8) & 1;
    if ((flags & FLAG_LATE) && !t->maildir)
        add_late();
    CHECK(view_remove(t->view, marked, NULL) == 0);
    look_again(t, marked);
    free(marked);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span rest = span_make((const char *)data, size);
    unsigned char mask = fuzz_byte(&rest), flags = fuzz_byte(&rest);
    struct trial t = {.maildir = flags & FLAG_MAILDIR};

    t.may_run_out = has_large_number(rest);
    make(&t, fuzz_part(&rest), rest);
    if (look(&t)) {
        learn(&t);
        try_removal(&t, mask, flags);
        forget(&t);
    }
    return 0;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_enter_scratch();
    return 0;
}
