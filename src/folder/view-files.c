/* Folders that keep a message in a file of its own, with a list of UIDs beside them. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
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
#include "folder/view-private.h"
#include "lock/lock.h"

enum {
    LOCK_AGE = 120,    /* seconds after which Dovecot, too, takes such a lock for abandoned */
    FIND_TRIES = 3,    /* while others move files about */
    STALE_LEAST = 100, /* lines of messages that are gone: fewer are never worth a new list */
};

/* ---- what is there */

struct found *findings_add(struct findings *findings)
{
    if (findings->count == findings->room) {
        findings->room = findings->room ? 2 * findings->room : 64;
        findings->files = mem_realloc(findings->files, findings->room * sizeof *findings->files);
    }
    findings->files[findings->count] = (struct found){.octets = VIEW_OCTETS_UNKNOWN};
    return &findings->files[findings->count++];
}

static void findings_clear(struct findings *findings)
{
    free(findings->files);
    *findings = (struct findings){.arena = findings->arena};
}

static int key_compare(struct span a, struct span b)
{
    int result = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

    return result ? result : (a.n > b.n) - (a.n < b.n);
}

/* Of two files with one key the one in cur/ goes before: the other is about to be removed, or a link. */
static int found_compare(const void *a, const void *b)
{
    const struct found *left = a, *right = b;
    int result = key_compare(left->key, right->key);

    return result ? result : (int)(left->flags & VIEW_FRESH) - (int)(right->flags & VIEW_FRESH);
}

static void findings_sort(struct findings *findings)
{
    size_t kept = 0;

    if (findings->count)
        qsort(findings->files, findings->count, sizeof *findings->files, found_compare);
    for (size_t i = 0; i < findings->count; i++)
        if (kept == 0 || key_compare(findings->files[kept - 1].key, findings->files[i].key) != 0)
            findings->files[kept++] = findings->files[i];
    findings->count = kept;
}

static struct found *findings_get(const struct findings *findings, struct span key)
{
    size_t from = 0, to = findings->count;

    while (from < to) {
        size_t middle = from + (to - from) / 2;
        int result = key_compare(findings->files[middle].key, key);

        if (result == 0)
            return &findings->files[middle];
        if (result < 0)
            from = middle + 1;
        else
            to = middle;
    }
    return NULL;
}

static const struct view_files *files_of(const struct view *view)
{
    return view->format == &view_format_mh ? &view_mh : &view_maildir;
}

/* When the directories last changed. */
static void look_at_times(const struct view *view, struct timespec *newest)
{
    struct buf path;
    struct stat st;

    *newest = (struct timespec){0};
    buf_init(&path, BUF_UNLIMITED);
    for (const char *const *name = files_of(view)->directories; *name; name++) {
        buf_cut(&path, 0);
        buf_printf(&path, "%s/%s", view->path, *name);
        if (stat(path.p, &st) == 0 &&
            (st.st_mtim.tv_sec > newest->tv_sec ||
             (st.st_mtim.tv_sec == newest->tv_sec && st.st_mtim.tv_nsec > newest->tv_nsec)))
            *newest = st.st_mtim;
    }
    buf_free(&path);
}

/* A file that is renamed while a directory is read may be missed: then it is read again. */
static int find(struct view *view, struct findings *findings, struct err *err)
{
    struct timespec before, after;
    int tries = 0;

    do {
        look_at_times(view, &before);
        findings_clear(findings);
        if (files_of(view)->find(view->path, findings) < 0)
            return err_set_errno(err, ERR_TEMP, "cannot read folder '%s'", view->path);
        look_at_times(view, &after);
    } while (memcmp(&before, &after, sizeof before) != 0 && ++tries < FIND_TRIES);
    findings_sort(findings);
    return 0;
}

/* ---- the list on the disk */

struct listing {
    struct uidlist list;
    bool is_sound;    /* there is one, and it can be trusted */
    bool is_finished; /* and it ends with a newline: lines can be added */
    size_t stale;     /* records without a file */
};

static void list_name(const struct view *view, const char *end, struct buf *name)
{
    buf_init(name, BUF_UNLIMITED);
    buf_printf(name, "%s/%s%s", view->path, files_of(view)->list, end);
}

