#include <criterion/criterion.h>
#include <gsasl.h>
#include <stdio.h>
#include <sys/stat.h>

#include "account/scram.h"
#include "account/secret.h"
#include "account/users-file.h"
#include "base/mem.h"

TestSuite(list, .init = scratch_enter, .fini = scratch_leave);

/* ---- the order of sources */

struct fake {
    const char *user, *password;
    enum account_answer trouble; /* ACCOUNT_LATER: always that */
    int asked;
};

static enum account_answer fake_find(void *ctx, const char *name, struct account *account, struct err *err)
{
    struct fake *fake = ctx;

    fake->asked++;
    if (fake->trouble == ACCOUNT_LATER) {
        err_set(err, ERR_TEMP, "not now");
        return ACCOUNT_LATER;
    }
    if (strcmp(name, fake->user))
        return ACCOUNT_UNKNOWN;
    *account =
        (struct account){.name = mem_strdup(name), .home = mem_strdup("/"), .mail = mem_strdup("mbox:/x")};
    return ACCOUNT_YES;
}

static enum account_answer fake_check(void *ctx, const char *name, struct span password,
                                      struct account *account, struct err *err)
{
    struct fake *fake = ctx;
    enum account_answer answer = fake_find(ctx, name, account, err);

    if (answer == ACCOUNT_YES && !span_eq_text(password, fake->password)) {
        account_free(account);
        return ACCOUNT_NO;
    }
    return answer;
}

static void fake_free(void *ctx)
{
    (void)ctx;
}

static const struct account_source_ops fake_ops = {fake_find, fake_check, NULL, fake_free};

static enum account_answer check(struct account_list *list, const char *name, const char *password)
{
    struct account account;
    struct err err;
    enum account_answer answer = account_check(list, name, span_of(password), &account, &err);

    account_free(&account);
    return answer;
}

Test(list, the_first_source_that_knows_a_name_decides)
{
    struct fake one = {.user = "alice", .password = "first"}, two = {.user = "alice", .password = "second"},
                three = {.user = "bob", .password = "third"};
    struct account_list *list = account_list_new();

    account_list_add(list, (struct account_source){&fake_ops, &one});
    account_list_add(list, (struct account_source){&fake_ops, &two});
    account_list_add(list, (struct account_source){&fake_ops, &three});
    cr_expect_eq(check(list, "alice", "first"), ACCOUNT_YES);
    cr_expect_eq(check(list, "alice", "second"), ACCOUNT_NO);
    cr_expect_eq(check(list, "bob", "third"), ACCOUNT_YES);
    cr_expect_eq(check(list, "carol", "third"), ACCOUNT_NO);
    two.trouble = ACCOUNT_LATER;
    cr_expect_eq(check(list, "alice", "first"), ACCOUNT_YES);
    cr_expect_eq(check(list, "bob", "third"), ACCOUNT_LATER);
    account_list_free(list);
}

Test(list, a_no_asks_every_source)
{
    const char *names[] = {"alice", "bob", "nobody-here", "../etc", "", "-nobody"};
    struct fake one = {.user = "alice", .password = "a"}, two = {.user = "bob", .password = "b"};
    struct account_list *list = account_list_new();

    account_list_add(list, (struct account_source){&fake_ops, &one});
    account_list_add(list, (struct account_source){&fake_ops, &two});
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        one.asked = two.asked = 0;
        cr_expect_eq(check(list, names[i], "wrong"), ACCOUNT_NO);
        cr_expect(one.asked == 1 && two.asked == 1, "%s: %d and %d", names[i], one.asked, two.asked);
    }
    account_list_free(list);
}

/* ---- equal work */

static struct secret_count work_of(struct account_list *list, const char *name, const char *password)
{
    struct secret_count before = secret_count;

    cr_expect_eq(check(list, name, password), ACCOUNT_NO);
    return (struct secret_count){secret_count.crypts - before.crypts, secret_count.scrams - before.scrams};
}

