#include <criterion/criterion.h>

#include "pattern/account.h"

#include "pattern/subject.h"

/* What a person would call the nearest miss: the text that agreed, then what was wanted. */
static const struct {
    const char *expression, *text, *got, *wanted;
} misses[] = {
    {"^Subject:.*\\[list-name\\]", "From: a\nSubject: [list-nam] hi\nTo: b", "Subject: [list-nam", "e\\]"},
    {"^From:.*@example\\.org", "From: bob@example.com\nTo: x@example.net", "From: bob@example.", "org"},
    {"^Subject:.*foo", "Sender: x\nSubject: hello", "Subject: hello", "foo"},
    {"^Subject: (spam|junk) mail", "Subject: ham mail", "Subject: ", "spam|junk"},
    {"^Subject: (Re: )?foo", "Subject: Re: bar", "Subject: Re: ", "foo"},
    {"^X-Spam-Level: \\*\\*\\*\\*\\*", "X-Spam-Level: ***\nTo: a", "X-Spam-Level: ***", "\\*\\*"},
    {"^((Original-)?(Resent-)?(To|Cc|Bcc)|(X-Envelope|Apparently(-Resent)?)-To):(.*[^a-z])?bob",
     "X-Envelope-From: x\nTo: alice", "To: ", "bob"},
    {"^List-Id:.*<dev\\.", "To: a", "", "List-Id:"},
    {"^^begin", "began", "beg", "in"},
};

static void check_miss(size_t i, const struct pattern_account *account)
{
    struct span got = pattern_account_shown(account->got);
    struct span wanted = span_make(misses[i].expression + account->wanted_at, account->wanted_run);

    cr_expect_not(account->matched, "'%s'", misses[i].expression);
    cr_expect(span_eq_text(got, misses[i].got), "'%s': got '%.*s'", misses[i].expression, (int)got.n, got.p);
    cr_expect(span_eq_text(wanted, misses[i].wanted), "'%s': wanted '%.*s'", misses[i].expression,
              (int)wanted.n, wanted.p);
}

Test(account, tells_the_nearest_miss)
{
    for (size_t i = 0; i < sizeof misses / sizeof *misses; i++) {
        struct pattern *pattern = pattern_new(span_of(misses[i].expression), 0);
        struct span text = subject_new(span_of(misses[i].text));
        struct pattern_account account;

        pattern_account(pattern, text, &account);
        check_miss(i, &account);
        subject_free(text);
        pattern_free(pattern);
    }
}