static int read_whole(const char *name, struct buf *text)
{
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    struct stat st;
    ssize_t n = -1;

    if (fd < 0)
        return -1;
    if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
        errno = EINVAL;
    else
        while ((n = io_read(fd, buf_reserve(text, 1 << 16), 1 << 16)) > 0)
            buf_commit(text, (size_t)n);
    close(fd);
    return n < 0 ? -1 : 0;
}

static void say_unsound(const struct view *view, const char *name, const struct err *why)
{
    struct buf text;

    if (!view->say)
        return;
    buf_init(&text, BUF_UNLIMITED);
    buf_printf(&text, "%s: %s: a new list is made, and all messages get new UIDs", name, why->text);
    view->say(text.p);
    buf_free(&text);
}

static int list_read(const struct view *view, struct listing *listing, bool tell, struct err *err)
{
    struct buf name, text;
    struct err why;
    int result;

    uidlist_clear(&listing->list);
    listing->is_sound = listing->is_finished = false;
    list_name(view, "", &name);
    buf_init(&text, BUF_UNLIMITED);
    result = read_whole(name.p, &text);
    if (result == 0) {
        listing->is_sound = uidlist_parse(&listing->list, buf_span(&text), &why) == 0;
        listing->is_finished = listing->is_sound && text.n && text.p[text.n - 1] == '\n';
        if (!listing->is_sound && tell)
            say_unsound(view, name.p, &why);
    } else if (errno == ENOENT) {
        result = 0;
    } else {
        err_set_errno(err, ERR_TEMP, "cannot read '%s'", name.p);
    }
    buf_free(&text);
    buf_free(&name);
    return result;
}

static int write_out(int fd, const struct buf *text)
{
    int result = io_write(fd, text->p, text->n);

    return result < 0 ? -1 : fsync(fd);
}

/* Whoever may read the folder may read its list. */
static mode_t list_mode(const struct view *view)
{
    struct stat st;

    return stat(view->path, &st) == 0 ? st.st_mode & 0666 : 0600;
}

/* A new file takes the list's place: readers see the one or the other, whole. */
static int list_replace(const struct view *view, const struct buf *text, struct err *err)
{
    struct buf name, temp;
    int fd, result;

    list_name(view, "", &name);
    list_name(view, ".tmp", &temp);
    unlink(temp.p); /* of one that was killed */
    fd = open(temp.p, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, list_mode(view));
    result = fd < 0 ? -1 : write_out(fd, text);
    if (fd >= 0 && close(fd) < 0)
        result = -1;
    if (result == 0)
        result = rename(temp.p, name.p);
    if (result == 0)
        result = sync_directory(view->path, -1);
    if (result < 0)
        err_set_errno(err, ERR_TEMP, "cannot write '%s'", temp.p);
    if (result < 0 && fd >= 0)
        unlink(temp.p);
    buf_free(&temp);
    buf_free(&name);
    return result;
}

static int list_append(const struct view *view, const struct buf *text, struct err *err)
{
    struct stat st = {0};
    struct buf name;
    int fd, result;

    list_name(view, "", &name);
    fd = open(name.p, O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC);
    result = fd < 0 || fstat(fd, &st) < 0 ? -1 : write_out(fd, text);
    if (fd >= 0 && st.st_size && result < 0) { /* half a line, to which another server would add its own */
        int saved = errno;

        if (ftruncate(fd, st.st_size) < 0)
            saved = errno;
        errno = saved;
    }
    if (fd >= 0 && close(fd) < 0)
        result = -1;
    if (result < 0)
        err_set_errno(err, ERR_TEMP, "cannot write '%s'", name.p);
    buf_free(&name);
    return result;
}

static struct lock *list_lock(const struct view *view, struct err *err)
{
    static const struct lock_policy policy = {.sleep = 1, .timeout = LOCK_AGE};
    struct lock *lock;
    struct buf name;

    list_name(view, ".lock", &name);
    lock = lock_acquire(name.p, &policy, NULL, err);
    buf_free(&name);
    return lock;
}

/* ---- UIDs for what is there */

/* One message on its way into the view. */
struct entry {
    struct found *found;
    uint32_t uid;
    struct span fields;
};

struct entries {
    struct entry *of; /* by found: as many as there are findings */
    size_t known;
};

