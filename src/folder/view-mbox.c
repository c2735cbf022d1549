/*
 * An mbox as readers see it.  UIDs are kept in the messages (X-UID) and in the first of them (X-IMAPbase), as
 * Dovecot and UW's programs keep them; what must outlive the last message goes into `STATE.uids`.
 *
 * The file is locked while it is looked at, never while a client is waited for: the text of a message is
 * copied first.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "folder/folder-private.h"
#include "folder/mbox-given.h"
#include "folder/mbox-journal.h"
#include "folder/mbox-scan.h"
#include "folder/view-private.h"
#include "lock/lock.h"

enum {
    LOCK_AGE =
        300, /* seconds after which a lock file is taken for abandoned, as Dovecot and liblockfile do */
    LOCK_PATIENCE = 60, /* seconds that are waited for a kernel lock */
    LOCK_TURN = 2,      /* of them, at a time, with a lock file held: mutt takes the two in the other order */
    PIECE = 1 << 16,
    DIGITS = 10, /* of the last UID in X-IMAPbase: it can be raised in place */
};

struct mbox_seen {
    struct mbox_scan scan;
    struct stat st;
    size_t *at; /* of each message of the view: which of the scan's; SIZE_MAX: gone */
};

/* ---- the file, open and locked */

struct held {
    int fd;
    struct lock *lock;
};

static void held_release(struct held *held)
{
    if (held->fd >= 0)
        close(held->fd); /* and with it goes the kernel lock */
    lock_release(held->lock, NULL);
    *held = (struct held){.fd = -1};
}

static long seconds_now(void)
{
    return (long)(clock_ms() / 1000);
}

