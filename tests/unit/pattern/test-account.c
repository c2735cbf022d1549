#include <criterion/criterion.h>

#include "pattern/account.h"

#include "pattern/subject.h"

/* What a person would call the nearest miss: the text that agreed, what was wanted, and where. */
static const struct {
    const char *expression, *text, *got, *wanted;
    enum pattern_place place;
} misses[] = {
    {"^Subject:.*\\[list-name\\]", "From: a\nSubject: [list-nam] hi\nTo: b", "Subject: [list-nam", "e\\]",
     PATTERN_HERE},
    {"^From:.*@example\\.org", "From: bob@example.com\nTo: x@example.net", "From: bob@example.", "org",
     PATTERN_HERE},
    {"^Subject:.*foo", "Sender: x\nSubject: a form", "Subject:", "foo", PATTERN_ANYWHERE},
    {"^Subject:.*\\/foo", "Subject: hello", "Subject:", "foo", PATTERN_ANYWHERE},
    {"^Subject: (spam|junk) mail", "Subject: ham mail", "Subject: ", "spam|junk", PATTERN_HERE},
    {"^Subject: (Re: )?foo", "Subject: Re: bar", "Subject: Re: ", "foo", PATTERN_HERE},
    {"^X-Spam-Level: \\*\\*\\*\\*\\*", "X-Spam-Level: ***\nTo: a", "X-Spam-Level: ***", "\\*\\*",
     PATTERN_HERE},
    {"^((Original-)?(Resent-)?(To|Cc|Bcc)|(X-Envelope|Apparently(-Resent)?)-To):(.*[^a-z])?bob",
     "X-Envelope-From: x\nTo: alice", "To:", "bob", PATTERN_ANYWHERE},
    {"^(To|Cc):.*bob", "Date: now\nContent-Type: text/plain", "", "To|Cc", PATTERN_LINE_START},
    {"^List-Id:.*<dev\\.", "To: a", "", "List-Id:", PATTERN_LINE_START},
    {"^^begin", "began", "beg", "in", PATTERN_HERE},
    {"^^begin", "ending", "", "begin", PATTERN_TEXT_START},
    {"viagra", "via agra", "", "viagra", PATTERN_ANYWHERE},
    {"mortgage", "mortgaged\nmortgag", "", "", PATTERN_ANYWHERE}, /* it matches */
    {"[0-9]+ years", "12 weeks", "12", " years", PATTERN_HERE},
    {"(a|b)c$", "bcd", "bc", "$", PATTERN_HERE},
    {"^Subject: tea[.]org", "Subject: tea.net", "Subject: tea.", "org", PATTERN_HERE},
    {"^x((a|b)|(c|d))y", "xy", "x", "(a|b)|(c|d)", PATTERN_HERE},
    {"^x(((a|b))+c|d)", "xy", "x", "((a|b))+c|d", PATTERN_HERE},
    {"^x(((a|b)c)+|d)e", "xac?", "xac", "e", PATTERN_HERE},
    {"^x(a|b", "xy", "x", "a|b", PATTERN_HERE},
    {"a|b)c", "xy", "", "a|b", PATTERN_ANYWHERE},
    {"a[]b", "a", "a", "[]b", PATTERN_HERE},
};

static void check_miss(size_t i, const struct pattern_account *account)
{
    struct span got = pattern_account_shown(account->got);
    struct span wanted = span_make(misses[i].expression + account->wanted_at, account->wanted_length);

    cr_expect_eq(account->matched, !*misses[i].wanted, "'%s'", misses[i].expression);
    cr_expect(span_eq_text(got, misses[i].got), "'%s': got '%.*s'", misses[i].expression, (int)got.n, got.p);
    cr_expect(span_eq_text(wanted, misses[i].wanted), "'%s': wanted '%.*s'", misses[i].expression,
              (int)wanted.n, wanted.p);
    cr_expect(account->matched || account->place == misses[i].place, "'%s': place %d", misses[i].expression,
              account->place);
}

Test(account, tells_the_nearest_miss)
{
    for (size_t i = 0; i < sizeof misses / sizeof *misses; i++) {
        struct pattern *pattern = pattern_new(span_of(misses[i].expression), PATTERN_ACCOUNT);
        struct span text = subject_new(span_of(misses[i].text));
        struct pattern_account account;

        pattern_account(pattern, text, &account);
        check_miss(i, &account);
        subject_free(text);
        pattern_free(pattern);
    }
}

/* Whatever the expression is; what it costs is bounded. */
Test(account, gives_up_on_very_much_text, .timeout = 60)
{
    static char text[6 << 20];
    struct pattern *no = pattern_new(span_of("(a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?)+xyz"), PATTERN_ACCOUNT);
    struct pattern *yes = pattern_new(span_of("(a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?a?)+b"), PATTERN_ACCOUNT);
    struct pattern_account account;

    memset(text, 'a', sizeof text);
    text[0] = text[sizeof text - 1] = '\n';
    pattern_account(no, span_make(text + 1, sizeof text - 2), &account);
    cr_expect(!account.matched && account.is_cut);
    text[sizeof text - 3] = 'b';
    pattern_account(yes, span_make(text + 1, sizeof text - 2), &account);
    cr_expect(account.matched && account.is_cut);
    cr_expect(account.where.n == 0 && account.where.p == text + sizeof text - 2);
    pattern_free(no);
    pattern_free(yes);
}
