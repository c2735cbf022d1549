#include "serve/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/excerpt.h"
#include "base/io.h"
#include "serve/conf-private.h"

/* ---- faults */

static void tell_words(struct conf *conf, struct conf_fault *fault, const char *words)
{
    struct buf harmless;

    buf_init(&harmless, sizeof fault->words - 1);
    excerpt_line(&harmless, span_of(words));
    memcpy(fault->words, harmless.p, harmless.n);
    buf_free(&harmless);
    conf->own->tell(conf->own->ctx, fault);
}

bool conf_has_enough_faults(const struct conf *conf)
{
    return conf->own->faults >= CONF_FAULTS_MAX;
}

void conf_fault(struct conf *conf, struct conf_place at, const char *format, ...)
{
    struct conf_fault fault = {
        .file = conf->file, .source = conf->own->source, .offset = at.offset, .length = at.length};
    struct excerpt_place place = excerpt_find(fault.source, at.offset);
    char words[sizeof fault.words];
    va_list args;

    if (conf_has_enough_faults(conf))
        return;
    conf->own->faults++;
    if (at.length || at.offset) { /* else it is about the file as a whole */
        fault.line = place.line;
        fault.column = place.column;
    }
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    tell_words(conf, &fault, words);
    if (conf_has_enough_faults(conf)) {
        fault = (struct conf_fault){.file = conf->file};
        tell_words(conf, &fault, "there may be more faults");
    }
}

void conf_print_fault(struct buf *to, const struct conf_fault *fault)
{
    static const struct excerpt_style plain = {"", "", ""};

    excerpt_line(to, span_of(fault->file));
    if (fault->line)
        buf_printf(to, ":%u:%u", fault->line, fault->column);
    buf_printf(to, ": %s\n", fault->words);
    if (fault->line)
        excerpt_print(to, fault->source, fault->offset, fault->length, fault->line, &plain);
}

unsigned conf_line(const struct conf *conf, struct conf_place at)
{
    return excerpt_find(conf->own->source, at.offset).line;
}

bool conf_once(struct conf *conf, enum conf_once which, struct conf_place at, const char *what)
{
    struct conf_place *before = &conf->own->once[which];

    if (before->length) {
        conf_fault(conf, at, "%s is set in line %u already", what, conf_line(conf, *before));
        return false;
    }
    *before = at;
    return true;
}

/* ---- memory */

void *conf_alloc(struct conf *conf, size_t n)
{
    return arena_alloc(conf->own->arena, n);
}

char *conf_strndup(struct conf *conf, const char *p, size_t n)
{
    return arena_strndup(conf->own->arena, p, n);
}

static struct conf *conf_new(const char *file, conf_tell *tell, void *ctx)
{
    struct arena *arena = arena_new();
    struct conf *conf = arena_alloc(arena, sizeof *conf);

    conf->own = arena_alloc(arena, sizeof *conf->own);
    conf->own->arena = arena;
    conf->own->tell = tell;
    conf->own->ctx = ctx;
    conf->file = arena_strdup(arena, file);
    return conf;
}

void conf_free(struct conf *conf)
{
    if (conf)
        arena_free(conf->own->arena);
}

static struct conf *without_faults(struct conf *conf)
{
    if (!conf->own->faults)
        return conf;
    conf_free(conf);
    return NULL;
}

/* ---- reading */

/* A copy in which the last line has an end, too. */
static struct span with_newline(struct arena *arena, struct span source)
{
    char *copy = arena_alloc(arena, source.n + 1);

    if (source.n)
        memcpy(copy, source.p, source.n);
    copy[source.n] = '\n';
    return span_make(copy, source.n + 1);
}

static void parse(struct conf *conf, struct span source)
{
    conf->own->source = with_newline(conf->own->arena, source);
    conf_set_defaults(conf);
    conf_yyparse_source(conf);
    if (!conf->own->faults) /* half of a file has consequences that are no faults */
        conf_check_whole(conf);
}

struct conf *conf_parse(const char *file, struct span source, conf_tell *tell, void *ctx)
{
    struct conf *conf = conf_new(file, tell, ctx);

    if (source.n > CONF_FILE_MAX) {
        struct conf_fault fault = {.file = conf->file};

        tell_words(conf, &fault, "the file is larger than 1 MiB");
        conf_free(conf);
        return NULL;
    }
    parse(conf, source);
    return without_faults(conf);
}

/* NULL, or why this file is not read. */
static const char *distrust(int fd)
{
    struct stat st;

    if (fstat(fd, &st))
        return strerror(errno);
    if (S_ISDIR(st.st_mode))
        return strerror(EISDIR);
    if (!S_ISREG(st.st_mode))
        return NULL;
    if (st.st_uid != 0 && st.st_uid != geteuid())
        return "it belongs to somebody else";
    return st.st_mode & S_IWOTH ? "anybody may write to it; chmod o-w helps" : NULL;
}

static const char *read_file(const char *path, struct buf *source)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    const char *why = fd < 0 ? strerror(errno) : distrust(fd);
    ssize_t n;

    if (!why) {
        n = io_read(fd, buf_reserve(source, CONF_FILE_MAX + 1), CONF_FILE_MAX + 1);
        why = n < 0 ? strerror(errno) : NULL;
        buf_commit(source, n > 0 ? (size_t)n : 0);
    }
    if (fd >= 0)
        close(fd);
    return why;
}

struct conf *conf_read_only(const char *path, conf_tell *tell, void *ctx)
{
    struct buf source;
    struct conf *conf = NULL;
    const char *why;

    buf_init(&source, BUF_UNLIMITED);
    why = read_file(path, &source);
    if (why) {
        struct conf_fault fault = {.file = path};

        snprintf(fault.words, sizeof fault.words, "cannot be read: %s", why);
        tell(ctx, &fault);
    } else {
        conf = conf_parse(path, buf_span(&source), tell, ctx);
    }
    buf_free(&source);
    return conf;
}

struct conf *conf_read(const char *path, conf_tell *tell, void *ctx)
{
    struct conf *conf = conf_read_only(path, tell, ctx);

    if (!conf)
        return NULL;
    conf_check_world(conf);
    return without_faults(conf);
}

bool conf_trusts_proxy(const struct conf *conf, const struct sockaddr *peer)
{
    struct address address = address_of(peer);

    if (peer->sa_family == AF_UNIX)
        return true; /* its mode says who may connect */
    for (const struct conf_network *n = conf->proxies; n; n = n->next)
        if (network_contains(&n->network, &address))
            return true;
    return false;
}
