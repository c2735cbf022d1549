/*
 * One message's way through the rc files: the walk over the tree, and the end, at which it is
 * in a folder or still with its sender.
 *
 * Order of use: run_new; run_set for what the command line assigns; run_file for rc files,
 * until one does not say RUN_END_OF_FILE or RUN_HOST; run_finish.  A clone (a copying block)
 * comes back from run_file in a process of its own and is finished in the same way.
 */
#ifndef MAILWEIR_ENGINE_RUN_H
#define MAILWEIR_ENGINE_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "deliver/ops.h"
#include "engine/env.h"
#include "message/message.h"
#include "recipe/rc.h"
#include "recipe/trust.h"
#include "trace/trace.h"

struct run_options {
    const struct deliver_ops *ops;
    void *ops_ctx;
    struct trace *trace;
    struct message *message;      /* the run's from now on */
    bool berkeley;                /* -Y: Content-Length means nothing */
    bool soft;                    /* -t: failure is 75 */
    const char *invoked_as;       /* $0 */
    const char *const *arguments; /* $1 …; NULL-terminated, or NULL */
    uid_t uid;                    /* whose rc files may be trusted */
    gid_t gid;
    const char *host;                   /* name of this host */
    bool no_biff;                       /* nobody is told of new mail unless COMSAT says so */
    bool (*drop_privileges)(void *ctx); /* DROPPRIVS; true when there were any; NULL: there are none */
    void *drop_ctx;
    const char *sandbox; /* a test: only programs below it can be SENDMAIL; NULL: any can */
};

enum run_end {
    RUN_END_OF_FILE,
    RUN_DELIVERED,
    RUN_HOST,      /* HOST did not match: the next rc file, if there is one */
    RUN_SIGNALLED, /* an ending signal came, or trouble that forbids to go on */
    RUN_STEP_ON,   /* never returned */
};

struct run;

struct run *run_new(const struct run_options *options);
void run_free(struct run *run); /* the message too */

/* Variables set before anything runs have no effect beside being there, but for those in which
 * settings live (SHELL, LOCKEXT, …), which are taken over. */
void run_preset(struct run *run, const char *name, const char *value);
void run_silence(struct run *run); /* VERBOSE off, whatever the variable says */
void run_import(struct run *run, const char *name, const char *value); /* without its effect */
void run_preset_unset(struct run *run, const char *name);

/* Nothing goes to the system mailbox: ORGMAIL is unset, and DEFAULT not in force until it is set. */
void run_forget_mailbox(struct run *run);

/* As an assignment in an rc file does it: traced, with its effects. */
void run_assign(struct run *run, const char *name, struct span value);

/* As `NAME=text` on the command line: the text is expanded first. */
void run_assign_argument(struct run *run, struct span argument);

/* NULL: not set. */
const char *run_get(const struct run *run, const char *name);

/* All variables, as `NAME=value`; NULL-terminated, good until one changes. */
const char *const *run_variables(struct run *run);

/* With a sandbox: SENDMAIL is this program, until it is set to another one in there. */
void run_hold_sendmail(struct run *run, const char *program);
/* Was SENDMAIL to be a program outside of the sandbox?  It stayed what it was. */
bool run_left_sandbox(const struct run *run);

bool run_is_verbose(const struct run *run);

/* Expands a text as on the command line; free() it. */
char *run_expand(struct run *run, const char *text);

/* Did the rc or the command line set MAILDIR? */
bool run_has_maildir(const struct run *run);
/* Sets MAILDIR without going there: the caller has. */
void run_set_maildir(struct run *run, const char *path);

/* Walks over the file; takes rc over. */
enum run_end run_file(struct run *run, struct rc *rc);

/* What becomes of the message after `end` of the last file (DEFAULT, ORGMAIL), the abstract, TRAP, the
 * locks; the exit status of the process. */
int run_finish(struct run *run, enum run_end end);

/* Gives back the lock of the recipe that was carried out last: before rights are given up, since
 * it could not be removed without them. */
void run_release_lock(struct run *run);

/* HOST did not match and there is no further rc file: by 3.22's rule the message is done with. */
int run_finish_undelivered(struct run *run);

#endif
