/*
 * The header by which a proxy in front of us says who its client is: the PROXY protocol, version 2, and
 * version 1, which is all that stunnel speaks.  Bytes in, an answer out; whether the sender may say such
 * things is the listener's question (conf_trusts_proxy()).
 *
 * Whatever does not keep to the protocol to the byte is refused: who connects past the proxy must get
 * nowhere.
 */
#ifndef MAILWEIR_SERVE_PROXY_H
#define MAILWEIR_SERVE_PROXY_H

#include <stdbool.h>
#include <sys/socket.h>

#include "base/span.h"

enum {
    PROXY_V1_MAX = 107,  /* with its CRLF */
    PROXY_V2_MAX = 4096, /* longer ones are refused; certificates do not belong there */
};

enum proxy_status {
    PROXY_MORE, /* so far it could be one */
    PROXY_DONE,
    PROXY_BAD,
};

struct proxy {
    size_t n;   /* bytes of the header; what follows is the client's */
    bool known; /* false: the proxy's own connection, or a client without an address: the socket's peer holds
                 */
    bool tls_told; /* whether he speaks TLS was said (PP2_TYPE_SSL) */
    bool tls;      /* the client speaks TLS with the proxy (version 2, PP2_TYPE_SSL) */
    struct sockaddr_storage from, to;
    const char *reason; /* of PROXY_BAD */
};

enum proxy_status proxy_parse(struct span bytes, struct proxy *proxy);

#endif