static void entries_match(struct entries *entries, const struct findings *findings, struct listing *listing)
{
    const struct uidlist *list = &listing->list;

    free(entries->of);
    *entries = (struct entries){.of = mem_alloc_array(findings->count + 1, sizeof *entries->of)};
    listing->stale = 0;
    for (size_t i = 0; i < findings->count; i++)
        entries->of[i].found = &findings->files[i];
    for (size_t i = 0; i < list->count; i++) {
        const struct uid_record *record = &list->records[i];
        struct found *found = findings_get(findings, record->key);
        struct entry *entry = found ? &entries->of[found - findings->files] : NULL;

        if (!found || entry->uid) { /* a key that comes twice: the first has it */
            listing->stale++;
            continue;
        }
        entry->uid = record->uid;
        entry->fields = record->fields;
        entries->known++;
    }
}

static int entry_compare_arrival(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;

    if (left->uid != right->uid)
        return left->uid < right->uid ? -1 : 1;
    for (int i = 0; i < 3; i++)
        if (left->found->order[i] != right->found->order[i])
            return left->found->order[i] < right->found->order[i] ? -1 : 1;
    return key_compare(left->found->key, right->found->key);
}

static int entry_compare_uid(const void *a, const void *b)
{
    const struct entry *left = a, *right = b;

    return (left->uid > right->uid) - (left->uid < right->uid);
}

/* Those without a UID come first in this order. */
static int entries_number(struct entries *entries, size_t count, struct uidlist *list)
{
    qsort(entries->of, count, sizeof *entries->of, entry_compare_arrival);
    for (size_t i = 0; i < count - entries->known; i++) {
        const struct uid_record *record = uidlist_add(list, entries->of[i].found->key);

        if (!record)
            return -1;
        entries->of[i].uid = record->uid;
    }
    return 0;
}

static bool is_worth_a_new_list(const struct listing *listing)
{
    return listing->stale >= STALE_LEAST && listing->stale >= listing->list.count / 2;
}

/* Leaves out the records of messages that two looks at the folder did not find. */
static int drop_stale(struct view *view, const struct findings *findings, struct uidlist *list,
                      struct err *err)
{
    struct findings again = {.arena = findings->arena};
    size_t kept = 0;
    int result = find(view, &again, err);

    for (size_t i = 0; result == 0 && i < list->count; i++) {
        const struct uid_record *record = &list->records[i];

        if (findings_get(findings, record->key) || findings_get(&again, record->key))
            list->records[kept++] = *record;
    }
    if (result == 0)
        list->count = kept;
    findings_clear(&again);
    return result;
}

static int list_write(struct view *view, const struct findings *findings, struct listing *listing, size_t had,
                      struct err *err)
{
    struct buf text;
    int result = 0;

    buf_init(&text, BUF_UNLIMITED);
    if (listing->is_finished && !is_worth_a_new_list(listing)) {
        for (size_t i = had; i < listing->list.count; i++)
            uid_record_print(&listing->list.records[i], &text);
        result = list_append(view, &text, err);
    } else {
        if (is_worth_a_new_list(listing))
            result = drop_stale(view, findings, &listing->list, err);
        if (result == 0) {
            uidlist_print(&listing->list, &text);
            result = list_replace(view, &text, err);
        }
    }
    buf_free(&text);
    return result;
}

/* With the lock held: what others did since is seen, then the rest is ours to number. */
static int number_rest(struct view *view, const struct findings *findings, struct listing *listing,
                       struct entries *entries, struct err *err)
{
    size_t had;

    if (list_read(view, listing, true, err) < 0)
        return -1;
    if (!listing->is_sound)
        uidlist_begin(&listing->list, (uint32_t)clock_now(), listing->list.validity);
    entries_match(entries, findings, listing);
    had = listing->list.count;
    if (entries_number(entries, findings->count, &listing->list) < 0) { /* the last UID is given */
        uidlist_begin(&listing->list, (uint32_t)clock_now(), listing->list.validity);
        listing->is_sound = listing->is_finished = false;
        entries_match(entries, findings, listing);
        had = 0;
        entries_number(entries, findings->count, &listing->list);
    }
    if (had == listing->list.count && listing->is_finished && !is_worth_a_new_list(listing))
        return 0;
    return list_write(view, findings, listing, had, err);
}

static int number_all(struct view *view, const struct findings *findings, struct listing *listing,
                      struct entries *entries, struct err *err)
{
    struct lock *lock;
    int result;

