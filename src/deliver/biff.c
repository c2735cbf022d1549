#include "deliver/biff.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct sockaddr_in biff_usual(void)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET,
        .sin_port = htons(IPPORT_BIFFUDP),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
}

/* As in 3.22 a number may be any, and be followed by anything. */
static int find_service(struct sockaddr_in *to, const char *service)
{
    const struct servent *entry;
    char *end;
    long number = strtol(service, &end, 10);

    if (end != service) {
        to->sin_port = htons((uint16_t)number);
        return 0;
    }
    entry = getservbyname(service, "udp");
    if (entry)
        to->sin_port = (in_port_t)entry->s_port;
    return entry ? 0 : -1;
}

static int find_host(struct sockaddr_in *to, const char *host)
{
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_DGRAM}, *found;
    struct sockaddr_in address;

    if (getaddrinfo(host, NULL, &hints, &found))
        return -1;
    memcpy(&address, found->ai_addr, sizeof address);
    to->sin_addr = address.sin_addr;
    freeaddrinfo(found);
    return 0;
}

int biff_find(struct sockaddr_in *to, const char *service, const char *host)
{
    *to = biff_usual();
    if (*service && find_service(to, service))
        return -1;
    return *host ? find_host(to, host) : 0;
}

void biff_send(const struct sockaddr_in *to, struct span text)
{
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return;
    if (sendto(fd, text.p, text.n, MSG_DONTWAIT, (const struct sockaddr *)to, sizeof *to) < 0) {
        /* nobody listens */
    }
    close(fd);
}
