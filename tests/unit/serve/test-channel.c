/* Records from anybody: what is none is refused, and no descriptor stays behind. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "serve/channel.h"
#include "serve/session.h"

static int ends[2];
static struct channel_record record, got;

static void enter(void)
{
    cr_assert_eq(channel_pair(ends, NULL), 0);
    memset(&record, 'x', sizeof record);
}

static void leave(void)
{
    close(ends[0]);
    close(ends[1]);
}

TestSuite(channel, .init = enter, .fini = leave);

static int open_count(void)
{
    int n = 0;

    for (int fd = 0; fd < 100; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

static enum channel_status receive(int *descriptor)
{
    return channel_receive(ends[1], &got, descriptor, NULL, 0);
}

Test(channel, records_come_as_they_went)
{
    int descriptor;

    record.kind = CHANNEL_ANSWER;
    record.is.bytes.n = 5;
    memcpy(record.is.bytes.data, "a\0b\0c", 5);
    cr_assert_eq(channel_send(ends[0], &record, -1), 0);
    record.is.bytes.n = SASL_ANSWER_MAX;
    cr_assert_eq(channel_send(ends[0], &record, -1), 0);
    cr_assert_eq(receive(&descriptor), CHANNEL_OK);
    cr_assert(got.kind == CHANNEL_ANSWER && got.is.bytes.n == 5 && descriptor == -1);
    cr_assert_eq(memcmp(got.is.bytes.data, "a\0b\0c", 5), 0);
    cr_assert_eq(receive(&descriptor), CHANNEL_OK);
    cr_assert(got.is.bytes.n == SASL_ANSWER_MAX && got.is.bytes.data[SASL_ANSWER_MAX - 1] == 'x');
    cr_assert_eq(receive(&descriptor), CHANNEL_LATE);
}

Test(channel, a_descriptor_goes_along_and_is_closed_on_exec)
{
    int descriptor, mine = dup(ends[0]);

    record.kind = CHANNEL_GRANT;
    cr_assert_eq(channel_send(ends[0], &record, mine), 0);
    cr_assert_eq(receive(&descriptor), CHANNEL_OK);
    cr_assert(descriptor >= 0 && descriptor != mine);
    cr_assert_eq(fcntl(descriptor, F_GETFD), FD_CLOEXEC);
    close(descriptor);
    close(mine);
}

Test(channel, what_needs_a_descriptor_does_not_come_without)
{
    int descriptor;

    record.kind = CHANNEL_GRANT;
    cr_assert_eq(channel_send(ends[0], &record, -1), 0);
    cr_assert_eq(receive(&descriptor), CHANNEL_BAD);
}

Test(channel, lengths_that_lie_are_refused_and_not_sent)
{
    int descriptor;

    record.kind = CHANNEL_ANSWER;
    record.is.bytes.n = SASL_ANSWER_MAX + 1;
    cr_assert_eq(channel_send(ends[0], &record, -1), -1);
    record.is.bytes.n = 10;
    send(ends[0], &record, offsetof(struct channel_record, is.bytes.data) + 9, 0);
    cr_assert_eq(receive(&descriptor), CHANNEL_BAD);
    send(ends[0], &record, offsetof(struct channel_record, is.bytes.data) + 11, 0);
    cr_assert_eq(receive(&descriptor), CHANNEL_BAD);
    record.is.bytes.n = UINT32_MAX;
    send(ends[0], &record, offsetof(struct channel_record, is.bytes.data), 0);
    cr_assert_eq(receive(&descriptor), CHANNEL_BAD);
    send(ends[0], &record, 0, 0); /* which is not the end */
    cr_assert_eq(receive(&descriptor), CHANNEL_BAD);
    send(ends[0], &record, 2, 0);
    cr_assert_eq(receive(&descriptor), CHANNEL_BAD);
}

Test(channel, every_kind_in_every_length_leaves_the_receiver_whole)
{
    static char bytes[sizeof(struct channel_record) + 10];
    int descriptor;

    for (uint32_t kind = 0; kind < 20; kind++)
        for (size_t n = 1; n <= sizeof bytes; n += n < 300 ? 1 : 97) {
            memset(bytes, 0, sizeof bytes);
            memcpy(bytes, &kind, sizeof kind);
            cr_assert_eq(send(ends[0], bytes, n, 0), (ssize_t)n);
            receive(&descriptor);
            cr_assert_eq(descriptor, -1);
        }
    close(ends[0]);
    cr_assert_eq(receive(&descriptor), CHANNEL_END);
}

Test(channel, descriptors_of_what_is_refused_are_closed)
{
    struct {
        struct cmsghdr head;
        int fds[2];
    } control = {{.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(2 * sizeof(int))},
                 {ends[0], ends[1]}};
    struct iovec piece = {&record, 4};
    struct msghdr message = {
        .msg_iov = &piece, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    int before = open_count(), descriptor;

    record.kind = CHANNEL_READY;
    control.head.cmsg_len = CMSG_LEN(sizeof(int));
    message.msg_controllen = CMSG_SPACE(sizeof(int));
    record.kind = 99;
    cr_assert_geq(sendmsg(ends[0], &message, 0), 0);
    cr_assert_eq(receive(&descriptor), CHANNEL_BAD);
    cr_assert_eq(open_count(), before);
    record.kind = CHANNEL_READY;
    control.head.cmsg_len = CMSG_LEN(2 * sizeof(int)); /* two: more than go with any record */
    message.msg_controllen = CMSG_SPACE(2 * sizeof(int));
    cr_assert_geq(sendmsg(ends[0], &message, 0), 0);
    cr_assert_eq(receive(&descriptor), CHANNEL_BAD);
    cr_assert_eq(open_count(), before);
}

Test(channel, an_answer_never_waits)
{
    int sent = 0;

    record.kind = CHANNEL_CHALLENGE;
    record.is.bytes.n = SASL_ANSWER_MAX;
    while (sent < 10000 && channel_answer(ends[0], &record, -1) == 0)
        sent++;
    cr_assert(sent > 0 && sent < 10000);
}

Test(session, root_is_not_served_and_others_only_by_root)
{
    struct serve_account account = {.uid = 0, .gid = 0, .name = "root", .home = "/"};

    cr_assert_eq(session_become(&account, NULL), -1);
    account.uid = 64999;
    account.gid = 64999;
    if (geteuid() == 0)
        cr_assert_eq(setresuid(64998, 64998, 64998), 0);
    cr_assert_eq(session_become(&account, NULL), -1);
}

Test(session, a_virtual_user_has_no_groups_of_a_system_user)
{
    struct serve_account account = {.uid = 64999, .gid = 64998, .name = "daemon", .home = "/"};
    gid_t groups[100];

    if (geteuid() != 0)
        cr_skip_test("it takes root");
    cr_assert_eq(session_become(&account, NULL), 0);
    cr_assert(getuid() == 64999 && geteuid() == 64999 && getgid() == 64998);
    cr_assert_eq(getgroups(100, groups), 1);
    cr_assert_eq(groups[0], 64998);
}