    if (list_read(view, listing, false, err) < 0)
        return -1;
    entries_match(entries, findings, listing);
    if (listing->is_sound && entries->known == findings->count && !is_worth_a_new_list(listing))
        return 0;
    if (!listing->is_sound && findings->count == 0)
        return 0; /* nothing to number: nothing is written */
    lock = list_lock(view, err);
    if (!lock)
        return -1;
    result = number_rest(view, findings, listing, entries, err);
    lock_release(lock, NULL);
    return result;
}

/* ---- the view */

static uint64_t octets_of(struct span digits)
{
    uint64_t number;

    return span_number(digits, INT64_MAX, &number) ? number : VIEW_OCTETS_UNKNOWN;
}

uint64_t view_size_in_name(struct span name, char letter)
{
    const char *comma;

    while ((comma = span_find_byte(name, ','))) {
        name = span_from(name, (size_t)(comma - name.p) + 1);
        if (name.n > 2 && name.p[0] == letter && name.p[1] == '=') {
            struct span rest = span_from(name, 2);

            return octets_of(span_make(rest.p, span_digits(rest)));
        }
    }
    return VIEW_OCTETS_UNKNOWN;
}

static void take_entry(struct view *view, const struct entry *entry)
{
    const struct uid_record fields = {.fields = entry->fields};
    struct viewed *viewed = &view->messages[view->count++];

    *viewed = (struct viewed){
        .message = {.uid = entry->uid, .flags = entry->found->flags},
        .octets = octets_of(uid_field(&fields, 'W')),
        .key = entry->found->key,
        .name = entry->found->name,
    };
    viewed->message.pop_id = uid_field(&fields, 'P');
    if (viewed->message.pop_id.p)
        viewed->message.pop_id = arena_span(view->arena, viewed->message.pop_id);
    if (viewed->octets == VIEW_OCTETS_UNKNOWN)
        viewed->octets = entry->found->octets;
}

static int files_open(struct view *view, struct err *err)
{
    struct findings findings = {.arena = view->arena};
    struct listing listing;
    struct entries entries = {0};
    int result;

    uidlist_init(&listing.list);
    result = find(view, &findings, err);
    if (result == 0)
        result = number_all(view, &findings, &listing, &entries, err);
    if (result == 0) {
        view->validity = listing.list.validity;
        view->messages = mem_alloc_array(findings.count + 1, sizeof *view->messages);
        qsort(entries.of, findings.count, sizeof *entries.of, entry_compare_uid);
        for (size_t i = 0; i < findings.count; i++)
            take_entry(view, &entries.of[i]);
    }
    free(entries.of);
    findings_clear(&findings);
    uidlist_free(&listing.list);
    return result;
}

/* ---- messages that moved: other readers change flags, and take them from new/ to cur/ */

static void rename_all(struct view *view, const struct findings *findings, bool last)
{
    for (size_t i = 0; i < view->count; i++) {
        struct viewed *viewed = &view->messages[i];
        const struct found *found = findings_get(findings, viewed->key);

        if (found)
            viewed->name = found->name;
        else if (last)
            viewed->gone = true;
    }
}

/* Looks where it is now, and for all others at the same time: twice, then what is not found is gone. */
static int locate(struct view *view, struct viewed *viewed, struct err *err)
{
    struct findings findings = {.arena = view->arena};
    int result = 0;

    for (int look = 1; look <= 2 && result == 0; look++) {
        result = find(view, &findings, err);
        if (result == 0)
            rename_all(view, &findings, look == 2);
    }
    findings_clear(&findings);
    if (result == 0 && viewed->gone)
        return err_set(err, ERR_NOINPUT, "message %" PRIu32 " is gone", viewed->message.uid);
    return result;
}

/* Another message may have its name by now; that one is to be looked for elsewhere. */
static bool is_there(const struct view *view, const struct viewed *viewed, const char *name)
{
    bool (*is_it)(const char *path, struct span key) = files_of(view)->is_it;

    if (!is_it || is_it(name, viewed->key))
        return true;
    errno = ENOENT;
    return false;
}

