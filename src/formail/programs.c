/*
 * A program for each message, which is given the number of the message in FILENO.
 */
#include "formail/formail.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "process/spawn.h"

enum { WIDTH_MAX = 25, VARIABLE_MAX = 64 };

static const char variable[] = "FILENO=";

struct formail_programs {
    const struct formail *formail;
    const char **envp;
    char fileno[VARIABLE_MAX]; /* in envp, where it is wanted */
    int width;                 /* of the number; -1: it is none, and stays as it is */
    long number;
    pid_t *children; /* not yet waited for */
    size_t n, room;
    int to;     /* the standard input of the last, or -1 */
    int status; /* of the first that failed */
    void (*say)(void *ctx, struct span line);
};

/* The variable may be set to say where to begin, and with how many digits. */
static void number_init(struct formail_programs *programs, const char **slot)
{
    const char *text = *slot ? *slot + strlen(variable) : "000";
    size_t width = strlen(text);
    char *end;

    programs->width = width > WIDTH_MAX ? WIDTH_MAX : (int)width;
    programs->number = strtol(text, &end, 10);
    if (programs->number < 0)
        programs->width--;
    if (*end)
        programs->width = -1;
    else
        *slot = programs->fileno;
}

static void number_set(struct formail_programs *programs)
{
    static const char zeros[] = "0000000000000000000000000";
    long number = programs->number++;
    bool negative = number < 0;
    char digits[24];
    int n, missing;

    if (programs->width < 0)
        return;
    n = snprintf(digits, sizeof digits, "%lu", negative ? -(unsigned long)number : (unsigned long)number);
    missing = programs->width - negative - n;
    snprintf(programs->fileno, sizeof programs->fileno, "%s%s%.*s%s", variable, negative ? "-" : "",
             missing > 0 ? missing : 0, zeros, digits);
}

struct formail_programs *formail_programs_new(const struct formail *formail, const char *const *envp)
{
    struct formail_programs *programs = mem_alloc(sizeof *programs);
    size_t n = 0, slot;

    while (envp[n])
        n++;
    programs->formail = formail;
    programs->to = -1;
    programs->envp = mem_alloc_array(n + 2, sizeof *programs->envp);
    slot = n;
    for (size_t i = 0; i < n; i++) {
        programs->envp[i] = envp[i];
        if (strncmp(envp[i], variable, strlen(variable)) == 0)
            slot = i;
    }
    number_init(programs, &programs->envp[slot]);
    return programs;
}

void formail_programs_free(struct formail_programs *programs)
{
    if (programs->to >= 0)
        close(programs->to);
    free(programs->children);
    free(programs->envp);
    free(programs);
}

/* ---- waiting */

static void child_ended(struct formail_programs *programs, size_t at, int status)
{
    programs->children[at] = programs->children[--programs->n];
    if (programs->status == 0)
        programs->status = status;
}

static void wait_for(struct formail_programs *programs, size_t at)
{
    child_ended(programs, at, spawn_wait(programs->children[at], 0, NULL));
}

/* Whichever ends first. */
static void wait_for_one(struct formail_programs *programs)
{
    siginfo_t info = {0};

    while (waitid(P_ALL, 0, &info, WEXITED | WNOWAIT) < 0 && errno == EINTR)
        ;
    for (size_t i = 0; i < programs->n; i++)
        if (programs->children[i] == info.si_pid) {
            wait_for(programs, i);
            return;
        }
    wait_for(programs, 0); /* another's child: one has to be chosen */
}

static void collect(struct formail_programs *programs)
{
    for (size_t i = programs->n; i-- > 0;) {
        siginfo_t info = {0};

        if (waitid(P_PID, (id_t)programs->children[i], &info, WEXITED | WNOWAIT | WNOHANG) == 0 &&
            info.si_pid)
            wait_for(programs, i);
    }
}

/* A negative limit is one, and none is none. */
static void make_room(struct formail_programs *programs)
{
    size_t limit = programs->formail->processes < 0 ? 1 : (size_t)programs->formail->processes;

    collect(programs);
    while (limit && programs->n >= limit)
        wait_for_one(programs);
}

/* ---- starting */

/* What cannot be started itself may be a script without the bit that says so. */
static pid_t start_script(const struct spawn *spawn, const char *const *argv, struct err *err)
{
    struct spawn shell = *spawn;
    const char **words;
    size_t n = 0;
    pid_t pid;

    while (argv[n])
        n++;
    words = mem_alloc_array(n + 2, sizeof *words);
    words[0] = "/bin/sh";
    for (size_t i = 0; i < n; i++)
        words[i + 1] = argv[i];
    shell.argv = words;
    pid = spawn_start(&shell, err);
    free(words);
    return pid;
}

static pid_t start(struct formail_programs *programs, int in, struct err *err)
{
    const struct spawn spawn = {
        .argv = programs->formail->program, .envp = programs->envp, .in = in, .out = 1, .errs = -1};

    for (;;) {
        pid_t pid = spawn_start(&spawn, err);

        if (pid < 0 && err->class != ERR_TEMP)
            pid = start_script(&spawn, spawn.argv, err);
        if (pid >= 0 || err->class != ERR_TEMP || !programs->n)
            return pid;
        wait_for_one(programs); /* too many processes: one less */
    }
}

static int begin_program(void *ctx, struct err *err)
{
    struct formail_programs *programs = ctx;
    int ends[2];
    pid_t pid;

    number_set(programs);
    make_room(programs);
    if (spawn_pipe(ends, SPAWN_WE_WAIT, err))
        return err_set(err, ERR_OSERR, "File table full");
    pid = start(programs, ends[0], err);
    close(ends[0]);
    if (pid < 0) {
        close(ends[1]);
        return err_set(err, ERR_OSERR, err->class == ERR_TEMP ? "Can't fork" : "Failed to execute \"%s\"",
                       programs->formail->program[0]);
    }
    if (programs->n == programs->room) {
        programs->room = programs->room * 2 + 4;
        programs->children = mem_realloc(programs->children, programs->room * sizeof *programs->children);
    }
    programs->children[programs->n++] = pid;
    programs->to = ends[1];
    return 0;
}

static int write_program(void *ctx, struct span piece)
{
    return io_write(((struct formail_programs *)ctx)->to, piece.p, piece.n);
}

/* A program is stopped before its input ends, unless that is whole. */
static int end_program(void *ctx, bool whole)
{
    struct formail_programs *programs = ctx;

    if (!whole)
        kill(programs->children[programs->n - 1], SIGTERM);
    close(programs->to);
    programs->to = -1;
    return 0;
}

static int settle_programs(void *ctx, bool last)
{
    struct formail_programs *programs = ctx;

    while (programs->n && (last || !programs->formail->parallel))
        wait_for(programs, 0);
    return programs->status;
}

static void say_for_programs(void *ctx, struct span line)
{
    struct formail_programs *programs = ctx;

    programs->say(NULL, line);
}

struct formail_sink formail_programs_sink(struct formail_programs *programs,
                                          void (*say)(void *ctx, struct span line))
{
    programs->say = say;
    return (struct formail_sink){begin_program,   write_program,    end_program,
                                 settle_programs, say_for_programs, programs};
}
