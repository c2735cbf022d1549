/*
 * A client that binds the channel: SCRAM-SHA-256-PLUS in TLS, which no other client at hand can do.
 *
 *     serve-binding PORT CERTIFICATE PASSWORD [wrong]      prints the last answer; "wrong": as if TLS ended
 * somewhere else
 */
#include <arpa/inet.h>
#include <gsasl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/base64.h"
#include "net/line.h"
#include "net/tls.h"

static struct stream *stream;
static struct line_reader reader;

static struct span hear(void)
{
    struct span line = SPAN_NULL;

    if (line_read(&reader, stream, &line) != LINE_OK)
        exit(1);
    return line;
}

static void connect_to(int port, const char *trusted)
{
    static const struct line_rules rules = {.max = 4000};
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct err err = {0};
    struct tls *tls = tls_client_new(trusted, &err);

    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (!tls || connect(fd, (struct sockaddr *)&at, sizeof at) < 0)
        exit(1);
    stream = stream_open(fd, fd, NULL);
    stream_set_deadline(stream, 20000);
    line_reader_init(&reader, &rules);
    if (stream_start_tls(stream, tls, "localhost") != STREAM_OK) {
        fprintf(stderr, "%s\n", stream_reason(stream));
        exit(1);
    }
    hear();
}

static Gsasl_session *begin(const char *password, bool wrong)
{
    Gsasl *library;
    Gsasl_session *session;
    struct buf binding, text;

    buf_init(&binding, 100);
    buf_init(&text, 200);
    if (gsasl_init(&library) != GSASL_OK ||
        gsasl_client_start(library, "SCRAM-SHA-256-PLUS", &session) != GSASL_OK ||
        tls_channel_binding(stream, "tls-exporter", &binding) < 0)
        exit(1);
    if (wrong)
        binding.p[0] ^= 1;
    base64_encode(buf_span(&binding), &text);
    gsasl_property_set(session, GSASL_AUTHID, "joe");
    gsasl_property_set(session, GSASL_PASSWORD, password);
    gsasl_property_set(session, GSASL_CB_TLS_EXPORTER, text.p);
    return session;
}

int main(int argc, char **argv)
{
    Gsasl_session *session;
    char *said;
    struct span line;

    if (argc < 4)
        return 64;
    connect_to(atoi(argv[1]), argv[2]);
    session = begin(argv[3], argc > 4);
    stream_printf(stream, "AUTH SCRAM-SHA-256-PLUS\r\n");
    for (line = hear(); span_starts(line, "+ "); line = hear()) {
        char *challenge = strndup(line.p + 2, line.n - 2);
        int status = gsasl_step64(session, challenge, &said);

        if (status != GSASL_OK && status != GSASL_NEEDS_MORE)
            return 1;
        stream_printf(stream, "%s\r\n", said);
        gsasl_free(said);
        free(challenge);
    }
    printf("%.*s\n", (int)line.n, line.p);
    stream_close(stream);
    return 0;
}