/* Does something to the file under its present name. */
static int with_file(struct view *view, struct viewed *viewed, int (*act)(const char *name), struct err *err)
{
    struct buf name;
    int result = -1;

    buf_init(&name, BUF_UNLIMITED);
    for (int tries = 0; tries < FIND_TRIES && result < 0; tries++) {
        if (viewed->gone) {
            err_set(err, ERR_NOINPUT, "message %" PRIu32 " is gone", viewed->message.uid);
            break;
        }
        buf_cut(&name, 0);
        buf_printf(&name, "%s/%s", view->path, viewed->name);
        result = is_there(view, viewed, name.p) ? act(name.p) : -1;
        if (result >= 0)
            break;
        /* a link to nothing is there and is not */
        err_set_errno(err, errno == ENOENT ? ERR_NOINPUT : ERR_TEMP, "cannot use '%s'", name.p);
        if (errno != ENOENT || locate(view, viewed, err) < 0)
            break;
    }
    buf_free(&name);
    return result;
}

static int open_file(const char *name)
{
    return open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

static int files_text(struct view *view, struct viewed *viewed, struct view_text *text, struct err *err)
{
    struct stat st;

    text->fd = with_file(view, viewed, open_file, err);
    if (text->fd < 0)
        return -1;
    if (fstat(text->fd, &st) < 0)
        return err_set_errno(err, ERR_TEMP, "cannot look at '%s'", viewed->name);
    if (!S_ISREG(st.st_mode)) /* a link to something else: no message, and it keeps nobody from the others */
        return err_set(err, ERR_NOINPUT, "'%s' is no file", viewed->name);
    text->end = st.st_size;
    return 0;
}

static int sync_all(const struct view *view, struct err *err)
{
    struct buf path;
    int result = 0;

    buf_init(&path, BUF_UNLIMITED);
    for (const char *const *name = files_of(view)->directories; *name && result == 0; name++) {
        buf_cut(&path, 0);
        buf_printf(&path, "%s/%s", view->path, *name);
        if (sync_directory(path.p, -1) < 0)
            result = err_set_errno(err, ERR_TEMP, "cannot sync '%s'", path.p);
    }
    buf_free(&path);
    return result;
}

static int files_remove(struct view *view, const char *marked, struct err *err)
{
    struct err first = {0}, why;
    bool any = false;

    for (size_t i = 0; i < view->count; i++) {
        struct viewed *viewed = &view->messages[i];

        if (!marked[i])
            continue;
        any = true;
        if (with_file(view, viewed, unlink, &why) == 0)
            viewed->gone = true;
        else if (why.class != ERR_NOINPUT && first.class == ERR_NONE)
            first = why;
    }
    if (any && sync_all(view, &why) < 0 && first.class == ERR_NONE)
        first = why;
    if (first.class == ERR_NONE)
        return 0;
    if (err)
        *err = first;
    return -1;
}

/* ---- sizes that were counted are kept for the next time */

static bool note_octets(const struct view *view, struct uidlist *list)
{
    bool any = false;
    size_t at = 0;

    for (size_t i = 0; i < view->count; i++) {
        const struct viewed *viewed = &view->messages[i];
        char octets[24];

        while (at < list->count && list->records[at].uid < viewed->message.uid)
            at++;
        if (at == list->count)
            break;
        if (!viewed->learned || list->records[at].uid != viewed->message.uid ||
            uid_field(&list->records[at], 'W').p)
            continue;
        snprintf(octets, sizeof octets, "%" PRIu64, viewed->octets);
        uid_field_add(list, &list->records[at], 'W', octets);
        any = true;
    }
    return any;
}

static bool has_learned(const struct view *view)
{
    for (size_t i = 0; i < view->count; i++)
        if (view->messages[i].learned && !view->messages[i].gone)
            return true;
    return false;
}

/* Where it cannot be done they are counted again. */
static void files_close(struct view *view)
{
    struct listing listing;
    struct lock *lock;
    struct buf text;

    if (!has_learned(view) || !(lock = list_lock(view, NULL)))
        return;
    uidlist_init(&listing.list);
    buf_init(&text, BUF_UNLIMITED);
    if (list_read(view, &listing, false, NULL) == 0 && listing.is_sound &&
        listing.list.validity == view->validity && note_octets(view, &listing.list)) {
        uidlist_print(&listing.list, &text);
        list_replace(view, &text, NULL);
    }
    buf_free(&text);
    uidlist_free(&listing.list);
    lock_release(lock, NULL);
}

const struct view_format view_format_maildir = {files_open, files_text, files_remove, files_close};
const struct view_format view_format_mh = {files_open, files_text, files_remove, files_close};
