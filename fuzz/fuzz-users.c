/*
 * Users files: each line is a user, a fault or a comment; who is found is as his line says; and a password
 * that is set changes one line and nothing else.
 *
 * Input: a name, a form feed, the file.
 */
#include <stdlib.h>
#include <string.h>

#include "account/scram.h"
#include "account/users.h"
#include "fuzz/fuzz.h"

static void count(void *ctx, const char *path, unsigned line, const char *fault)
{
    (void)path;
    CHECK(line > 0 && *fault);
    ++*(size_t *)ctx;
}

static struct users *read_users(struct span text, size_t *faults)
{
    struct account_teller teller = {count, faults};
    struct buf copy;

    *faults = 0;
    buf_init(&copy, BUF_UNLIMITED);
    buf_add_span(&copy, text);
    return users_read(&copy, "users", &teller);
}

/* Line `number` of the text, the first is 1; p is NULL: there is none. */
static struct span line_of(struct span text, size_t number)
{
    while (text.n) {
        const char *end = memchr(text.p, '\n', text.n);
        struct span line = {text.p, end ? (size_t)(end - text.p) : text.n};

        if (--number == 0)
            return line;
        text = span_from(text, line.n + (end != NULL));
    }
    return SPAN_NULL;
}

static size_t count_entries(struct span text)
{
    struct span line;
    size_t entries = 0;

    for (size_t i = 1; (line = line_of(text, i)).p; i++) {
        line = span_skip_blanks(line);
        entries += line.n && *line.p != '#';
    }
    return entries;
}

/* ---- what is read */

static void look_at_scram(const struct secrets *secrets, enum sasl_hash hash)
{
    struct sasl_scram scram, again;
    struct buf text;

    if (!secrets_scram(secrets, hash, &scram))
        return;
    CHECK(scram.iterations > 0 && scram_salt_size(&scram) > 0 && scram_salt_size(&scram) <= SCRAM_SALT_MAX);
    buf_init(&text, BUF_UNLIMITED);
    scram_write(&scram, &text);
    CHECK(scram_read(buf_span(&text), hash, &again));
    CHECK(again.iterations == scram.iterations && strcmp(again.salt, scram.salt) == 0 &&
          strcmp(again.stored_key, scram.stored_key) == 0 && strcmp(again.server_key, scram.server_key) == 0);
    buf_free(&text);
}

static void look_at_secrets(struct span field)
{
    struct secrets secrets;
    struct secret_work work;
    struct buf plain;

    CHECK(secrets_read(field, &secrets) == NULL);
    look_at_scram(&secrets, SASL_SHA1);
    look_at_scram(&secrets, SASL_SHA256);
    for (enum secret_kind kind = 0; kind < SECRET_KINDS; kind++) {
        if (secret_work_of(&secrets, kind, &work))
            CHECK(work.cost.p == secrets.of[kind].p && work.cost.n <= secrets.of[kind].n);
    }
    buf_init(&plain, ACCOUNT_PASSWORD_MAX);
    if (secrets_plain(&secrets, &plain)) {
        enum secret_kind kind = secrets.of[SECRET_PLAIN].p ? SECRET_PLAIN : SECRET_PLAIN_B64;

        CHECK(plain.n && secret_verify(kind, secrets.of[kind], buf_span(&plain)));
        plain.p[0] ^= 1;
        CHECK(!secret_verify(kind, secrets.of[kind], buf_span(&plain)));
    }
    buf_free(&plain);
}

static void look_at_account(const struct user *user)
{
    struct account account;
    const char *path;

    CHECK(users_account(user, &account) == NULL);
    CHECK(account.uid > 0 && account.gid > 0 && strlen(account.home) <= ACCOUNT_PATH_MAX);
    CHECK(account.home[0] == '/' && !strstr(account.home, "/../"));
    path = strchr(account.mail, ':');
    CHECK(path && path[1] == '/' && !strstr(path, "/../") && strlen(account.mail) <= ACCOUNT_PATH_MAX);
    account_free(&account);
}

static void look_at_user(const struct users *users, const struct user *user)
{
    char *name = fuzz_string(user->name);
    struct span line = line_of(buf_span(&users->text), user->line);

    CHECK(account_name_ok(user->name));
    CHECK(users_find(users, name) == user);
    CHECK(line.p && line.n <= USERS_LINE_MAX && span_starts(line, name) && line.p[user->name.n] == ':');
    look_at_secrets(user->secrets);
    look_at_account(user);
    free(name);
}

/* ---- what is set */

/* All lines of a are those of b, but for one at most. */
static void compare(struct span a, struct span b, const char *name)
{
    size_t other = 0;
    struct span left, right;

    for (size_t i = 1; left = line_of(a, i), right = line_of(b, i), left.p || right.p; i++) {
        if (left.p && right.p && span_eq(left, right))
            continue;
        CHECK(right.p && span_starts(right, name) && right.p[strlen(name)] == ':');
        CHECK(++other == 1);
    }
}

static void try_set(struct span text, const char *name)
{
    static const struct account_fields fields = {"1", "2", "/h", "mbox:/m"};
    size_t faults;
    struct buf set;

    buf_init(&set, BUF_UNLIMITED);
    if (users_set(text, name, span_of("{PLAIN}new"), &fields, &set, NULL) == 0) {
        struct users *users = read_users(buf_span(&set), &faults);
        const struct user *user = users_find(users, name);
        struct secrets secrets;

        CHECK(user && secrets_read(user->secrets, &secrets) == NULL);
        CHECK(span_eq_text(secrets.of[SECRET_PLAIN], "new") && !secrets.of[SECRET_CRYPT].p);
        compare(text, buf_span(&set), name);
        users_free(users);
    }
    buf_free(&set);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span text = {(const char *)data, size}, name = fuzz_part(&text);
    size_t faults;
    struct users *users = read_users(text, &faults);

    CHECK(users->n + faults == count_entries(text));
    for (size_t i = 0; i < users->n; i++)
        look_at_user(users, &users->user[i]);
    if (account_name_ok(name)) {
        char *string = fuzz_string(name);

        try_set(text, string);
        free(string);
    }
    users_free(users);
    return 0;
}
