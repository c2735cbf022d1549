/* Sessions on a mailbox, as dialogues: what the client sends in one go, and all that comes back. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/peer.h"
#include <signal.h>

#include "folder/view.h"
#include "pop3/pop3.h"

static char dir[] = P_tmpdir "/mailweir-XXXXXX";
static struct pop3_mailbox mailbox = {FOLDER_MAILDIR, "m", NULL};
static struct pop3_limits limits;
static struct pop3_account account;
static enum pop3_end ending;
static struct buf heard;

static void make(const char *name, const char *text)
{
    FILE *file = fopen(name, "w");

    cr_assert_not_null(file);
    cr_assert(fputs(text, file) >= 0);
    cr_assert_eq(fclose(file), 0);
}

static void enter(void)
{
    buf_init(&heard, BUF_UNLIMITED);
    cr_assert_not_null(mkdtemp(dir));
    cr_assert_eq(chdir(dir), 0);
    cr_assert_eq(mkdir("m", 0700) | mkdir("m/new", 0700) | mkdir("m/cur", 0700), 0);
    clock_set(0x1000);
    make("m/new/1.1.h", "Subject: a\n\none\ntwo\n.three\n");
    make("m/cur/2.1.h:2,S", "Subject: b\n\n");
    make("m/new/3.1.h", "Subject: c\r\n\r\nno newline");
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

static void leave(void)
{
    buf_free(&heard);
    cr_assert_eq(chdir("/"), 0);
    cr_assert_eq(nftw(dir, remove_one, 20, FTW_DEPTH | FTW_PHYS), 0);
}

TestSuite(pop3, .init = enter, .fini = leave);

/* Everything that is said to somebody who has just logged in, without the greeting. */
static const char *dialogue_bytes(const char *said, size_t n)
{
    static const char greeting[] = "+OK 3 messages (70 octets)\r\n";
    struct peer peer;

    buf_cut(&heard, 0);
    peer_open(&peer, NULL);
    peer_say(&peer, said, n);
    peer_hang_up(&peer);
    ending = pop3_serve(peer.s, &mailbox, &limits, &account, NULL);
    peer_finish(&peer, &heard);
    if (strncmp(heard.p, greeting, sizeof greeting - 1) == 0)
        return heard.p + sizeof greeting - 1;
    return heard.p;
}

static const char *dialogue(const char *said)
{
    return dialogue_bytes(said, strlen(said));
}

static int left(void)
{
    return (access("m/new/1.1.h", F_OK) == 0) + 2 * (access("m/cur/2.1.h:2,S", F_OK) == 0) +
           4 * (access("m/new/3.1.h", F_OK) == 0);
}

#define SAYS(said, answer) cr_expect_str_eq(dialogue(said), answer, "%s", heard.p)

Test(pop3, what_is_there_is_told)
{
    SAYS("STAT\r\nLIST\r\nLIST 2\r\nUIDL\r\nUIDL 3\r\nQUIT\r\n",
         "+OK 3 70\r\n+OK 3 messages (70 octets)\r\n1 32\r\n2 14\r\n3 24\r\n.\r\n+OK 2 14\r\n"
         "+OK 3 messages (70 octets)\r\n1 0000000100001000\r\n2 0000000200001000\r\n3 "
         "0000000300001000\r\n.\r\n"
         "+OK 3 0000000300001000\r\n+OK bye\r\n");
    cr_assert_eq(ending, POP3_BYE);
}

Test(pop3, texts_come_as_they_are_with_dots_stuffed)
{
    SAYS("RETR 1\r\nRETR 2\r\nretr 3\r\n",
         "+OK 32 octets\r\nSubject: a\r\n\r\none\r\ntwo\r\n..three\r\n.\r\n+OK 14 octets\r\nSubject: "
         "b\r\n\r\n.\r\n"
         "+OK 24 octets\r\nSubject: c\r\n\r\nno newline\r\n.\r\n");
    cr_assert_eq(account.retrieved, 3);
    cr_assert_eq(ending, POP3_LOST);
    cr_assert_eq(left(), 7);
}

Test(pop3, top_has_the_header_and_so_many_lines)
{
    SAYS("TOP 1 0\r\nTOP 1 2\r\nTOP 1 99\r\nTOP 3 1\r\n",
         "+OK top of message 1\r\nSubject: a\r\n\r\n.\r\n"
         "+OK top of message 1\r\nSubject: a\r\n\r\none\r\ntwo\r\n.\r\n"
         "+OK top of message 1\r\nSubject: a\r\n\r\none\r\ntwo\r\n..three\r\n.\r\n"
         "+OK top of message 3\r\nSubject: c\r\n\r\nno newline\r\n.\r\n");
}