Test(list, a_wrong_password_takes_the_same_work_for_all)
{
    const char *names[] = {"one",    "two",  "three",       "scram", "plain",
                           "locked", "rpop", "nobody-here", "../x",  ""};
    const char *passwords[] = {"wrong", "", "secret\xff"};
    static char large[2000];
    struct account_list *list = list_of_file();

    memset(large, 'x', sizeof large - 1);
    users_write(
        "one:%s:1:1:/h:\ntwo:%s:1:1:/h:\nthree:%s:1:1:/h:\nscram:%s:1:1:/h:\nplain:{PLAIN}secret:1:1:/h:\n"
        "locked:!x:1:1:/h:\nrpop:{RPOP}x:1:1:/h:\n",
        hashed(0, "$5$rounds=1000$abcd"), hashed(1, "$5$rounds=1000$efgh"), hashed(2, "$5$rounds=2000$abcd"),
        scrammed(0, SASL_SHA256));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        for (size_t k = 0; k <= sizeof passwords / sizeof *passwords; k++) {
            struct secret_count work = work_of(list, names[i], k == 3 ? large : passwords[k]);

            cr_expect(work.crypts == 2 && work.scrams == 1, "%s, %zu: %lu and %lu", names[i], k, work.crypts,
                      work.scrams);
        }
    }
    account_list_free(list);
}

static bool same_work(const char *a, const char *b)
{
    struct secrets one, two;
    struct secret_work left, right;

    cr_assert_null(secrets_read(span_of(a), &one), "%s", a);
    cr_assert_null(secrets_read(span_of(b), &two), "%s", b);
    cr_assert(secret_work_of(&one, SECRET_CRYPT, &left) && secret_work_of(&two, SECRET_CRYPT, &right));
    return secret_work_eq(&left, &right);
}

Test(list, equal_costs_are_known)
{
    const char *pairs[][3] = {
        /* two salts, and another cost */
        {"$y$j75$abcdefghijkl", "$y$j75$mnopqrstuvwx", "$y$j85$abcdefghijkl"},
        {"$gy$j75$abcdefghijkl", "$gy$j75$mnopqrstuvwx", "$y$j75$abcdefghijkl"},
        {"$7$4/..../....abcdefghijkl", "$7$4/..../....mnopqrstuvwx", "$7$5/..../....abcdefghijkl"},
        {"$2b$04$abcdefghijklmnopqrstuu", "$2b$04$uvwxyzabcdefghijklmnou", "$2b$05$abcdefghijklmnopqrstuu"},
        {"$6$rounds=1000$abcd", "$6$rounds=1000$efgh", "$6$rounds=1001$abcd"},
        {"$5$abcd", "$5$efgh", "$6$abcd"},
        {"$sha1$1000$abcdefgh", "$sha1$1000$ijklmnop", "$sha1$2000$abcdefgh"},
        {"$md5,rounds=100$abcdefgh$", "$md5,rounds=100$ijklmnop$", "$md5,rounds=200$abcdefgh$"},
        {"$1$abcd", "$1$efgh", "$5$abcd"},
        {"_J9..abcd", "_J9..efgh", "_K9..abcd"},
        {"ab", "cd", "_J9..abcd"}};

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        cr_expect(same_work(hashed(0, pairs[i][0]), hashed(1, pairs[i][1])), "%s", pairs[i][0]);
        cr_expect(!same_work(hashed(0, pairs[i][0]), hashed(1, pairs[i][2])), "%s", pairs[i][2]);
    }
}

/* ---- secrets */

static struct sasl_scram scram_of(struct account_list *list, const char *name, enum sasl_hash hash)
{
    struct sasl_scram scram;
    struct secret_count before = secret_count;

    cr_assert_eq(account_scram(list, name, hash, &scram, NULL), 0);
    cr_expect_eq(secret_count.scrams - before.scrams, 1, "%s: %lu", name,
                 secret_count.scrams - before.scrams);
    return scram;
}

static bool same_keys(const struct sasl_scram *a, const struct sasl_scram *b)
{
    return strcmp(a->stored_key, b->stored_key) == 0 && strcmp(a->server_key, b->server_key) == 0;
}

static bool same_looks(const struct sasl_scram *a, const struct sasl_scram *b)
{
    return a->iterations == b->iterations && scram_salt_size(a) == scram_salt_size(b);
}

