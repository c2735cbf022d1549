#include "serve/statistics.h"

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/line.h"
#include "serve/process.h"
#include "serve/wall.h"

enum {
    ASKERS = 8, /* at the same time */
    ASK_MS = 5000,
    LINE_MOST = 4000,
    LINES_MOST = 100,
    REAP_MS = 500,
    MEMORY = 16 << 20,
    DESCRIPTORS = 4,
};

/* ---- one request */

static const char *judge(struct span request)
{
    struct span rest = span_from(request, 4);
    size_t n = 0;

    if (!span_starts(request, "GET "))
        return span_starts(request, "HEAD ") || span_starts(request, "POST ") ? "405 Method Not Allowed"
                                                                              : "400 Bad Request";
    while (n < rest.n && rest.p[n] != ' ' && rest.p[n] != '?')
        n++;
    if (!span_find_byte(rest, ' '))
        return "400 Bad Request";
    return span_eq_text(span_make(rest.p, n), "/metrics") ? "200 OK" : "404 Not Found";
}

/* Of the request only its first line matters; the rest is read for politeness.  NULL: it is none. */
static const char *hear(struct stream *stream)
{
    static const struct line_rules rules = {.max = LINE_MOST, .lf_ends = true};
    struct line_reader reader;
    const char *verdict = NULL;

    line_reader_init(&reader, &rules);
    for (int i = 0; i < LINES_MOST; i++) {
        struct span line = SPAN_NULL;

        if (line_read(&reader, stream, &line) != LINE_OK)
            return NULL;
        if (i == 0)
            verdict = judge(line);
        else if (line.n == 0)
            return verdict;
    }
    return NULL;
}

void statistics_answer(struct stream *stream, const struct counts *counts)
{
    const char *verdict = hear(stream);
    struct buf text;

    if (!verdict)
        return;
    buf_init(&text, BUF_UNLIMITED);
    if (*verdict == '2')
        counts_print(counts, &text);
    else
        buf_printf(&text, "%s; counts are at /metrics\n", verdict);
    stream_printf(stream,
                  "HTTP/1.1 %s\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
                  "Content-Length: %zu\r\nConnection: close\r\n\r\n",
                  verdict, text.n);
    stream_write(stream, buf_span(&text));
    stream_flush(stream);
    buf_free(&text);
}

static void answer(const struct serve_settings *settings, size_t memory, int fd, const struct counts *counts)
{
    static const struct stream_limits limits = {.in = LINE_MOST + 2, .stall_ms = ASK_MS};
    struct stream *stream;
    struct err err = {0};

    if (wall_raise(memory, fd + DESCRIPTORS, &err) < 0) {
        serve_log(settings, "%s", err.text);
        return;
    }
    stream = stream_open(fd, fd, &limits);
    stream_set_deadline(stream, ASK_MS);
    statistics_answer(stream, counts);
    stream_close(stream);
}

/* ---- the process */

/* Waits where there are too many, who all come to their end. */
static void reap(unsigned *askers)
{
    while (*askers > 0 && waitpid(-1, NULL, *askers < ASKERS ? WNOHANG : 0) > 0)
        --*askers;
}

static void serve(const struct serve_settings *settings, size_t memory, int listening,
                  const struct counts *counts)
{
    unsigned askers = 0;

    for (;;) {
        struct pollfd wait = {.fd = listening, .events = POLLIN};
        pid_t us = getpid(), pid = -1;
        int fd;

        reap(&askers);
        if (poll(&wait, 1, askers ? REAP_MS : -1) <= 0)
            continue;
        fd = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0) {
            poll(NULL, 0, REAP_MS);
            continue;
        }
        pid = fork();
        if (pid == 0) {
            process_begin(us, "statistics");
            close(listening);
            answer(settings, memory, fd, counts);
            _exit(0);
        }
        close(fd);
        askers += pid > 0;
    }
}

_Noreturn void statistics_run(const struct serve_settings *settings, int fd, const struct counts *counts)
{
    size_t memory = wall_memory_used();
    struct err err = {0};

    if (process_hide(settings->empty_root, settings->uid, settings->gid, &err) < 0 ||
        wall_prepare(&err) < 0) {
        serve_log(settings, "%s", err.text);
        _exit(err_sysexit(err.class));
    }
    serve(settings, memory ? memory + MEMORY : 0, fd, counts);
    _exit(0);
}
