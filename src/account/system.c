#include "account/account.h"

#ifdef HAVE_PAM

#include <openssl/crypto.h>
#include <security/pam_appl.h>
#include <stdlib.h>
#include <string.h>

#include "account/location.h"
#include "base/mem.h"
#include "process/identity.h"

struct source {
    char *service;
    char *directory; /* NULL: PAM's own */
    uid_t first_uid;
};

/* ---- PAM */

static void free_responses(struct pam_response *responses, int n)
{
    for (int i = 0; i < n; i++) {
        if (responses[i].resp)
            OPENSSL_cleanse(responses[i].resp, strlen(responses[i].resp));
        free(responses[i].resp);
    }
    free(responses);
}

/* Answers what is not to be shown with the password, and asks nobody else. */
static int converse(int n, const struct pam_message **messages, struct pam_response **to, void *ctx)
{
    struct pam_response *responses;

    if (n <= 0 || n > PAM_MAX_NUM_MSG)
        return PAM_CONV_ERR;
    responses = mem_alloc_array((size_t)n, sizeof *responses);
    for (int i = 0; i < n; i++) {
        int style = messages[i]->msg_style;

        if (style == PAM_PROMPT_ECHO_OFF)
            responses[i].resp = mem_strdup(ctx);
        else if (style == PAM_PROMPT_ECHO_ON) {
            free_responses(responses, n);
            return PAM_CONV_ERR;
        }
    }
    *to = responses;
    return PAM_SUCCESS;
}

/* Failures are slowed in the gate, where it keeps nobody else waiting. */
static void no_delay(int status, unsigned microseconds, void *ctx)
{
    (void)status, (void)microseconds, (void)ctx;
}

static int ask(pam_handle_t *pam)
{
    const void *delay = NULL;
    int status;

    memcpy(&delay, &(void (*)(int, unsigned, void *)){no_delay}, sizeof delay);
    pam_set_item(pam, PAM_FAIL_DELAY, delay);
    pam_set_item(pam, PAM_TTY, "mailweird");
    status = pam_authenticate(pam, PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK);
    if (status == PAM_SUCCESS)
        status = pam_acct_mgmt(pam, PAM_SILENT | PAM_DISALLOW_NULL_AUTHTOK);
    return status;
}

/* PAM_SYSTEM_ERR is none of them: pam_exec(8) has no other word for a password that is wrong. */
static enum account_answer answer_of(int status)
{
    static const int passing[] = {PAM_ABORT,          PAM_AUTHINFO_UNAVAIL, PAM_BUF_ERR,
                                  PAM_CONV_ERR,       PAM_OPEN_ERR,         PAM_MODULE_UNKNOWN,
                                  PAM_NO_MODULE_DATA, PAM_SERVICE_ERR,      PAM_SYMBOL_ERR};

    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++) {
        if (status == passing[i])
            return ACCOUNT_LATER;
    }
    return status == PAM_SUCCESS ? ACCOUNT_YES : ACCOUNT_NO;
}

static enum account_answer authenticate(const struct source *source, const char *name, char *password,
                                        struct err *err)
{
    const struct pam_conv conversation = {converse, password};
    pam_handle_t *pam = NULL;
    int status = pam_start_confdir(source->service, name, &conversation, source->directory, &pam);

    if (status == PAM_SUCCESS)
        status = ask(pam);
    if (answer_of(status) == ACCOUNT_LATER)
        err_set(err, ERR_TEMP, "PAM service '%s': %s", source->service, pam_strerror(pam, status));
    if (pam)
        pam_end(pam, status | PAM_DATA_SILENT);
    return answer_of(status);
}

/* ---- as a source */

/* A user who may log in by mail, ACCOUNT_UNKNOWN, or ACCOUNT_LATER. */
static enum account_answer look_up(const struct source *source, const char *name, struct identity *identity,
                                   struct err *err)
{
    struct err why;

    if (identity_find(identity, name, &why) == 0)
        return identity->uid >= source->first_uid && account_name_ok(span_of(identity->name))
                   ? ACCOUNT_YES
                   : ACCOUNT_UNKNOWN;
    if (why.class == ERR_NOUSER)
        return ACCOUNT_UNKNOWN;
    if (err)
        *err = why;
    return ACCOUNT_LATER;
}

static enum account_answer fill(const struct identity *identity, struct account *account, struct err *err)
{
    const char *fault;

    *account =
        (struct account){.name = mem_strdup(identity->name), .uid = identity->uid, .gid = identity->gid};
    fault = location_home(account, span_of(identity->home), false);
    if (!fault)
        fault = location_mail(account, SPAN_NULL);
    if (!fault)
        return ACCOUNT_YES;
    err_set(err, ERR_TEMP, "the home of '%s' is %s", account->name, fault);
    account_free(account);
    return ACCOUNT_LATER;
}

static enum account_answer find(void *ctx, const char *name, struct account *account, struct err *err)
{
    struct identity identity = {.name = NULL};
    enum account_answer found = look_up(ctx, name, &identity, err);

    if (found == ACCOUNT_YES)
        found = fill(&identity, account, err);
    identity_free(&identity);
    return found;
}

/* PAM is asked about everybody; about nobody, where the answer is not to count, so that no attempt here locks
 * root's account or one of the system's. */
static enum account_answer prove(const struct source *source, const struct identity *identity,
                                 struct span password, struct err *err)
{
    bool possible =
        identity && password.n && password.n < PAM_MAX_RESP_SIZE && !memchr(password.p, '\0', password.n);
    char *text = possible ? mem_strndup(password.p, password.n) : mem_strdup("-");
    enum account_answer right = authenticate(source, possible ? identity->name : "-nobody", text, err);

    OPENSSL_cleanse(text, strlen(text));
    free(text);
    return possible || right == ACCOUNT_LATER ? right : ACCOUNT_NO;
}

/* What is wrong with a user's home is told to who knows his password. */
static enum account_answer check(void *ctx, const char *name, struct span password, struct account *account,
                                 struct err *err)
{
    struct identity identity = {.name = NULL};
    enum account_answer found = look_up(ctx, name, &identity, err), right = found;

    if (found != ACCOUNT_LATER)
        right = prove(ctx, found == ACCOUNT_YES ? &identity : NULL, password, err);
    if (right == ACCOUNT_YES)
        right = fill(&identity, account, err);
    else if (right == ACCOUNT_NO)
        right = found == ACCOUNT_YES ? ACCOUNT_NO : ACCOUNT_UNKNOWN;
    identity_free(&identity);
    return right;
}

static void free_source(void *ctx)
{
    struct source *source = ctx;

    free(source->service);
    free(source->directory);
    free(source);
}

static const struct account_source_ops ops = {find, check, NULL, free_source};

int account_system(const struct account_system *settings, struct account_source *to, struct err *err)
{
    struct source *source = mem_alloc(sizeof *source);

    (void)err;
    source->service = mem_strdup(settings->service ? settings->service : "mailweird");
    source->directory = settings->directory ? mem_strdup(settings->directory) : NULL;
    source->first_uid = settings->first_uid;
    *to = (struct account_source){&ops, source};
    return 0;
}

#else

int account_system(const struct account_system *settings, struct account_source *to, struct err *err)
{
    (void)settings, (void)to;
    return err_set(err, ERR_USAGE, "this mailweird was built without PAM");
}

#endif
