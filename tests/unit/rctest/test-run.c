#include <criterion/criterion.h>

#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rctest/suite.h"

/* One test against a program that is a shell script; the verdict, and the report in *report. */
static enum verdict run(const char *script, const char *text, const char *peer, struct buf *report)
{
    struct arena *arena = arena_new();
    struct buf faults;
    char path[] = "/tmp/rctest-unit-XXXXXX", peer_path[] = "/tmp/rctest-unit-XXXXXX";
    const char *scripts[] = {script, peer};
    char *paths[] = {path, peer_path};
    struct suite suite = {.program = path, .peer = peer ? peer_path : NULL, .tries = 1, .coverage_fd = -1};
    struct rctest *test;
    enum verdict verdict;

    for (int i = 0; i < (peer ? 2 : 1); i++) {
        int fd = mkstemp(paths[i]);

        dprintf(fd, "#!/bin/sh\n%s\n", scripts[i]);
        fchmod(fd, 0755);
        close(fd);
    }
    buf_init(&faults, BUF_UNLIMITED);
    test = rctest_parse(arena, "t", span_of(text), &faults);
    cr_assert_not_null(test, "%s", faults.p);
    verdict = suite_run_test(&suite, test, report);
    buf_free(&faults);
    arena_free(arena);
    for (int i = 0; i < (peer ? 2 : 1); i++)
        unlink(paths[i]);
    return verdict;
}

static const char message[] = "=== t\n--- message\nhello\n";

