#include <criterion/criterion.h>

#include "tests/unit/engine/fake.h"

#define MESSAGE "From: a@b\nSubject: tea\n\nbody\n"

static const struct {
    const char *title, *rc, *done;
    int status;
} cases[] = {
    {"nothing: DEFAULT", "", "folder inbox/\n", 0},
    {"the first that fits", ":0\n* ^Subject: coffee\na/\n:0\n* ^Subject: tea\nb/\n:0\nc/\n", "folder b/\n", 0},
    {"a copy goes on", ":0c\na/\n", "folder a/\nfolder inbox/\n", 0},
    {"a derived lock", ":0:\nmbox\n", "lock mbox.lock\nfolder mbox\nunlock mbox.lock\n", 0},
    {"an explicit lock", ":0:x\na/\n", "lock x\nfolder a/\nunlock x\n", 0},
    {"a lock of a program", ":0 w:\n| cat >> out\n", "lock out.lock\npipe  cat >> out\nunlock out.lock\n", 0},
    {"LOCKFILE", "LOCKFILE=g\nLOCKFILE=h\nLOCKFILE\n", "lock g\nunlock g\nlock h\nunlock h\nfolder inbox/\n", 0},
    {"several folders", ":0\na/ b c/\n", "folder a/ + b + c/\n", 0},
    {"a forward", ":0\n! x@y \"two words\"\n", "pipe " SENDMAIL_PATH ",-oi,x@y,two words\n", 0},
    {"arguments", ":0\n| echo \"$@\" $# $1\n", "pipe echo,one,two words,2,one\n", 0},
    {"a block", ":0\n* tea\n{ A=1\n:0\n$A/\n}\n", "folder 1/\n", 0},
    {"a block passed over", ":0\n* coffee\n{ A=1\n:0\n$A/\n}\nMAILDIR=x\n", "chdir x\nfolder inbox/\n", 0},
    {"a copying block, waited for", ":0 cw\n{\n}\n:0 a\nb/\n", "clone\nwait\nfolder b/\n", 0},
    {"else", ":0\n* coffee\na/\n:0E\nb/\n", "folder b/\n", 0},
    {"and", ":0\n* tea\n{ }\n:0A\nb/\n", "folder b/\n", 0},
    {"effects", "UMASK=022\nLOGFILE=l\nVERBOSE=on\nDELIVERED=yes\n",
     "umask 22\nlog l\nverbose 1\ndetach\nfolder inbox/\n", 0},
    {"EXITCODE", "EXITCODE=77\n", "folder inbox/\n", 77},
    {"HOST", "HOST=elsewhere\n:0\na/\n", "folder inbox/\n", 0},
    {"HOST from a program", ":0\nHOST=| x\n:0\na/\n", "capture x\nfolder inbox/\n", 0},
    {"HOST from a program in blocks", ":0\n{\n:0\n{\n:0\nHOST=| x\n}\n}\n:0\na/\n", "capture x\nfolder inbox/\n", 0},
    {"SWITCHRC from a program", ":0\nSWITCHRC=| x\n:0\na/\n", "capture x\nfolder inbox/\n", 0},
    {"a condition that expands to itself", "A='$ $A'\n:0\n* $ $A\na/\n", "folder inbox/\n", 0},
    {"TRAP", "TRAP=\"echo bye\"\n", "folder inbox/\npipe echo,bye\n", 0},
};

Test(run, acts)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fake fake;
        int status;

        fake_init(&fake, MESSAGE);
        status = fake_sort(&fake, cases[i].rc);
        cr_expect_str_eq(fake.done.p, cases[i].done, "%s: did\n%s", cases[i].title, fake.done.p);
        cr_expect_eq(status, cases[i].status, "%s: status %d", cases[i].title, status);
        fake_free(&fake);
    }
}

