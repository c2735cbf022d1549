#include <criterion/criterion.h>

#include <stdio.h>
#include <unistd.h>

#include "rctest/normal.h"

static struct rctest_section unique = {.kind = RCTEST_UNIQUE, .text = {"note-\n", 6}};
static struct rctest test = {.sections = &unique};

static struct normal at(time_t now)
{
    return (struct normal){"/tmp/rctest-abcdef", &test, now, now};
}

static void check(struct span got, const char *wanted)
{
    cr_expect(span_eq_text(got, wanted), "got '%.*s' not '%s'", (int)got.n, got.p, wanted);
}

Test(rctest_normal, replaces_what_changes)
{
    static const struct {
        const char *text, *normal;
    } cases[] = {
        {"in /tmp/rctest-abcdef/x and /tmp/rctest-abcdeg", "in $HOME/x and /tmp/rctest-abcdeg"},
        {"md/new/1763961240.123_0.host\n", "md/new/<unique>\n"},
        {"\"LASTFOLDER=md/cur/1763961240.M1P2.host,S=3:2,S\"", "\"LASTFOLDER=md/cur/<unique>\""},
        {"anew/1763961240", "anew/1763961240"},
        {"dir/msg.A-c_ two/msg.x", "dir/msg.<unique> two/msg.<unique>"},
        {"msg.abc", "msg.abc"},
        {"dir/note-AbC", "dir/note-<unique>"},
        {"From a@b  Thu Jan  1 00:16:40 1970\n", "From a@b  <now>\n"},
        {"FROM A@B  THU JAN  1 00:16:41 1970\n", "FROM A@B  <now>\n"},
        {"From a@b  Thu Jan  1 09:16:40 1970\n", "From a@b  Thu Jan  1 09:16:40 1970\n"},
        {"", ""},
    };
    struct arena *arena = arena_new();
    struct normal normal = at(1000);

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        check(normal_text(&normal, arena, span_of(cases[i].text)), cases[i].normal);
    arena_free(arena);
}

Test(rctest_normal, temporary_names)
{
    struct arena *arena = arena_new();
    struct normal normal = at(1000);
    char host[200] = "", text[256];

    gethostname(host, sizeof host - 1);
    snprintf(text, sizeof text, "writing to \"d/_aB-.c,%%.%s\"", host);
    check(normal_text(&normal, arena, span_of(text)), "writing to \"d/<temp>\"");
    check(normal_text(&normal, arena, span_of("a/_x.y")), "a/_x.y");
    arena_free(arena);
}

Test(rctest_normal, paths)
{
    struct arena *arena = arena_new();
    struct normal normal = at(1000);

    cr_expect_str_eq(normal_path(&normal, arena, "md/new/1763961240.1_0.h"), "md/new/<unique>");
    cr_expect_str_eq(normal_path(&normal, arena, "msg.abc"), "msg.<unique>");
    cr_expect_str_eq(normal_path(&normal, arena, "note-abc"), "note-<unique>");
    cr_expect_str_eq(normal_path(&normal, arena, "box/1"), "box/1");
    arena_free(arena);
}

Test(rctest_normal, logs)
{
    struct arena *arena = arena_new();
    struct normal normal = at(1000);
    const char *log = "procmail: [12] Thu Jan  1 00:16:40 1970\n"
                      "procmail: Assigning \"A=1\"\n"
                      "procmail: Executing \"b\"\n"
                      "procmail: Executing \"a\"\n"
                      "  Folder: md/new/1763961240.1_0.h\t\t     45\n"
                      "  Folder: box\t\t\t     45\n";

    check(normal_log(&normal, arena, span_of(log), false), "procmail: Assigning \"A=1\"\n"
                                                           "  Folder: md/new/<unique>\t45\n"
                                                           "  Folder: box\t\t\t     45\n"
                                                           "procmail: Executing \"a\"\n"
                                                           "procmail: Executing \"b\"\n");
    check(normal_log(&normal, arena, span_of("  Folder: box\t\t\t     45"), true), "  Folder: box\t45\n");
    check(normal_log(&normal, arena, span_of("b\nprocmail: Forking \"procmail\"\na\n"), true),
          "a\nb\nprocmail: Forking \"procmail\"\n");
    check(normal_log(&normal, arena,
                     span_of("LOG procmail: [12] Thu Jan  1 00:16:40 1970\nprocmail: Skipped \"x\"\n"),
                     false),
          "LOG procmail: Skipped \"x\"\n");
    cr_expect(normal_is_log(span_of(log)));
    cr_expect(!normal_is_log(span_of("Subject: procmail: x\n")));
    arena_free(arena);
}
