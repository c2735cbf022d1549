#include "serve/serve.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "serve/log.h"

void serve_defaults(struct serve_settings *settings)
{
    struct serve_limits *limits = &settings->limits;

    if (!limits->fronts)
        limits->fronts = 1000;
    if (!limits->sessions)
        limits->sessions = 1000;
    if (!limits->per_address)
        limits->per_address = 20;
    if (!limits->auth_processes) {
        long n = sysconf(_SC_NPROCESSORS_ONLN);

        limits->auth_processes = n > 0 ? (unsigned)n : 1;
    }
    if (!limits->commands)
        limits->commands = 30;
    if (!limits->tries)
        limits->tries = 10;
    if (!limits->login_ms)
        limits->login_ms = 60 * 1000L;
    if (!limits->delay_ms)
        limits->delay_ms = 1000;
    if (!limits->login_memory)
        limits->login_memory = 64UL << 20;
    if (!settings->hostname)
        settings->hostname = "localhost";
}

void serve_log(const struct serve_settings *settings, const char *format, ...)
{
    char line[400];
    va_list ap;

    if (!settings->log)
        return;
    va_start(ap, format);
    vsnprintf(line, sizeof line, format, ap);
    va_end(ap);
    for (char *p = line; *p; p++)
        if (*p < ' ' || *p > '~')
            *p = '?';
    settings->log(line);
}

const struct serve_protocol *serve_find_protocol(const struct serve_settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->listener_count; i++)
        if (strcmp(settings->listeners[i].protocol->name, name) == 0)
            return settings->listeners[i].protocol;
    return NULL;
}

/* ---- who is there */

void serve_get_peer(int fd, struct sockaddr_storage *peer)
{
    socklen_t n = sizeof *peer;

    memset(peer, 0, sizeof *peer);
    if (getpeername(fd, (struct sockaddr *)peer, &n) < 0)
        peer->ss_family = AF_UNSPEC;
}

void serve_print_peer(char text[SERVE_PEER], const struct sockaddr_storage *peer)
{
    struct buf words;

    buf_init(&words, SERVE_PEER - 1);
    log_add_address(&words, (const struct sockaddr *)peer);
    snprintf(text, SERVE_PEER, "%s", words.p ? words.p : "");
    buf_free(&words);
}

bool serve_is_loopback(const struct sockaddr_storage *peer)
{
    struct address address = address_of((const struct sockaddr *)peer);

    return peer->ss_family == AF_UNIX || address_is_loopback(&address);
}
