#include "account/users-file.h"

#include <criterion/criterion.h>
#include <crypt.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account/scram.h"

char scratch[64];

void scratch_enter(void)
{
    snprintf(scratch, sizeof scratch, "/tmp/mailweir-account-XXXXXX");
    cr_assert_not_null(mkdtemp(scratch));
    cr_assert_eq(chdir(scratch), 0);
}

void scratch_leave(void)
{
    char command[96];

    snprintf(command, sizeof command, "rm -rf '%s'", scratch);
    cr_assert_eq(chdir("/"), 0);
    cr_assert_eq(system(command), 0);
}

void users_write(const char *format, ...)
{
    va_list arguments;
    FILE *to = fopen("users.new", "w");

    cr_assert_not_null(to);
    va_start(arguments, format);
    vfprintf(to, format, arguments);
    va_end(arguments);
    cr_assert_eq(fchmod(fileno(to), 0600), 0);
    cr_assert_eq(fclose(to), 0);
    cr_assert_eq(rename("users.new", "users"), 0);
}

const char *contents(const char *name)
{
    static char text[65536];
    FILE *from = fopen(name, "r");

    cr_assert_not_null(from, "%s", name);
    text[fread(text, 1, sizeof text - 1, from)] = '\0';
    fclose(from);
    return text;
}

const char *hashed(int slot, const char *setting)
{
    static char text[4][CRYPT_OUTPUT_SIZE];
    const char *hash = crypt("secret", setting);

    cr_assert(hash && *hash != '*', "%s", setting);
    snprintf(text[slot], sizeof text[slot], "%s", hash);
    return text[slot];
}

const char *scrammed(int slot, enum sasl_hash hash)
{
    static char text[4][256];
    struct sasl_scram like = {.iterations = 4096}, made;
    struct buf keys;

    scram_set_salt(&like, span_of("twelve bytes"));
    cr_assert_eq(scram_make(hash, span_of("secret"), &like, &made), 0);
    buf_init(&keys, BUF_UNLIMITED);
    scram_write(&made, &keys);
    snprintf(text[slot], sizeof text[slot], "{SCRAM-SHA-%s}%s", hash == SASL_SHA256 ? "256" : "1", keys.p);
    buf_free(&keys);
    return text[slot];
}

struct account_list *list_of_file(void)
{
    struct account_list *list = account_list_new();

    account_list_add(list, account_file("users", &teller));
    return list;
}

static char told[8192];

static void tell(void *ctx, const char *path, unsigned line, const char *fault)
{
    size_t n = strlen(told);

    (void)ctx;
    snprintf(told + n, sizeof told - n, "%s:%u: %s\n", path, line, fault);
}

const struct account_teller teller = {tell, NULL};

const char *faults(void)
{
    static char last[sizeof told];

    memcpy(last, told, sizeof last);
    told[0] = '\0';
    return last;
}
