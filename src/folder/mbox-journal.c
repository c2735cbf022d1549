#include "folder/mbox-journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/mem.h"
#include "folder/folder-private.h"

enum {
    PAGE = 4096,     /* what a disk writes or not */
    PIECE = 1 << 16, /* bytes copied at a time */
};

/*
 * The file: this head, the new tail, and a hash for each page that the old tail lay in.  The head comes last,
 * when all else is on the disk: a journal without one was not begun to be carried out.
 */
struct head {
    char magic[16];
    uint64_t from;     /* where the tail begins */
    uint64_t old_size; /* of the mbox */
    uint64_t tail;     /* bytes of the new one */
    uint64_t dev, ino;
    uint64_t tail_hash;
    uint64_t edge_hash; /* of the old bytes behind the new tail in the page where that ends */
    uint64_t head_hash; /* of what stands above */
};

static const char MAGIC[16] = "mailweir mbox 1";

struct mbox_journal {
    int mbox;
    int fd;
    char *name;
    struct head head;
    int errnum; /* of the first write that failed */
};

/* ---- hashes: against crashes, not against people (FNV-1a) */

static uint64_t hash_add(uint64_t hash, const void *p, size_t n)
{
    const unsigned char *bytes = p;

    for (size_t i = 0; i < n; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(1099511628211);
    return hash;
}

static uint64_t hash_of(const void *p, size_t n)
{
    return hash_add(UINT64_C(14695981039346656037), p, n);
}

static uint64_t head_hash(const struct head *head)
{
    return hash_of(head, offsetof(struct head, head_hash));
}

/* ---- writing one */

static void put(struct mbox_journal *journal, const void *p, size_t n)
{
    if (journal->errnum == 0 && io_write(journal->fd, p, n) < 0)
        journal->errnum = errno;
}

struct mbox_journal *mbox_journal_begin(int mbox, const char *name, off_t from, struct err *err)
{
    struct mbox_journal *journal;
    struct stat st;
    int fd;

    if (fstat(mbox, &st) < 0) {
        err_set_errno(err, ERR_TEMP, "cannot look at an mbox");
        return NULL;
    }
    unlink(name); /* none that matters: it was replayed before */
    fd = open(name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) {
        err_set_errno(err, ERR_TEMP, "cannot create '%s'", name);
        return NULL;
    }
    journal = mem_alloc(sizeof *journal);
    *journal = (struct mbox_journal){.mbox = mbox, .fd = fd, .name = mem_strdup(name)};
    journal->head.from = (uint64_t)from;
    journal->head.old_size = (uint64_t)st.st_size;
    journal->head.dev = st.st_dev;
    journal->head.ino = st.st_ino;
    journal->head.tail_hash = hash_of("", 0);
    memcpy(journal->head.magic, MAGIC, sizeof MAGIC);
    put(journal, &(struct head){0}, sizeof(struct head));
    return journal;
}

void mbox_journal_add(struct mbox_journal *journal, struct span bytes)
{
    put(journal, bytes.p, bytes.n);
    journal->head.tail += bytes.n;
    journal->head.tail_hash = hash_add(journal->head.tail_hash, bytes.p, bytes.n);
}

void mbox_journal_copy(struct mbox_journal *journal, off_t from, off_t end)
{
    char *piece = mem_alloc(PIECE);

    while (from < end && journal->errnum == 0) {
        size_t n = end - from < PIECE ? (size_t)(end - from) : PIECE;
        ssize_t got = io_pread(journal->mbox, piece, n, from);

        if (got <= 0)
            journal->errnum = got < 0 ? errno : EIO;
        else
            mbox_journal_add(journal, span_make(piece, (size_t)got));
        from += got;
    }
    free(piece);
}

/* Calls for each page of the mbox from `from` to `end` with what of it lies between. */
static int each_page(int mbox, uint64_t from, uint64_t end,
                     int (*act)(void *ctx, uint64_t at, const char *p, size_t n), void *ctx)
{
    char page[PAGE];

    while (from < end) {
        uint64_t edge = (from / PAGE + 1) * PAGE;
        size_t n = (size_t)((edge < end ? edge : end) - from);

        if (io_pread(mbox, page, n, (off_t)from) != (ssize_t)n || act(ctx, from, page, n) < 0)
            return -1;
        from += n;
    }
    return 0;
}

static int put_hash(void *ctx, uint64_t at, const char *p, size_t n)
{
    uint64_t hash = hash_of(p, n);

    (void)at;
    put(ctx, &hash, sizeof hash);
    return 0;
}

/* How far the page reaches in which the new tail ends, in the mbox as it was. */
static uint64_t edge_end(const struct head *head)
{
    uint64_t end = head->from + head->tail, edge = (end + PAGE - 1) / PAGE * PAGE;

    return edge < head->old_size ? edge : head->old_size;
}

static int hash_edge(void *ctx, uint64_t at, const char *p, size_t n)
{
    struct mbox_journal *journal = ctx;

    (void)at;
    journal->head.edge_hash = hash_of(p, n);
    return 0;
}

static int journal_seal(struct mbox_journal *journal)
{
    struct head *head = &journal->head;

    head->edge_hash = hash_of("", 0);
    if ((each_page(journal->mbox, head->from, head->old_size, put_hash, journal) < 0 ||
         each_page(journal->mbox, head->from + head->tail, edge_end(head), hash_edge, journal) < 0) &&
        journal->errnum == 0)
        journal->errnum = EIO;
    if (journal->errnum == 0 && fsync(journal->fd) < 0)
        journal->errnum = errno;
    head->head_hash = head_hash(head);
    if (journal->errnum == 0 && (io_pwrite(journal->fd, head, sizeof *head, 0) < 0 ||
                                 fsync(journal->fd) < 0 || sync_parent(journal->name, journal->fd) < 0))
        journal->errnum = errno;
    errno = journal->errnum;
    return journal->errnum ? -1 : 0;
}

static void journal_free(struct mbox_journal *journal)
{
    close(journal->fd);
    free(journal->name);
    free(journal);
}

/* ---- carrying it out */

/* Room for what the mbox grows by, before a byte of it is changed. */
static int reserve(int mbox, const struct head *head)
{
    uint64_t new_size = head->from + head->tail;

#ifdef FALLOC_FL_KEEP_SIZE
    if (new_size > head->old_size &&
        fallocate(mbox, FALLOC_FL_KEEP_SIZE, (off_t)head->old_size, (off_t)(new_size - head->old_size)) < 0 &&
        (errno == ENOSPC || errno == EDQUOT || errno == EFBIG))
        return -1;
#else
    (void)mbox;
    (void)new_size;
#endif
    return 0;
}

/* Up to the end of a page: one that is half the new and half the old would be taken for somebody else's. */
static size_t piece_at(const struct head *head, uint64_t done)
{
    size_t n = PIECE - (head->from + done) % PAGE;

    return head->tail - done < n ? (size_t)(head->tail - done) : n;
}

static int copy_tail(int mbox, int journal, const struct head *head)
{
    char *piece = mem_alloc(PIECE);
    uint64_t done = 0;
    int result = 0;

    while (done < head->tail && result == 0) {
        size_t n = piece_at(head, done);

        if (io_pread(journal, piece, n, (off_t)(sizeof *head + done)) != (ssize_t)n)
            result = -1;
        else
            result = io_pwrite(mbox, piece, n, (off_t)(head->from + done));
        done += n;
    }
    free(piece);
    return result;
}

static int carry_out(int mbox, int journal, const struct head *head)
{
    if (copy_tail(mbox, journal, head) < 0 || ftruncate(mbox, (off_t)(head->from + head->tail)) < 0)
        return -1;
    return fsync(mbox);
}

static int journal_remove(const char *name)
{
    return unlink(name) < 0 ? -1 : sync_parent(name, -1);
}

int mbox_journal_finish(struct mbox_journal *journal, struct err *err)
{
    int result = -1;

    if (journal_seal(journal) < 0 || reserve(journal->mbox, &journal->head) < 0) {
        err_set_errno(err, ERR_TEMP, "cannot write '%s'", journal->name);
        unlink(journal->name);
    } else if (carry_out(journal->mbox, journal->fd, &journal->head) < 0) {
        err_set_errno(err, ERR_TEMP, "cannot change an mbox: '%s' holds what is to be done", journal->name);
    } else {
        journal_remove(journal->name); /* one that stays is carried out again, which changes nothing */
        result = 0;
    }
    journal_free(journal);
    return result;
}

/* ---- after a crash */

struct replay {
    int mbox, journal;
    struct head head;
    uint64_t size; /* of the mbox now */
    bool begun;    /* a page is the new one, and was not so before */
    bool missing;  /* a page of the new tail is not there */
    bool foreign;  /* a page in the new tail's place is neither */
    bool behind;   /* one behind it is neither */
};

static bool head_is_good(const struct replay *replay)
{
    return memcmp(replay->head.magic, MAGIC, sizeof MAGIC) == 0 &&
           replay->head.head_hash == head_hash(&replay->head);
}

/* Is the page at `at` what the new tail has there, as far as that goes? */
static bool is_new(const struct replay *replay, uint64_t at, const char *p, size_t n)
{
    char page[PAGE];
    uint64_t begin = at - replay->head.from;
    size_t common = begin < replay->head.tail ? (size_t)(replay->head.tail - begin) : 0;

    if (common > n)
        common = n;
    return common > 0 &&
           io_pread(replay->journal, page, common, (off_t)(sizeof replay->head + begin)) == (ssize_t)common &&
           memcmp(page, p, common) == 0;
}

static bool is_old(const struct replay *replay, uint64_t at, const char *p, size_t n)
{
    uint64_t number = at / PAGE - replay->head.from / PAGE, hash;
    uint64_t place = sizeof replay->head + replay->head.tail + number * sizeof hash;

    return io_pread(replay->journal, &hash, sizeof hash, (off_t)place) == sizeof hash &&
           hash == hash_of(p, n);
}

/* In the page in which the new tail ends: is the rest what it was? */
static bool is_edge_old(const struct replay *replay, uint64_t at, const char *p, size_t n)
{
    uint64_t end = replay->head.from + replay->head.tail;

    return at + n <= end || hash_of(p + (end - at), n - (size_t)(end - at)) == replay->head.edge_hash;
}

static int judge_page(void *ctx, uint64_t at, const char *p, size_t n)
{
    struct replay *replay = ctx;
    bool in_tail = at < replay->head.from + replay->head.tail, new = in_tail &&is_new(replay, at, p, n);

    if (is_old(replay, at, p, n)) {
        replay->missing |= in_tail && !new;
    } else if (new) {
        replay->begun = true;
        replay->behind |= !is_edge_old(replay, at, p, n);
    } else if (in_tail) {
        replay->foreign = replay->missing = true;
    } else {
        replay->behind = true;
    }
    return 0;
}

/* How many bytes from the old end on are as in the new tail. */
static int count_same(const struct replay *replay, uint64_t *same)
{
    const struct head *head = &replay->head;
    uint64_t tail_end = head->from + head->tail;
    uint64_t end = tail_end < replay->size ? tail_end : replay->size, at = head->old_size;
    char piece[PAGE], wanted[PAGE];
    size_t n, i;

    for (*same = 0; at < end; at += n) {
        n = end - at < PAGE ? (size_t)(end - at) : PAGE;
        if (io_pread(replay->mbox, piece, n, (off_t)at) != (ssize_t)n ||
            io_pread(replay->journal, wanted, n, (off_t)(sizeof *head + at - head->from)) != (ssize_t)n)
            return -1;
        for (i = 0; i < n && piece[i] == wanted[i]; i++)
            ++*same;
        if (i < n)
            break;
    }
    return 0;
}

/* A message that was delivered, or nothing. */
static bool begins_message(const struct replay *replay, uint64_t at)
{
    static const char from[] = "\nFrom ";
    char found[sizeof from - 1];
    ssize_t got = io_pread(replay->mbox, found, sizeof found, (off_t)at);

    return got == 0 || (got >= 5 && memcmp(found, from + 1, 5) == 0) ||
           (got == (ssize_t)sizeof found && memcmp(found, from, sizeof found) == 0);
}

/* Bytes from the old end on that are the new tail's, and not a delivery that came since, which may begin as
 * the tail goes on there.  They were written up to the end of a page, or of the tail. */
static int find_added(const struct replay *replay, uint64_t *added)
{
    const struct head *head = &replay->head;
    uint64_t same, end;

    if (count_same(replay, &same) < 0)
        return -1;
    end = head->old_size + same;
    while (end > head->old_size && end < replay->size && !begins_message(replay, end)) {
        end = (end - 1) / PAGE * PAGE;
        if (end < head->old_size)
            end = head->old_size;
    }
    *added = end - head->old_size;
    return 0;
}

enum verdict {
    UNBEGUN,
    HALF_DONE,
    FINISHED, /* and perhaps more was delivered since */
    FOREIGN,
};

/* The file is cut when the whole tail is there, not before. */
static int judge(struct replay *replay, enum verdict *verdict)
{
    const struct head *head = &replay->head;
    uint64_t end = head->old_size < replay->size ? head->old_size : replay->size;

    if (each_page(replay->mbox, head->from, end, judge_page, replay) < 0)
        return -1;
    if (replay->size < head->from + head->tail && head->tail + head->from < head->old_size)
        replay->missing = true;
    if (replay->size < head->from || replay->foreign)
        *verdict = FOREIGN;
    else if (replay->size < head->old_size || replay->behind)
        *verdict = replay->missing ? FOREIGN : FINISHED;
    else
        *verdict = replay->begun || head->tail == 0 ? HALF_DONE : UNBEGUN;
    return 0;
}

/* The tail again, with what came since behind it, by a journal of its own. */
static int redo_with_rest(struct replay *replay, const char *name, uint64_t rest, struct err *err)
{
    struct mbox_journal *again;
    char *piece = mem_alloc(PIECE);
    struct buf temp;
    int result;

    buf_init(&temp, BUF_UNLIMITED);
    buf_printf(&temp, "%s.again", name);
    again = mbox_journal_begin(replay->mbox, temp.p, (off_t)replay->head.from, err);
    for (uint64_t done = 0; again && done < replay->head.tail;) {
        size_t n = replay->head.tail - done < PIECE ? (size_t)(replay->head.tail - done) : PIECE;

        if (io_pread(replay->journal, piece, n, (off_t)(sizeof replay->head + done)) != (ssize_t)n)
            again->errnum = EIO;
        mbox_journal_add(again, span_make(piece, n));
        done += n;
    }
    if (again) {
        mbox_journal_copy(again, (off_t)rest, (off_t)replay->size);
        /* It takes the first one's place before anything is changed by it. */
        if (journal_seal(again) < 0 || rename(again->name, name) < 0 || sync_parent(name, again->fd) < 0) {
            err_set_errno(err, ERR_TEMP, "cannot write '%s'", temp.p);
            result = -1;
        } else if ((result = carry_out(again->mbox, again->fd, &again->head)) < 0) {
            err_set_errno(err, ERR_TEMP, "cannot change an mbox: '%s' holds what is to be done", name);
        }
        journal_free(again);
    } else {
        result = -1;
    }
    buf_free(&temp);
    free(piece);
    return result;
}

static enum replay_result keep(const char *name)
{
    struct buf kept;

    buf_init(&kept, BUF_UNLIMITED);
    buf_printf(&kept, "%s.kept", name);
    rename(name, kept.p);
    buf_free(&kept);
    return REPLAY_FOREIGN;
}

static int go_on(struct replay *replay, const char *name, struct err *err)
{
    uint64_t added = 0, rest;

    if (!replay->missing && find_added(replay, &added) < 0)
        return err_set_errno(err, ERR_TEMP, "cannot read an mbox that is to be mended");
    rest = replay->head.old_size + added;
    if (rest < replay->size)
        return redo_with_rest(replay, name, rest, err);
    if (carry_out(replay->mbox, replay->journal, &replay->head) < 0)
        return err_set_errno(err, ERR_TEMP, "cannot mend an mbox by '%s'", name);
    return 0;
}

static enum replay_result replay_sound(struct replay *replay, const char *name, struct err *err)
{
    enum verdict verdict;

    if (judge(replay, &verdict) < 0) {
        err_set_errno(err, ERR_TEMP, "cannot read an mbox that is to be mended");
        return REPLAY_FAILED;
    }
    if (verdict == FOREIGN)
        return keep(name);
    if (verdict == HALF_DONE && go_on(replay, name, err) < 0)
        return REPLAY_FAILED;
    journal_remove(name);
    return verdict == HALF_DONE ? REPLAY_DONE : REPLAY_NOTHING;
}

enum replay_result mbox_journal_replay(int mbox, const char *name, struct err *err)
{
    struct replay replay = {.mbox = mbox, .journal = open(name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)};
    enum replay_result result = REPLAY_NOTHING;
    struct stat st;

    if (replay.journal < 0)
        return errno == ENOENT ? REPLAY_NOTHING
                               : (err_set_errno(err, ERR_TEMP, "cannot read '%s'", name), REPLAY_FAILED);
    if (fstat(mbox, &st) < 0) {
        err_set_errno(err, ERR_TEMP, "cannot look at an mbox");
        result = REPLAY_FAILED;
    } else if (io_pread(replay.journal, &replay.head, sizeof replay.head, 0) != sizeof replay.head ||
               !head_is_good(&replay)) {
        journal_remove(name); /* not finished: the mbox was not touched */
    } else if (st.st_dev != replay.head.dev || st.st_ino != replay.head.ino) {
        result = keep(name);
    } else {
        replay.size = (uint64_t)st.st_size;
        result = replay_sound(&replay, name, err);
    }
    close(replay.journal);
    return result;
}