Test(list, scram_keys_are_kept_made_or_made_up)
{
    struct account_list *list = list_of_file();
    struct sasl_scram kept, plain, nobody, again, other, made;

    users_write("scram:%s %s:1:1:/h:\nplain:{PLAIN}secret:1:1:/h:\ncrypt:%s:1:1:/h:\n",
                scrammed(0, SASL_SHA256), scrammed(1, SASL_SHA1), hashed(0, "$5$rounds=1000$abcd"));
    for (enum sasl_hash hash = SASL_SHA1; hash <= SASL_SHA256; hash++) {
        kept = scram_of(list, "scram", hash);
        plain = scram_of(list, "plain", hash);
        nobody = scram_of(list, "nobody-here", hash);
        again = scram_of(list, "nobody-here", hash);
        other = scram_of(list, "nobody-else", hash);
        cr_expect_eq(kept.iterations, 4096);
        cr_assert_eq(scram_make(hash, span_of("secret"), &plain, &made), 0);
        cr_expect(same_keys(&made, &plain));
        cr_expect(same_looks(&kept, &plain) && same_looks(&kept, &nobody) && same_looks(&kept, &other));
        cr_expect(same_keys(&nobody, &again) && strcmp(nobody.salt, again.salt) == 0);
        cr_expect(!same_keys(&nobody, &other) && strcmp(nobody.salt, other.salt));
        scram_of(list, "../x", hash);
        again = scram_of(list, "crypt", hash);
        cr_expect(same_looks(&kept, &again));
    }
    account_list_free(list);
}

Test(list, what_is_made_up_depends_on_the_key)
{
    struct account_list *one = list_of_file(), *two = list_of_file();
    struct sasl_scram left, right;

    users_write("a:*:1:1:/h:\n");
    account_scram(one, "x", SASL_SHA256, &left, NULL);
    account_scram(two, "x", SASL_SHA256, &right, NULL);
    cr_expect(strcmp(left.salt, right.salt));
    cr_expect_eq(left.iterations, ACCOUNT_SCRAM_ROUNDS);
    cr_expect_eq(scram_salt_size(&left), SCRAM_SALT_USUAL);
    account_list_key(one, span_of("key"));
    account_list_key(two, span_of("key"));
    account_scram(one, "x", SASL_SHA256, &left, NULL);
    account_scram(two, "x", SASL_SHA256, &right, NULL);
    cr_expect_str_eq(left.salt, right.salt);
    account_list_key(two, span_of("another"));
    account_scram(two, "x", SASL_SHA256, &right, NULL);
    cr_expect(strcmp(left.salt, right.salt));
    account_list_free(one);
    account_list_free(two);
}

Test(list, salts_of_any_length_are_made_up)
{
    char salt[45];

    for (size_t n = 1; n <= sizeof salt; n += 11) {
        struct account_list *list = list_of_file();
        struct sasl_scram like = {.iterations = 1}, made;
        struct buf keys;

        memset(salt, 'x', sizeof salt);
        scram_set_salt(&like, span_make(salt, n));
        cr_assert_eq(scram_make(SASL_SHA1, span_of("secret"), &like, &made), 0);
        buf_init(&keys, BUF_UNLIMITED);
        scram_write(&made, &keys);
        users_write("a:{SCRAM-SHA-1}%s:1:1:/h:\n", keys.p);
        buf_free(&keys);
        cr_assert_eq(account_scram(list, "x", SASL_SHA1, &like, NULL), 0);
        cr_expect_eq(scram_salt_size(&like), n);
        cr_expect_eq(like.iterations, 1);
        account_list_free(list);
    }
}

Test(list, passwords_are_known_or_made_up)
{
    struct account_list *list = list_of_file();
    struct buf password;

    buf_init(&password, 1024);
    users_write("plain:{PLAIN}secret:1:1:/h:\ncrypt:%s:1:1:/h:\n", hashed(0, "$5$rounds=1000$abcd"));
    cr_expect_eq(account_password(list, "plain", &password, NULL), 0);
    cr_expect(span_eq_text(buf_span(&password), "secret"));
    buf_cut(&password, 0);
    cr_expect_eq(account_password(list, "crypt", &password, NULL), 0);
    cr_expect_eq(password.n, 64);
    buf_cut(&password, 0);
    cr_expect_eq(account_password(list, "nobody-here", &password, NULL), 0);
    cr_expect_eq(password.n, 64);
    users_write("x");
    chmod("users", 0666);
    cr_expect_eq(account_password(list, "plain", &password, NULL), -1);
    buf_free(&password);
    account_list_free(list);
}