/* 1: there is no file. */
static int hold_open(const struct view *view, long deadline, struct held *held, struct err *err)
{
    struct stat st;

    held->fd = open(view->path, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (held->fd < 0 && errno == ENOENT)
        return 1;
    if (held->fd < 0)
        return err_set_errno(err, errno == EACCES || errno == EROFS ? ERR_NOPERM : ERR_TEMP,
                             "cannot open '%s'", view->path);
    if (fstat(held->fd, &st) < 0 || !S_ISREG(st.st_mode))
        return err_set(err, ERR_DATA, "'%s' is no file", view->path);
    return lock_kernel(held->fd, deadline, err);
}

static struct lock *hold_name(const struct view *view, struct err *err)
{
    static const struct lock_policy policy = {.sleep = 1, .timeout = LOCK_AGE};
    struct lock *lock;
    struct buf name;

    buf_init(&name, BUF_UNLIMITED);
    buf_printf(&name, "%s.lock", view->path);
    lock = lock_acquire(name.p, &policy, NULL, err);
    buf_free(&name);
    return lock;
}

static int hold_both(const struct view *view, struct held *held, struct err *err)
{
    int result;

    *held = (struct held){.fd = -1};
    if (access(view->path, F_OK) == 0 && !(held->lock = hold_name(view, err)))
        return -1;
    result = hold_open(view, seconds_now() + LOCK_TURN, held, err);
    if (result != 0)
        held_release(held);
    return result;
}

/* Who waits for one lock gives up the other now and then, for those who wait the other way round. */
static int hold_to_change(const struct view *view, struct held *held, struct err *err)
{
    long deadline = seconds_now() + LOCK_PATIENCE;
    struct err why = {0};
    int result;

    while ((result = hold_both(view, held, &why)) < 0 && why.errnum == ETIMEDOUT &&
           seconds_now() < deadline) {
        poll(NULL, 0, LOCK_TURN * 1000);
        why = (struct err){0};
    }
    if (result < 0 && err)
        *err = why;
    return result;
}

/* For reading the kernel lock does: all who write take it. */
static int hold_to_read(const struct view *view, struct held *held, struct err *err)
{
    int result;

    *held = (struct held){.fd = -1};
    result = hold_open(view, seconds_now() + LOCK_PATIENCE, held, err);
    if (result != 0)
        held_release(held);
    return result;
}

/* ---- what an earlier session left undone */

static char *state_name(const struct view *view, const char *end)
{
    struct buf name;

    buf_init(&name, BUF_UNLIMITED);
    buf_printf(&name, "%s%s", view->state, end);
    return buf_take(&name);
}

static int replay(const struct view *view, int fd, struct err *err)
{
    char *name = state_name(view, ".journal");
    enum replay_result result = mbox_journal_replay(fd, name, err);
    struct buf text;

    if (result == REPLAY_FOREIGN && view->say) {
        buf_init(&text, BUF_UNLIMITED);
        buf_printf(
            &text,
            "%s: a change of '%s' was interrupted, and another program has changed it since; what was to be "
            "written is in '%s.kept'",
            view->path, view->path, name);
        view->say(text.p);
        buf_free(&text);
    }
    free(name);
    return result == REPLAY_FAILED ? -1 : 0;
}

/* ---- UIDs that outlive the messages */

struct base {
    uint32_t validity;
    uint32_t next;
};

static off_t body_size(const struct mbox_message *message)
{
    return message->end - message->body;
}

/* ---- a new tail */

#define UID_INTERNAL UINT32_MAX /* which is nobody's UID */

/* The first that is a message. */
static size_t first_message(const struct mbox_scan *scan)
{
    return scan->internal ? 1 : 0;
}

/* What becomes of the messages of a scan. */
struct change {
    const struct mbox_scan *scan;
    struct base base;
    uint32_t *uids; /* of each; 0: it is left out; UID_INTERNAL: it is no message, and stays */
    size_t first;   /* the first that changes; the count: none */
    struct mbox_given known;
};

static void change_free(struct change *change)
{
    mbox_given_free(&change->known);
    free(change->uids);
}

/* The file tells, where it can; a stranger's first message cannot lower what we know. */
static void base_find(const struct view *view, struct change *change)
{
    const struct mbox_scan *scan = change->scan;
    struct mbox_given *known = &change->known;
    char *name = state_name(view, ".uids");

    mbox_given_read(known, name);
    free(name);
    change->base = (struct base){scan->validity, scan->next};
    if (scan->validity == 0)
        change->base = (struct base){known->validity, known->next};
    else if (scan->validity == known->validity && scan->next < known->next)
        change->base.next = known->next;
    if (change->base.validity == 0)
        change->base = (struct base){(uint32_t)clock_now(), 1};
}

static int base_write(const struct view *view, const struct change *change, struct err *err)
{
    struct mbox_given given = {.validity = change->base.validity, .next = change->base.next};
    char *name = state_name(view, ".uids");
    int result;

    for (size_t i = first_message(change->scan); i < change->scan->count; i++)
        mbox_given_add(&given, change->uids[i], body_size(&change->scan->messages[i]));
    result = mbox_given_write(&given, name, err);
    mbox_given_free(&given);
    free(name);
    return result;
}

static bool is_base_new(const struct change *change)
{
    return change->known.validity != change->base.validity || change->known.next != change->base.next;
}

static void add_buf(struct mbox_journal *journal, struct buf *text)
{
    mbox_journal_add(journal, buf_span(text));
    buf_free(text);
}

/* The first message tells of all. */
static void add_base(struct mbox_journal *journal, const struct change *change)
{
    const char *keywords = change->scan->keywords;
    struct buf text;

    buf_init(&text, BUF_UNLIMITED);
    buf_add_text(&text, change->scan->internal ? "X-IMAP: " : "X-IMAPbase: ");
    buf_printf(&text, "%" PRIu32 " %010" PRIu32 "%s%s\n", change->base.validity, change->base.next - 1,
               keywords ? " " : "", keywords ? keywords : "");
    add_buf(journal, &text);
}

static void add_uid(struct mbox_journal *journal, uint32_t uid)
{
    struct buf text;

    buf_init(&text, BUF_UNLIMITED);
    buf_printf(&text, "X-UID: %" PRIu32 "\n", uid);
    add_buf(journal, &text);
}

static bool ends_with_newline(int fd, off_t end)
{
    char last = '\n';

    return io_pread(fd, &last, 1, end - 1) != 1 || last == '\n';
}

static void add_message(struct mbox_journal *journal, int fd, const struct change *change, size_t index,
                        bool leads)
{
    const struct mbox_message *message = &change->scan->messages[index];
    size_t count;
    const struct mbox_field *hidden = mbox_hidden(change->scan, index, &count);
    off_t at = message->from;

    for (size_t i = 0; i < count; i++) {
        if (!hidden[i].is_number)
            continue;
        mbox_journal_copy(journal, at, hidden[i].from);
        at = hidden[i].end;
    }
    mbox_journal_copy(journal, at, message->tail);
    if (at < message->tail && !ends_with_newline(fd, message->tail))
        mbox_journal_add(journal, span_of("\n"));
    if (leads)
        add_base(journal, change);
    if (change->uids[index] != UID_INTERNAL)
        add_uid(journal, change->uids[index]);
    mbox_journal_copy(journal, message->tail, message->next);
}

static bool any_before(const struct change *change, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (change->uids[i])
            return true;
    return false;
}

/* The last UID given, where the first message tells it.  It grows, and one digit torn from the rest
 * by a crash would be put right by X-UID and STATE.uids. */
static int raise_last(int fd, const struct change *change)
{
    char digits[DIGITS + 1];

    snprintf(digits, sizeof digits, "%010" PRIu32, change->base.next - 1);
    return io_pwrite(fd, digits, DIGITS, change->scan->last_at);
}

static int change_make(const struct view *view, int fd, struct change *change, struct err *err)
{
    const struct mbox_scan *scan = change->scan;
    struct mbox_journal *journal;
    char *name;

    if (change->first > 0 && (scan->validity != change->base.validity || scan->last_digits != DIGITS))
        change->first = 0;
    if (change->first > 0 && any_before(change, change->first) && raise_last(fd, change) < 0)
        return err_set_errno(err, ERR_TEMP, "cannot write '%s'", view->path);
    name = state_name(view, ".journal");
    journal = mbox_journal_begin(
        fd, name, change->first < scan->count ? scan->messages[change->first].from : scan->size, err);
    free(name);
    if (!journal)
        return -1;
    for (size_t i = change->first, led = any_before(change, change->first); i < scan->count; i++)
        if (change->uids[i]) {
            add_message(journal, fd, change, i, !led);
            led = true;
        }
    return mbox_journal_finish(journal, err);
}

/* ---- numbering */

/* Did that message get its UID from us, or from another server since we last looked? */
static bool was_given(const struct change *change, const struct mbox_message *message)
{
    const struct mbox_given *known = &change->known;

    if (message->uid >= change->base.next)
        return false;
    if (known->validity != change->base.validity)
        return change->scan->validity != 0;
    return message->uid >= known->next || mbox_given_has(known, message->uid, body_size(message));
}

/* A UID stands where it is above the one before and was given; else a stranger wrote it, or messages were
 * moved about. */
static int number(const struct mbox_scan *scan, struct change *change)
{
    uint32_t before = 0;

    change->first = scan->validity ? scan->count : 0; /* the first is to tell it again */
    for (size_t i = first_message(scan); i < scan->count; i++) {
        uint32_t uid = scan->messages[i].uid;

        if (uid <= before || !was_given(change, &scan->messages[i])) {
            if (change->base.next == UINT32_MAX)
                return -1;
            uid = change->base.next++;
            if (change->first > i)
                change->first = i;
        }
        change->uids[i] = before = uid;
    }
    return 0;
}

static void number_all(const struct view *view, const struct mbox_scan *scan, struct change *change)
{
    uint32_t now = (uint32_t)clock_now(), had;

    base_find(view, change);
    if (scan->internal)
        change->uids[0] = UID_INTERNAL;
    if (number(scan, change) == 0)
        return;
    had = change->base.validity;
    /* All are used up: from one again, and clients forget what they knew. */
    change->base.validity = now > had || had >= UINT32_MAX - 1 ? now : had + 1;
    change->base.next = 1;
    for (size_t i = first_message(scan); i < scan->count; i++)
        change->uids[i] = change->base.next++;
    change->first = 0;
}

/* ---- looking */

static int look(struct view *view, int fd, struct err *err)
{
    struct mbox_seen *seen = view->mbox;

    mbox_scan_free(&seen->scan);
    if (fstat(fd, &seen->st) < 0)
        return err_set_errno(err, ERR_TEMP, "cannot look at '%s'", view->path);
    return mbox_scan(fd, &seen->scan, err);
}

/* Not by its X-UID alone: that may have come from elsewhere.  Readers change headers, not bodies; behind the
 * last one a delivery may have put what parts the two. */
static bool is_same(const struct view *view, size_t index, const struct mbox_message *message)
{
    off_t more = body_size(message) - view->messages[index].body;

    return message->uid == view->messages[index].message.uid && more >= 0 &&
           more <= (index + 1 == view->count ? MBOX_PARTING : 0);
}

/* Where the messages of the view are now.  In an mbox of another UIDVALIDITY none of them is. */
static void place_all(struct view *view)
{
    const struct mbox_scan *scan = &view->mbox->scan;
    bool other = scan->validity && scan->validity != view->validity;
    size_t k = other ? scan->count : first_message(scan);

    for (size_t i = 0; i < view->count; i++) {
        uint32_t uid = view->messages[i].message.uid;

        while (k < scan->count && scan->messages[k].uid < uid && scan->messages[k].uid)
            k++;
        view->mbox->at[i] = k < scan->count && is_same(view, i, &scan->messages[k]) ? k : SIZE_MAX;
    }
}

static int number_and_look(struct view *view, int fd, struct err *err)
{
    struct change change = {.scan = &view->mbox->scan};
    int result;

    if (look(view, fd, err) < 0)
        return -1;
    change.uids = mem_alloc_array(change.scan->count + 1, sizeof *change.uids);
    number_all(view, change.scan, &change);
    result = change.first == change.scan->count ? 0 : change_make(view, fd, &change, err);
    if (result == 0 && change.scan->count > 0 && is_base_new(&change))
        base_write(view, &change, NULL); /* the mbox tells the same, as long as others leave it there */
    if (result == 0 && change.first < change.scan->count)
        result = look(view, fd, err);
    view->validity = change.base.validity;
    change_free(&change);
    return result;
}

static void take_all(struct view *view)
{
    const struct mbox_scan *scan = &view->mbox->scan;

    view->messages = mem_alloc_array(scan->count + 1, sizeof *view->messages);
    view->mbox->at = mem_alloc_array(scan->count + 1, sizeof *view->mbox->at);
    for (size_t i = first_message(scan); i < scan->count; i++) {
        struct viewed *viewed = &view->messages[view->count];

        viewed->message.uid = scan->messages[i].uid;
        viewed->message.flags = scan->messages[i].flags;
        viewed->octets = scan->messages[i].octets;
        viewed->body = body_size(&scan->messages[i]);
        viewed->name = view->path;
        view->mbox->at[view->count++] = i;
    }
}

static int mbox_view_open(struct view *view, struct err *err)
{
    struct held held;
    int result;

    view->mbox = mem_alloc(sizeof *view->mbox);
    result = hold_to_change(view, &held, err);
    if (result != 0)
        return result < 0 ? -1 : 0;
    result = replay(view, held.fd, err);
    if (result == 0)
        result = number_and_look(view, held.fd, err);
    held_release(&held);
    if (result == 0)
        take_all(view);
    return result;
}

/* ---- texts */

static bool is_as_seen(const struct view *view, int fd)
{
    const struct stat *then = &view->mbox->st;
    struct stat st;

    return fstat(fd, &st) == 0 && st.st_dev == then->st_dev && st.st_ino == then->st_ino &&
           st.st_size == then->st_size && st.st_mtim.tv_sec == then->st_mtim.tv_sec &&
           st.st_mtim.tv_nsec == then->st_mtim.tv_nsec;
}

static int copy_range(struct message_builder *builder, int fd, off_t from, off_t end, struct err *err)
{
    char *piece = mem_alloc(PIECE);
    int result = 0;

    while (from < end && result == 0) {
        size_t n = end - from < PIECE ? (size_t)(end - from) : PIECE;
        ssize_t got = io_pread(fd, piece, n, from);

        result = got <= 0 ? err_set_errno(err, ERR_TEMP, "cannot read an mbox")
                          : message_builder_add(builder, span_make(piece, (size_t)got), err);
        from += got;
    }
    free(piece);
    return result;
}

static int copy_message(const struct mbox_scan *scan, size_t index, int fd, struct view_text *text,
                        struct err *err)
{
    const struct mbox_message *message = &scan->messages[index];
    struct message_builder *builder = message_builder_new();
    size_t count;
    const struct mbox_field *hidden = mbox_hidden(scan, index, &count);
    off_t at = message->head;
    int result = 0;

    for (size_t i = 0; i < count && result == 0; i++) {
        result = copy_range(builder, fd, at, hidden[i].from, err);
        at = hidden[i].end;
    }
    if (result == 0)
        result = copy_range(builder, fd, at, message->end, err);
    if (result < 0) {
        message_builder_discard(builder);
        return -1;
    }
    text->copy = message_builder_finish(builder, true, err);
    if (!text->copy)
        return -1;
    text->end = (off_t)message_size(text->copy);
    return 0;
}

static int mbox_view_text(struct view *view, struct viewed *viewed, struct view_text *text, struct err *err)
{
    struct mbox_seen *seen = view->mbox;
    size_t index = (size_t)(viewed - view->messages);
    struct held held;
    int result = hold_to_read(view, &held, err);

    if (result == 0 && !is_as_seen(view, held.fd)) {
        result = look(view, held.fd, err);
        place_all(view);
    }
    if (result > 0 || (result == 0 && seen->at[index] == SIZE_MAX))
        result = err_set(err, ERR_NOINPUT, "message %" PRIu32 " is gone", viewed->message.uid);
    if (result == 0)
        result = copy_message(&seen->scan, seen->at[index], held.fd, text, err);
    held_release(&held);
    return result;
}

/* ---- removal */

static int remove_held(struct view *view, int fd, const char *marked, struct err *err)
{
    struct mbox_scan *scan = &view->mbox->scan;
    struct change change = {.scan = scan};
    int result;

    if (replay(view, fd, err) < 0 || look(view, fd, err) < 0)
        return -1;
    place_all(view);
    change.uids = mem_alloc_array(scan->count + 1, sizeof *change.uids);
    number_all(view, scan, &change); /* of what came since, too */
    result = base_write(view, &change, err);
    for (size_t i = 0; i < view->count; i++)
        if (marked[i] && view->mbox->at[i] != SIZE_MAX) {
            change.uids[view->mbox->at[i]] = 0;
            if (view->mbox->at[i] < change.first)
                change.first = view->mbox->at[i];
        }
    if (result == 0 && change.first < scan->count)
        result = change_make(view, fd, &change, err);
    change_free(&change);
    return result;
}

static bool any_marked(const struct view *view, const char *marked)
{
    for (size_t i = 0; i < view->count; i++)
        if (marked[i])
            return true;
    return false;
}

static int mbox_view_remove(struct view *view, const char *marked, struct err *err)
{
    struct held held;
    int result;

    if (!any_marked(view, marked))
        return 0;
    result = hold_to_change(view, &held, err);
    if (result > 0)
        return 0; /* all are gone */
    if (result == 0)
        result = remove_held(view, held.fd, marked, err);
    held_release(&held);
    return result;
}

static void mbox_view_close(struct view *view)
{
    if (!view->mbox)
        return;
    mbox_scan_free(&view->mbox->scan);
    free(view->mbox->at);
    free(view->mbox);
}

const struct view_format view_format_mbox = {mbox_view_open, mbox_view_text, mbox_view_remove,
                                             mbox_view_close};
