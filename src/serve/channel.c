#include "serve/channel.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

/* What a kind has: fixed fields, and behind them so many bytes as a field says. */
static const struct {
    size_t fixed;
    size_t count; /* offset of that field in the record; 0: none */
    size_t most;
    bool descriptor; /* one comes with it, always */
} kinds[] = {
#define BYTES                                                                                    \
    offsetof(struct channel_record, is.bytes.data), offsetof(struct channel_record, is.bytes.n), \
        SASL_ANSWER_MAX
#define EMPTY offsetof(struct channel_record, is), 0, 0
#define FIXED(type) offsetof(struct channel_record, is) + sizeof(struct type), 0, 0
    [CHANNEL_LOGIN] = {offsetof(struct channel_record, is.login.data),
                       offsetof(struct channel_record, is.login.n), SASL_ANSWER_MAX, true},
    [CHANNEL_CHALLENGE] = {BYTES, false},
    [CHANNEL_NO] = {FIXED(channel_no), false},
    [CHANNEL_FAULT] = {EMPTY, false},
    [CHANNEL_LATER] = {EMPTY, false},
    [CHANNEL_YES] = {BYTES, false},
    [CHANNEL_ANSWER] = {BYTES, false},
    [CHANNEL_GRANT] = {FIXED(channel_grant), true},
    [CHANNEL_READY] = {EMPTY, false},
    [CHANNEL_START] = {offsetof(struct channel_record, is.start.ahead),
                       offsetof(struct channel_record, is.start.n), CHANNEL_AHEAD, false},
    [CHANNEL_FLOOD] = {FIXED(channel_flood), false},
    [CHANNEL_FAILED] = {FIXED(channel_failed), true},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

union control {
    char bytes[CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(struct ucred))];
    struct cmsghdr align;
};

/* 0: it makes no sense. */
static size_t length_of(const struct channel_record *record)
{
    uint32_t n = 0;

    if (record->kind < CHANNEL_LOGIN || record->kind >= KINDS)
        return 0;
    if (kinds[record->kind].count)
        memcpy(&n, (const char *)record + kinds[record->kind].count, sizeof n);
    return n <= kinds[record->kind].most ? kinds[record->kind].fixed + n : 0;
}

int channel_pair(int ends[2], struct err *err)
{
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0)
        return err_set_errno(err, ERR_TEMP, "cannot make a channel");
    return 0;
}

static int send_record(int fd, const struct channel_record *record, int descriptor, int flags)
{
    union control control;
    size_t n = length_of(record);
    struct iovec piece = {.iov_base = (void *)record, .iov_len = n};
    struct msghdr message = {.msg_iov = &piece, .msg_iovlen = 1};
    ssize_t sent;

    if (n == 0)
        return -1;
    if (descriptor >= 0) {
        struct cmsghdr *head = &control.align;

        memset(&control, 0, sizeof control);
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(sizeof descriptor);
        *head = (struct cmsghdr){
            .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof descriptor)};
        memcpy(CMSG_DATA(head), &descriptor, sizeof descriptor);
    }
    do
        sent = sendmsg(fd, &message, MSG_NOSIGNAL | flags);
    while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)n ? 0 : -1;
}

int channel_send(int fd, const struct channel_record *record, int descriptor)
{
    return send_record(fd, record, descriptor, 0);
}

int channel_answer(int fd, const struct channel_record *record, int descriptor)
{
    return send_record(fd, record, descriptor, MSG_DONTWAIT);
}

int channel_send_within(int fd, const struct channel_record *record, int descriptor, long ms)
{
    long long until = clock_ms() + ms, left = ms;

    for (;;) {
        struct pollfd p = {.fd = fd, .events = POLLOUT};

        if (poll(&p, 1, (int)left) > 0 && send_record(fd, record, descriptor, MSG_DONTWAIT) == 0)
            return 0;
        left = until - clock_ms();
        if (left <= 0 || (p.revents && errno != EAGAIN && errno != EWOULDBLOCK))
            return -1;
    }
}

/* One at most is wanted; however many came, none is left behind.  true: it was one, or none. */
static bool take_descriptors(const struct cmsghdr *head, int *descriptor)
{
    size_t n = (head->cmsg_len - CMSG_LEN(0)) / sizeof *descriptor;
    const unsigned char *at = CMSG_DATA(head);
    bool one = n == 1 && *descriptor < 0;

    for (size_t i = 0; i < n; i++) {
        int fd;

        memcpy(&fd, at + i * sizeof fd, sizeof fd);
        if (one)
            *descriptor = fd;
        else
            close(fd);
    }
    return one;
}

static bool take_control(struct msghdr *message, int *descriptor, pid_t *pid)
{
    bool fine = true;

    for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head; head = CMSG_NXTHDR(message, head)) {
        struct ucred who;

        if (head->cmsg_level != SOL_SOCKET)
            continue;
        if (head->cmsg_type == SCM_RIGHTS && !take_descriptors(head, descriptor))
            fine = false;
        if (head->cmsg_type == SCM_CREDENTIALS && pid) {
            memcpy(&who, CMSG_DATA(head), sizeof who);
            *pid = who.pid;
        }
    }
    return fine;
}

static bool is_there(int fd, long ms)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    int n;

    do
        n = poll(&p, 1, (int)ms);
    while (n < 0 && errno == EINTR);
    return n > 0;
}

bool channel_has_ended(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};

    return poll(&p, 1, 0) > 0 && p.revents & POLLHUP;
}

enum channel_status channel_receive(int fd, struct channel_record *record, int *descriptor, pid_t *pid,
                                    long ms)
{
    union control control;
    struct iovec piece = {.iov_base = record, .iov_len = sizeof *record};
    struct msghdr message = {
        .msg_iov = &piece, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control};
    ssize_t got;
    bool fine;

    *descriptor = -1;
    if (ms >= 0 && !is_there(fd, ms))
        return CHANNEL_LATE;
    do
        got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC | (ms >= 0 ? MSG_DONTWAIT : 0));
    while (got < 0 && errno == EINTR);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) /* another has it */
        return CHANNEL_LATE;
    if (got < 0)
        return CHANNEL_END;
    fine = take_control(&message, descriptor, pid);
    if (got == 0 && channel_has_ended(fd)) /* a record of no bytes looks like the end */
        return CHANNEL_END;
    if (fine && !(message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) && got >= (ssize_t)sizeof record->kind &&
        (size_t)got >= (record->kind < KINDS ? kinds[record->kind].fixed : SIZE_MAX) &&
        (size_t)got == length_of(record) && (*descriptor >= 0 || !kinds[record->kind].descriptor))
        return CHANNEL_OK;
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
    return CHANNEL_BAD;
}

void channel_ask_pid(int fd)
{
    int on = 1;

    setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
}

bool channel_is_text(const char *field, size_t size)
{
    return memchr(field, '\0', size) != NULL;
}