Test(list, a_source_without_secrets_keeps_its_users)
{
    struct fake fake = {.user = "alice", .password = "a"};
    struct account_list *list = account_list_new();
    struct buf password;

    users_write("alice:{PLAIN}secret:1:1:/h:\nbob:{PLAIN}secret:1:1:/h:\n");
    account_list_add(list, (struct account_source){&fake_ops, &fake});
    account_list_add(list, account_file("users", NULL));
    buf_init(&password, 1024);
    cr_expect_eq(account_password(list, "alice", &password, NULL), 0);
    cr_expect_eq(password.n, 64);
    buf_cut(&password, 0);
    cr_expect_eq(account_password(list, "bob", &password, NULL), 0);
    cr_expect(span_eq_text(buf_span(&password), "secret"));
    buf_free(&password);
    account_list_free(list);
}

/* ---- with GNU SASL on the other side */

static const char *client_user, *client_password;

static int supply(Gsasl *library, Gsasl_session *session, Gsasl_property property)
{
    (void)library;
    if (property == GSASL_AUTHID)
        return gsasl_property_set(session, property, client_user);
    if (property == GSASL_PASSWORD)
        return gsasl_property_set(session, property, client_password);
    return GSASL_NO_CALLBACK;
}

static enum sasl_status converse(struct sasl *x, Gsasl_session *session, bool client_first)
{
    struct buf challenge;
    enum sasl_status status = SASL_MORE;

    buf_init(&challenge, 4096);
    if (!client_first)
        status = sasl_step(x, SPAN_NULL, &challenge);
    for (int turn = 0; turn < 10 && status == SASL_MORE; turn++) {
        char *out = NULL;
        size_t n = 0;
        int result = gsasl_step(session, challenge.p, challenge.n, &out, &n);

        cr_assert(result == GSASL_OK || result == GSASL_NEEDS_MORE, "client: %s", gsasl_strerror(result));
        buf_cut(&challenge, 0);
        status = sasl_step(x, span_make(out, n), &challenge);
        gsasl_free(out);
    }
    buf_free(&challenge);
    return status;
}

/* What net/sasl asks, as a server answers it. */
static bool store_check(void *ctx, const char *user, const char *password)
{
    return check(ctx, user, password) == ACCOUNT_YES;
}

static int store_password(void *ctx, const char *user, struct buf *password)
{
    return account_password(ctx, user, password, NULL);
}

static int store_scram(void *ctx, const char *user, enum sasl_hash hash, struct sasl_scram *scram)
{
    return account_scram(ctx, user, hash, scram, NULL);
}

static enum sasl_status log_in(struct account_list *list, const char *mechanism, const char *user,
                               const char *password)
{
    const struct sasl_store store = {store_check, store_password, store_scram, list, NULL};
    struct sasl *x = sasl_begin(mechanism, &store, SPAN_NULL, NULL);
    Gsasl *library;
    Gsasl_session *session;
    enum sasl_status status;

    client_user = user;
    client_password = password;
    cr_assert_eq(gsasl_init(&library), GSASL_OK);
    gsasl_callback_set(library, supply);
    cr_assert_eq(gsasl_client_start(library, mechanism, &session), GSASL_OK);
    status = converse(x, session, strcmp(mechanism, "CRAM-MD5") && strcmp(mechanism, "LOGIN"));
    if (status == SASL_YES)
        cr_expect_str_eq(sasl_user(x), user);
    gsasl_finish(session);
    gsasl_done(library);
    sasl_free(x);
    return status;
}

static void logs_in(struct account_list *list, const char *mechanism, const char *user, const char *password,
                    bool expected)
{
    enum sasl_status status = log_in(list, mechanism, user, password);

    cr_expect_eq(status, expected ? SASL_YES : SASL_NO, "%s %s: %d", mechanism, user, status);
}

Test(list, mechanisms_find_what_they_need)
{
    const char *mechanisms[] = {"PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256"};
    struct account_list *list = list_of_file();

    users_write("plain:{PLAIN}secret:1:1:/h:\nscram:%s:1:1:/h:\ncrypt:%s:1:1:/h:\n", scrammed(0, SASL_SHA256),
                hashed(0, "$5$rounds=1000$abcd"));
    for (int i = 0; i < 5; i++) {
        logs_in(list, mechanisms[i], "plain", "secret", true);
        logs_in(list, mechanisms[i], "plain", "wrong", false);
        logs_in(list, mechanisms[i], "scram", "secret", i < 2 || i == 4);
        logs_in(list, mechanisms[i], "scram", "wrong", false);
        logs_in(list, mechanisms[i], "crypt", "secret", i < 2);
        logs_in(list, mechanisms[i], "nobody", "secret", false);
        logs_in(list, mechanisms[i], "..", "secret", false);
    }
    account_list_free(list);
}