Test(rctest_run, expectations)
{
    static const struct {
        const char *script, *expectation;
        enum verdict verdict;
    } cases[] = {
        {"exit 0", "", VERDICT_SKIPPED},
        {"exit 3", "--- expect exit 3\n", VERDICT_OK},
        {"exit 3", "--- expect absent x\n", VERDICT_FAILED},
        {"cat >got", "--- expect file got\nhello\n", VERDICT_OK},
        {"cat >got", "--- expect file got\nhullo\n", VERDICT_FAILED},
        {"cat", "--- expect stdout\nhello\n", VERDICT_OK},
        {"echo a >&2", "--- expect stderr\na\n", VERDICT_OK},
        {"pwd", "--- expect stdout\n$HOME\n", VERDICT_OK},
        {"while case $1 in --*) ;; *) false ;; esac; do shift; done; echo \"$@\"",
         "--- args\none\ntwo\n--- expect stdout\none two\n", VERDICT_OK},
        {"echo $X", "--- env\nX=$HOME\n--- expect stdout\n$HOME\n", VERDICT_OK},
        {"mkdir d; chmod 751 d", "--- expect mode 0751 d\n--- expect dir d\n", VERDICT_OK},
        {"mkdir d", "--- expect mode 0700 d\n", VERDICT_FAILED},
        {"mkdir d; echo a >d/1; echo b >d/2", "--- expect folder d\nb\n--- expect folder d\na\n", VERDICT_OK},
        {"mkdir d; echo a >d/1; echo b >d/2", "--- expect folder d\na\n", VERDICT_FAILED},
        {"mkdir -p d/new; echo a >d/new/1", "--- expect folder d\na\n", VERDICT_OK},
        {"mkdir -p d/new d/tmp; echo a >d/tmp/1", "--- expect folder d\na\n", VERDICT_FAILED},
        {"echo one >log; echo two >>log", "--- expect log-line\ntwo\n--- expect no-log-line\nthree\n",
         VERDICT_OK},
        {"echo one >log", "--- expect log-line\ntwo\n", VERDICT_FAILED},
        {"echo one >log", "--- expect no-log-line\none\n", VERDICT_FAILED},
        {"echo one >log", "--- expect log\none\n", VERDICT_OK},
        {"echo one >mine", "--- expect log mine\none\n", VERDICT_OK},
        {"cat sub/f; stat -c %a sub/f", "--- file sub/f mode=0604\nF\n--- expect stdout\nF\n604\n",
         VERDICT_OK},
        {"readlink l", "--- link l\n$HOME/x\n--- expect stdout\n$HOME/x\n", VERDICT_OK},
        {"kill -9 $$", "--- expect exit 0\n", VERDICT_FAILED},
        {"(sleep 1; echo late >late) & exit 0", "--- expect file late\nlate\n", VERDICT_OK},
        {"sleep 20", "--- limit 1\n--- expect exit 0\n", VERDICT_FAILED},
        {"printf 'From a\\n\\nFrom b\\n\\nFrom c\\n\\n' >m", "--- expect count 3 m\n--- expect count 0 n\n",
         VERDICT_OK},
        {"printf 'From a\\n\\nFrom b\\n\\n' >m", "--- expect count 3 m\n", VERDICT_FAILED},
        {"mkdir d; echo a >d/1; echo a >d/.2", "--- expect count 1 d\n", VERDICT_OK},
        {"echo needle in hay >m", "--- expect contains m no-newline\ndle in\n", VERDICT_OK},
        {"mkdir d; echo hay >d/1; echo needle >d/2", "--- expect contains d\nneedle\n", VERDICT_OK},
        {"echo hay >m", "--- expect contains m\nneedle\n", VERDICT_FAILED},
        {"cat", "--- expect contains m\nneedle\n", VERDICT_FAILED},
        {"printf 'From a\\nA: 1\\nB: 2\\n  3\\n\\nC: 4\\n' >m", "--- expect header m\nb: 2  3\nA:1\n",
         VERDICT_OK},
        {"printf 'From a\\nA: 1\\nB: 2\\n  3\\n\\nC: 4\\n' >m", "--- expect header m\nC: 4\n",
         VERDICT_FAILED},
        {"printf 'A: 1\\n\\n\\nFrom x\\nB: 2\\n\\n' >m", "--- expect header m\nA: 1\nB: 2\n", VERDICT_FAILED},
        {"printf 'A: 12\\n\\n' >m", "--- expect header m\nA: 1\n", VERDICT_FAILED},
        {"printf x | .test/bin/p a 'b c'; exit $?",
         "--- stub p exit=3\n--- expect exit 3\n"
         "--- expect command p a b c no-newline\nx\n",
         VERDICT_OK},
        {".test/bin/p <&-", "--- stub p\nout\n--- expect stdout\nout\n--- expect command p\n", VERDICT_OK},
        {"printf x | .test/bin/p", "--- stub p pass\n--- expect stdout no-newline\nx\n", VERDICT_OK},
        {"printf x | .test/bin/sendmail -oi a", "--- expect forward a no-newline\nx\n--- expect stdout\n",
         VERDICT_OK},
        {"printf x | .test/bin/p", "--- stub p\n--- expect command p\ny\n", VERDICT_FAILED},
        {".test/bin/p a", "--- stub p\n--- expect command p b\n", VERDICT_FAILED},
        {".test/bin/p a; .test/bin/p a", "--- stub p\n--- expect command p a\n", VERDICT_FAILED},
        {".test/bin/p a", "--- stub p\n--- expect no-command p\n", VERDICT_FAILED},
        {".test/bin/p a", "--- stub p\n--- stub q\n--- expect no-command q\n", VERDICT_OK},
        {".test/bin/sendmail -oi a b", "--- expect forward a b\nhello\n", VERDICT_OK},
        {".test/bin/sendmail -oi a b", "--- expect forward a\n", VERDICT_FAILED},
        {".test/bin/sendmail -oi a b", "--- expect no-forward\n", VERDICT_FAILED},
        {"exit 0", "--- expect no-forward\n", VERDICT_OK},
        {".test/bin/sendmail -oi a b", "--- expect absent x\n", VERDICT_FAILED},
        {".test/bin/sendmail -oi a b", "--- stub sendmail\n--- expect absent x\n", VERDICT_OK},
        {".test/bin/sendmail a", "--- expect forward a\n--- message\ntwo\n--- expect absent x\n",
         VERDICT_FAILED},
        {"read x; [ $x = two ] || .test/bin/sendmail a",
         "--- expect forward a\n--- message\ntwo\n--- expect exit 0\n", VERDICT_OK},
        {"cat >>m", "--- expect file m\nhello\n--- message\ntwo\n--- expect file m\nhello\ntwo\n",
         VERDICT_OK},
        {"cat >>m", "--- expect file m\nhello\ntwo\n--- message\ntwo\n--- expect count 1 m\n",
         VERDICT_FAILED},
        {"read x; [ $x = hello ]", "--- message\ntwo\n--- expect absent m\n", VERDICT_FAILED},
        {"read x; [ $x = two ]", "--- message\ntwo\n--- expect absent m\n", VERDICT_FAILED},
        {"read x; [ $x = two ]", "--- expect exit 1\n--- message\ntwo\n--- expect exit 0\n", VERDICT_OK},
        {"eval \"printf 'A=b c\\\\0AB=\\\\0' >&${1#*=}\"",
         "--- expect variable A\nb c\n--- expect variable AB\n--- expect no-variable B\n", VERDICT_OK},
        {"eval \"printf 'A=b c\\\\0AB=\\\\0' >&${1#*=}\"", "--- expect variable A\nb\n", VERDICT_FAILED},
        {"eval \"printf 'A=b c\\\\0AB=\\\\0' >&${1#*=}\"", "--- expect no-variable AB\n", VERDICT_FAILED},
        {"exit 0", "--- expect variable A\n", VERDICT_FAILED},
        {"cat r", "--- rc-file /dev/null as=r\n--- expect stdout\n", VERDICT_OK},
        {"exit 0", "--- rc-file /not/there\n--- expect exit 0\n", VERDICT_FAILED},
        {"exit 0", "--- rc-file /tmp\n--- expect exit 0\n", VERDICT_FAILED},
        {"exit 0", "--- rc-file /dev/zero\n--- expect exit 0\n", VERDICT_FAILED},
        {"truncate -s 100M a", "--- expect exit 0\n", VERDICT_OK},
        {"truncate -s 100M a b", "--- expect exit 0\n", VERDICT_FAILED},
        {"truncate -s 100T a", "--- expect exit 0\n", VERDICT_FAILED},
        {"mkfifo p; ln -s p q", "--- expect exit 0\n", VERDICT_OK},
        {"cat -", "--- file ../x\n--- expect exit 0\n", VERDICT_FAILED},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf text, report;

        buf_init(&text, BUF_UNLIMITED);
        buf_init(&report, BUF_UNLIMITED);
        buf_printf(&text, "%s%s", message, cases[i].expectation);
        cr_expect_eq(run(cases[i].script, text.p, NULL, &report), cases[i].verdict, "%s: %s", cases[i].script,
                     report.p ? report.p : "");
        buf_free(&text);
        buf_free(&report);
    }
}