Test(pop3, deletion_comes_with_quit)
{
    SAYS("DELE 2\r\nSTAT\r\nLIST\r\nRETR 2\r\nDELE 2\r\nUIDL 2\r\nTOP 2 0\r\nQUIT\r\n",
         "+OK message 2 is marked as deleted\r\n+OK 2 56\r\n+OK 2 messages (56 octets)\r\n1 32\r\n3 "
         "24\r\n.\r\n"
         "-ERR message 2 is marked as deleted\r\n-ERR message 2 is marked as deleted\r\n"
         "-ERR message 2 is marked as deleted\r\n-ERR message 2 is marked as deleted\r\n+OK bye\r\n");
    cr_assert_eq(left(), 5);
    cr_assert_eq(account.removed, 1);
}

Test(pop3, without_quit_nothing_is_deleted)
{
    SAYS("DELE 1\r\nDELE 2\r\n",
         "+OK message 1 is marked as deleted\r\n+OK message 2 is marked as deleted\r\n");
    cr_assert_eq(left(), 7);
    SAYS("DELE 1\r\nQUI", "+OK message 1 is marked as deleted\r\n");
    cr_assert_eq(left(), 7);
    SAYS("DELE 1\r\nQUIT now\r\n",
         "+OK message 1 is marked as deleted\r\n-ERR that command has other arguments\r\n");
    cr_assert_eq(left(), 7);
}

Test(pop3, rset_takes_marks_back)
{
    SAYS("DELE 1\r\nDELE 3\r\nRSET\r\nSTAT\r\nDELE 2\r\nQUIT\r\n",
         "+OK message 1 is marked as deleted\r\n+OK message 3 is marked as deleted\r\n"
         "+OK nothing is marked as deleted\r\n+OK 3 70\r\n+OK message 2 is marked as deleted\r\n+OK bye\r\n");
    cr_assert_eq(left(), 5);
}

Test(pop3, numbers_that_are_none)
{
    static const char *const bad[] = {"RETR 0",          "RETR 4", "RETR 4294967297",
                                      "LIST 9999999999", "DELE 4", "TOP 4 1"};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char said[40];

        snprintf(said, sizeof said, "%s\r\n", bad[i]);
        SAYS(said, "-ERR there is no such message, only 3 in all\r\n");
    }
    SAYS("RETR -1\r\nRETR 1x\r\nRETR 99999999999999999999\r\nTOP 1 -1\r\nTOP 1 x\r\nUIDL \t x\r\n",
         "-ERR that is no message number\r\n-ERR that is no message number\r\n-ERR that is no message "
         "number\r\n"
         "-ERR that is no number of lines\r\n-ERR that is no number of lines\r\n-ERR that is no message "
         "number\r\n");
}

Test(pop3, commands_that_are_none)
{
    SAYS("\r\nFOO\r\nRETR\r\nRETR 1 2\r\nTOP 1\r\nSTAT 1\r\nNOOP x y z\r\nUSER a\r\nSTLS\r\nAUTH "
         "PLAIN\r\nRETRX 1\r\nNOOP\r\n",
         "-ERR no such command\r\n-ERR no such command\r\n-ERR that command has other arguments\r\n"
         "-ERR that command has other arguments\r\n-ERR that command has other arguments\r\n"
         "-ERR that command has other arguments\r\n-ERR that command has other arguments\r\n"
         "-ERR you are logged in already\r\n-ERR you are logged in already\r\n-ERR you are logged in "
         "already\r\n"
         "-ERR no such command\r\n+OK yes\r\n");
}

Test(pop3, lines_that_are_none)
{
    static const char said[] = "NO\0OP\r\nNO\rOP\r\nnoop\nNOOP  \r\n";
    char long_line[400];

    cr_expect_str_eq(dialogue_bytes(said, sizeof said - 1),
                     "-ERR that line has bytes in it that no command has\r\n"
                     "-ERR that line has bytes in it that no command has\r\n+OK yes\r\n+OK yes\r\n");
    memset(long_line, 'x', sizeof long_line);
    strcpy(long_line + 300, "\r\nNOOP\r\n");
    SAYS(long_line, "-ERR that line is too long\r\n+OK yes\r\n");
}

Test(pop3, too_much_nonsense_ends_it)
{
    limits.bad = 3;
    SAYS("DELE 1\r\nx\r\nx\r\nx\r\nQUIT\r\n",
         "+OK message 1 is marked as deleted\r\n-ERR no such command\r\n-ERR no such command\r\n"
         "-ERR no such command; too many such commands, bye\r\n");
    cr_assert_eq(ending, POP3_LOST);
    cr_assert_eq(left(), 7);
    limits.bad = 0;
}

