#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/peer.h"
#include "serve/statistics.h"

static struct counts *counts;

static void enter(void)
{
    struct err err;

    counts = counts_new(&err);
    cr_assert_not_null(counts);
}

static void leave(void)
{
    counts_forget(counts);
}

TestSuite(serve_statistics, .init = enter, .fini = leave);

static const char *ask(const char *request, struct buf *heard)
{
    struct peer peer;

    buf_init(heard, BUF_UNLIMITED);
    peer_open(&peer, NULL);
    peer_say(&peer, request, strlen(request));
    peer_hang_up(&peer);
    statistics_answer(peer.s, counts);
    peer_finish(&peer, heard);
    buf_add_byte(heard, '\0');
    return heard->p;
}

static void begins(const char *request, const char *wanted)
{
    struct buf heard;
    const char *said = ask(request, &heard);

    cr_expect(*wanted ? strncmp(said, wanted, strlen(wanted)) == 0 : !*said, "%.40s: %s", request, said);
    buf_free(&heard);
}

Test(serve_statistics, all_processes_count_in_one_place)
{
    pid_t pid = fork();
    int status;
    struct buf heard;
    char length[60];
    const char *said, *body;

    if (pid == 0) {
        count_up(counts, COUNT_FRONTS);
        count_up(counts, COUNT_FRONTS);
        count_down(counts, COUNT_FRONTS);
        count_up(counts, COUNT_SESSIONS_REFUSED_ADDRESS);
        _exit(0);
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    count_up(counts, COUNT_FRONTS);
    count_set(counts, COUNT_START, 1234567890123ULL);
    said = ask("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", &heard);
    body = strstr(said, "\r\n\r\n");
    cr_assert_not_null(body);
    snprintf(length, sizeof length, "\r\nContent-Length: %zu\r\n", strlen(body + 4));
    cr_expect_not_null(strstr(said, length));
    cr_expect_not_null(strstr(body, "\nmailweird_start_time_seconds 1234567890123\n"));
    cr_expect_not_null(strstr(body, "\n# TYPE mailweird_fronts gauge\nmailweird_fronts 2\n"));
    cr_expect_not_null(strstr(body, "# TYPE mailweird_sessions_refused_total counter\n"
                                    "mailweird_sessions_refused_total{limit=\"sessions\"} 0\n"
                                    "mailweird_sessions_refused_total{limit=\"per-address\"} 1\n"));
    buf_free(&heard);
}

Test(serve_statistics, what_is_no_request_for_them)
{
    char longest[6000] = "GET /metrics HTTP/1.0\r\nX: ";

    memset(longest + strlen(longest), 'x', sizeof longest - 1 - strlen(longest));
    begins("GET /metrics HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK\r\n");
    begins("GET /metrics HTTP/1.0\n\n", "HTTP/1.1 200 OK\r\n");
    begins("GET /metrics?a=b HTTP/1.1\r\n\r\n", "HTTP/1.1 200 OK\r\n");
    begins("GET /metricsx HTTP/1.1\r\n\r\n", "HTTP/1.1 404 ");
    begins("GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 404 ");
    begins("HEAD /metrics HTTP/1.1\r\n\r\n", "HTTP/1.1 405 ");
    begins("GET\r\n\r\n", "HTTP/1.1 400 ");
    begins("GET \r\n\r\n", "HTTP/1.1 400 ");
    begins("\r\n\r\n", "HTTP/1.1 400 ");
    begins("\x16\x03\x01\r\n\r\n", "HTTP/1.1 400 ");
    begins("GET /metrics HTTP/1.0\r\n", "");
    begins("", "");
    begins(longest, "");
}