/* What takes a session of its own does not outlive its test. */
Test(rctest_run, nothing_gets_away, .timeout = 30)
{
    char path[] = "/tmp/rctest-unit-XXXXXX";
    FILE *noted = fdopen(mkstemp(path), "r+");
    struct buf script, report;
    int pid = 0;

    buf_init(&script, BUF_UNLIMITED);
    buf_init(&report, BUF_UNLIMITED);
    buf_printf(&script, "setsid sh -c 'echo $$ >%s; (setsid sleep 300 &); exec sleep 300' >&- 2>&- &", path);
    cr_expect_eq(run(script.p, "=== t\n--- message\n--- limit 1\n--- expect exit 0\n", NULL, &report),
                 VERDICT_FAILED);
    cr_expect_not_null(strstr(report.p, "limit of time"), "%s", report.p);
    cr_assert_eq(fscanf(noted, "%d", &pid), 1);
    cr_expect(kill(pid, 0) < 0, "%d is still running", pid);
    fclose(noted);
    unlink(path);
    buf_free(&script);
    buf_free(&report);
}

Test(rctest_run, peers)
{
    static const struct {
        const char *ours, *peer, *told; /* NULL: no difference */
    } cases[] = {
        {"exit 3", "exit 3", NULL},
        {"exit 3", "exit 4", "the peer ended with exit 4, ours with exit 3"},
        {"echo a", "echo b", "standard output differs"},
        {"echo a >&2", "echo b >&2", "standard error differs"},
        {"echo $PWD >f", "echo $PWD >f", NULL},
        {"echo a >f", "echo b >f", "f differs"},
        {"echo a >f", "exit 0", "only ours has file 'f'"},
        {"exit 0", "mkdir f", "only the peer has directory 'f'"},
        {"echo a >f", "echo a >f; chmod 601 f", "'f' differs: the peer's is a file of mode 0601"},
        {"mkdir f", "mkdir f; chmod 700 f", "'f' differs: the peer's is a directory of mode 0700"},
        {"echo a >f; ln f g", "echo a >f; echo a >g", "'f' differs: the peer's has 1 names, ours 2"},
        {"ln -s a f", "ln -s b f", "f differs"},
        {"echo 'procmail: Match on \"a\"' >log", "echo 'procmail: No match on \"a\"' >log", "log differs"},
        {"mkdir -p d/new; echo a >d/new/1763961240.1_0.h; echo b >d/new/1763961240.1_1.h",
         "mkdir -p d/new; echo b >d/new/1763961241.2_0.h; echo a >d/new/1763961241.2_1.h", NULL},
        {"mkdir -p d/new; echo a >d/new/1763961240.1_0.h", "mkdir -p d/new; echo b >d/new/1763961241.2_0.h",
         "d/new/<unique> differs"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct buf report;
        enum verdict verdict;

        buf_init(&report, BUF_UNLIMITED);
        verdict = run(cases[i].ours, message, cases[i].peer, &report);
        if (!cases[i].told)
            cr_expect_eq(verdict, VERDICT_OK, "case %zu: %s", i, report.p ? report.p : "");
        else
            cr_expect(verdict == VERDICT_FAILED && strstr(report.p, cases[i].told), "case %zu: %s", i,
                      report.p ? report.p : "");
        buf_free(&report);
    }
}