Test(run, a_failed_folder_is_followed_by_default_and_orgmail)
{
    struct fake fake;

    fake_init(&fake, MESSAGE);
    fake.folders_fail = true;
    cr_expect_eq(fake_sort(&fake, ":0\na/\n"), 73);
    cr_expect_str_eq(fake.done.p, "folder a/\nfolder inbox/\nfolder orgmail/\n");
    fake_free(&fake);
}

Test(run, passing_trouble_keeps_mail_queued)
{
    struct fake fake;

    fake_init(&fake, MESSAGE);
    fake.folders_fail = fake.passing = true;
    cr_expect_eq(fake_sort(&fake, ""), 75);
    fake_free(&fake);
}

Test(run, a_clone_that_cannot_be_had_is_a_failed_action)
{
    struct fake fake;

    fake_init(&fake, MESSAGE);
    fake.forks_fail = true;
    cr_expect_eq(fake_sort(&fake, ":0 c\n{\n:0\ninside/\n}\n:0 e\nrest/\n"), 0);
    cr_expect_str_eq(fake.done.p, "clone\nfolder rest/\n");
    cr_expect(strstr(fake.said.p, "Failed forking \"procmail\""));
    fake_free(&fake);
}

Test(run, a_filter_replaces_its_part)
{
    struct fake fake;

    fake_init(&fake, MESSAGE);
    fake.output = "Subject: coffee\n\n";
    fake_sort(&fake, ":0 fhw\n| anything\n:0\n* ^Subject: coffee\n* B ?? ^body$\nright/\n");
    cr_expect_str_eq(fake.done.p, "filter anything\nfolder right/\n");
    fake_free(&fake);
}

Test(run, a_failed_filter_leaves_the_message_alone)
{
    struct fake fake;

    fake_init(&fake, MESSAGE);
    fake.output = "garbage";
    fake.status = 1;
    fake_sort(&fake, ":0 fw\n| anything\n:0 e\n* ^Subject: tea\n* B ?? ^body$\nright/\n");
    cr_expect_str_eq(fake.done.p, "filter anything\nfolder right/\n");
    fake_free(&fake);
}

Test(run, blocks_may_nest_a_thousand_deep)
{
    struct fake fake;
    struct buf rc;

    buf_init(&rc, BUF_UNLIMITED);
    for (int i = 0; i < 1000; i++)
        buf_add_text(&rc, ":0\n{\n");
    buf_add_text(&rc, "A=deep\n:0\n$A/\n");
    fake_init(&fake, MESSAGE);
    fake_sort(&fake, rc.p);
    cr_expect_str_eq(fake.done.p, "folder deep/\n");
    fake_free(&fake);
    buf_free(&rc);
}

static const struct {
    const char *rc, *said;
} faults[] = {
    {"1x\n", "Skipped \"1x\"\n"},
    {"}\n", "Closing brace unexpected\n"},
    {":0\n{\n", "Missing closing brace\n"},
    {":0\n* coffee\n\n:0\n* coffee\nx\n", "Missing action\n"},
    {":0\n", "Incomplete recipe\n"},
    {":0 hE e\n{ }\n", "Conflicting else-if-flag suppressed\nExtraneous deliver-head flag ignored\n"},
    {":0 f\n* coffee\nx/\n", "Extraneous filter-flag ignored\n"},
    {"A=\"open", "Unexpected EOL\n"},
    {"A=${B%x}", "Bad substitution of \"B\"\n"},
    {":0\n* (open\nx/\n", "Invalid regexp \"(open\"\n"},
};

Test(run, faults_are_told_when_they_are_reached)
{
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        struct fake fake;

        fake_init(&fake, MESSAGE);
        fake_sort(&fake, faults[i].rc);
        for (const char *line = faults[i].said; *line;) {
            size_t n = strcspn(line, "\n") + 1;
            char *wanted = strndup(line, n);

            cr_expect_not_null(strstr(fake.said.p, wanted), "%s: said\n%s", faults[i].rc, fake.said.p);
            free(wanted);
            line += n;
        }
        fake_free(&fake);
    }
}