Test(pop3, ten_thousand_commands_at_once)
{
    struct peer peer;
    pid_t client;
    struct buf said;
    int status;

    buf_init(&said, BUF_UNLIMITED);
    for (int i = 0; i < 10000; i++)
        buf_add_text(&said, "NOOP\r\n");
    buf_add_text(&said, "QUIT\r\n");
    peer_open(&peer, NULL);
    client = fork();
    if (client == 0) { /* both ends in one process would wait for one another */
        stream_close(peer.s);
        if (write(peer.fd, said.p, said.n) != (ssize_t)said.n)
            _exit(1);
        while (read(peer.fd, dir, 1) > 0)
            ;
        _exit(0);
    }
    close(peer.fd);
    cr_assert_eq(pop3_serve(peer.s, &mailbox, &limits, &account, NULL), POP3_BYE);
    stream_close(peer.s);
    cr_assert_eq(waitpid(client, &status, 0), client);
    cr_assert_eq(status, 0);
    buf_free(&said);
}

Test(pop3, a_slow_client_is_told)
{
    struct peer peer;

    limits.idle_ms = 50;
    peer_open(&peer, NULL);
    PEER_SAY(&peer, "DELE 1\r\nNO");
    ending = pop3_serve(peer.s, &mailbox, &limits, &account, NULL);
    peer_finish(&peer, &heard);
    limits.idle_ms = 0;
    cr_assert_eq(ending, POP3_LOST);
    cr_assert_not_null(strstr(heard.p, "-ERR [SYS/TEMP] no command for too long; nothing was deleted\r\n"));
    cr_assert_eq(left(), 7);
}

Test(pop3, capabilities_and_languages)
{
    limits.login_delay = 60;
    SAYS("CAPA\r\nLANG\r\nLANG *\r\nLANG en\r\nLANG de\r\n",
         "+OK\r\nTOP\r\nUIDL\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\nUTF8 USER\r\nLANG\r\nEXPIRE "
         "NEVER\r\n"
         "LOGIN-DELAY 60\r\nIMPLEMENTATION mailweir\r\n.\r\n+OK languages:\r\ni-default English\r\nen "
         "English\r\n.\r\n"
         "+OK en English\r\n+OK en English\r\n-ERR that language is not spoken here\r\n");
    limits.login_delay = 0;
}

Test(pop3, numbers_stay_while_others_change_the_folder)
{
    struct peer peer;

    peer_open(&peer, NULL);
    PEER_SAY(&peer, "RETR 2\r\n");
    if (fork() == 0) {
        usleep(200000);
        rename("m/new/1.1.h", "m/cur/1.1.h:2,S");
        unlink("m/cur/2.1.h:2,S");
        make("m/new/0.1.h", "Subject: new\n\n");
        PEER_SAY(&peer, "RETR 2\r\nRETR 1\r\nSTAT\r\nDELE 2\r\nDELE 3\r\nQUIT\r\n");
        _exit(0);
    }
    cr_assert_eq(pop3_serve(peer.s, &mailbox, &limits, &account, NULL), POP3_BYE);
    wait(NULL);
    peer_finish(&peer, &heard);
    cr_assert_not_null(strstr(heard.p, "-ERR [SYS/PERM] message 2 is gone: another program has removed it\r\n"
                                       "+OK 32 octets\r\nSubject: a\r\n"));
    cr_assert_eq(access("m/new/3.1.h", F_OK), -1);
    cr_assert_eq(access("m/cur/1.1.h:2,S", F_OK), 0);
    cr_assert_eq(access("m/new/0.1.h", F_OK), 0, "what came since stays");
}

Test(pop3, one_session_at_a_time)
{
    int ready[2];
    char byte;
    pid_t other;

    cr_assert_eq(pipe(ready), 0);
    other = fork();
    if (other == 0) {
        struct err err;

        _exit(view_claim(FOLDER_MAILDIR, "m", NULL, &err) >= 0 && write(ready[1], "x", 1) == 1 ? pause() : 1);
    }
    cr_assert_eq(read(ready[0], &byte, 1), 1);
    SAYS("STAT\r\n", "-ERR [IN-USE] another session has this mailbox open\r\n");
    cr_assert_eq(ending, POP3_NEVER);
    kill(other, SIGKILL);
    waitpid(other, NULL, 0);
    SAYS("NOOP\r\n", "+OK yes\r\n");
}

Test(pop3, a_mailbox_that_is_not_there_is_empty)
{
    mailbox.path = "none";
    SAYS("STAT\r\nLIST\r\nQUIT\r\n",
         "+OK 0 messages (0 octets)\r\n+OK 0 0\r\n+OK 0 messages (0 octets)\r\n.\r\n+OK bye\r\n");
    mailbox.path = "m";
}

Test(pop3, what_is_no_mailbox_is_refused)
{
    make("file", "no mbox\n");
    mailbox = (struct pop3_mailbox){FOLDER_MBOX, "file", NULL};
    SAYS("STAT\r\n", "-ERR [SYS/PERM] your mailbox cannot be opened\r\n");
    mailbox = (struct pop3_mailbox){FOLDER_MAILDIR, "m", NULL};
}
