/*
 * inject: runs a program and lets one of its system calls fail, be cut short, or never happen
 * because the process is killed before it.
 *
 * strace(1) can do most of that, but it counts for each process alone, so that it cannot reach
 * a child without hitting its parent first, and it cannot make a write short.  Here a point is
 * the Nth call of one kind in the Pth process, in the order in which they were made: 0 is the
 * program itself.  A process that the program starts with execve(2) is somebody else's and let go.
 *
 * The exit status, or the signal of death, is the program's own.  2 means misuse or trouble here.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <elf.h>
#include <linux/ptrace.h>

enum { CALLS = 1024, PROCESSES = 256 };

/* What is to happen, and where. */
struct fault {
    long process;
    long call;
    long occurrence;
    long error; /* errno, 0 when none */
    long count; /* bytes that a read or write may move, -1 when not cut */
    bool kill;
    bool lasting; /* every later call of that kind in any process, too */
    const char *report;
    bool fired;
};

struct process {
    pid_t pid; /* 0 in a free slot */
    long index;
    bool inside; /* between the entry and the exit of a call */
    long error;  /* to be returned at the exit, 0 when none */
    bool asked;  /* another question was put in place of the call's own: brk */
    unsigned long argument;
    unsigned short seen[CALLS];
};

struct processes {
    struct process slot[PROCESSES];
    long made;
};

static _Noreturn void trouble(const char *what)
{
    fprintf(stderr, "inject: %s: %s\n", what, strerror(errno));
    exit(2);
}

static struct process *process_find(struct processes *all, pid_t pid)
{
    for (size_t i = 0; i < PROCESSES; i++)
        if (all->slot[i].pid == pid)
            return &all->slot[i];
    return NULL;
}

static struct process *process_add(struct processes *all, pid_t pid)
{
    struct process *it = process_find(all, 0);
    if (it == NULL) {
        errno = EAGAIN;
        trouble("too many processes");
    }
    memset(it, 0, sizeof *it);
    it->pid = pid;
    it->index = all->made++;
    return it;
}

/* The registers, as far as a fault changes them. */
#if defined __x86_64__
typedef struct user_regs_struct registers;
#define RETURN(r) (r)->rax
#define FIRST(r) (r)->rdi
#define COUNT(r) (r)->rdx
static void call_skip(pid_t pid, registers *r)
{
    (void)pid;
    r->orig_rax = (unsigned long)-1;
}
#elif defined __aarch64__
typedef struct user_regs_struct registers;
#define RETURN(r) (r)->regs[0]
#define FIRST(r) (r)->regs[0]
#define COUNT(r) (r)->regs[2]
static void call_skip(pid_t pid, registers *r)
{
    int none = -1;
    struct iovec v = {&none, sizeof none};
    (void)r;
    ptrace(PTRACE_SETREGSET, pid, (void *)NT_ARM_SYSTEM_CALL, &v);
}
#else
#error "the registers of this machine are not known here"
#endif

static void registers_get(pid_t pid, registers *r)
{
    struct iovec v = {r, sizeof *r};
    ptrace(PTRACE_GETREGSET, pid, (void *)NT_PRSTATUS, &v);
}

static void registers_set(pid_t pid, registers *r)
{
    struct iovec v = {r, sizeof *r};
    ptrace(PTRACE_SETREGSET, pid, (void *)NT_PRSTATUS, &v);
}

static bool fault_hits(const struct fault *f, const struct process *p, long call)
{
    if (call != f->call)
        return false;
    if (f->fired)
        return f->lasting;
    return p->index == f->process && p->seen[call] == f->occurrence;
}

static void fault_report(struct fault *f)
{
    if (f->fired || f->report == NULL)
        return;
    FILE *out = fopen(f->report, "w");
    if (out == NULL || fputs("fired\n", out) < 0 || fclose(out) != 0)
        trouble(f->report);
}

static void call_enter(struct fault *f, struct process *p, long call)
{
    p->inside = true;
    if (call < 0 || call >= CALLS)
        return;
    p->seen[call]++;
    if (!fault_hits(f, p, call))
        return;
    fault_report(f);
    f->fired = true;
    if (f->kill) {
        kill(p->pid, SIGKILL);
        return;
    }
    registers r;
    registers_get(p->pid, &r);
    if (call == SYS_brk) { /* it never fails, but answers with the end as it was */
        p->asked = true;
        p->argument = FIRST(&r);
        FIRST(&r) = 0;
    } else if (f->error != 0) {
        if (call != SYS_close) /* a close that fails has closed all the same */
            call_skip(p->pid, &r);
        p->error = f->error;
    } else if ((long)COUNT(&r) > f->count) {
        COUNT(&r) = (unsigned long)f->count;
    }
    registers_set(p->pid, &r);
}

static void call_leave(struct process *p)
{
    p->inside = false;
    if (p->error == 0 && !p->asked)
        return;
    registers r;
    registers_get(p->pid, &r);
    if (p->asked)
        FIRST(&r) = p->argument;
    else
        RETURN(&r) = (unsigned long)-p->error;
    registers_set(p->pid, &r);
    p->error = 0;
    p->asked = false;
}

static void call_stop(struct fault *f, struct process *p)
{
    struct ptrace_syscall_info info;
    if (ptrace(PTRACE_GET_SYSCALL_INFO, p->pid, (void *)sizeof info, &info) <= 0)
        return;
    if (info.op == PTRACE_SYSCALL_INFO_ENTRY)
        call_enter(f, p, (long)info.entry.nr);
    else if (info.op == PTRACE_SYSCALL_INFO_EXIT && p->inside)
        call_leave(p);
}

/* One stop of one process; the signal to go on with, or -1 when it has been let go. */
static int stop_handle(struct fault *f, struct process *p, int status)
{
    int sig = WSTOPSIG(status);
    int event = status >> 16;
    if (sig == (SIGTRAP | 0x80)) {
        call_stop(f, p);
        return 0;
    }
    if (event == PTRACE_EVENT_EXEC && p->index > 0) {
        ptrace(PTRACE_DETACH, p->pid, NULL, NULL);
        p->pid = 0;
        return -1;
    }
    return event != 0 ? 0 : sig;
}

static pid_t program_start(char **argv)
{
    pid_t pid = fork();
    if (pid < 0)
        trouble("fork");
    if (pid == 0) {
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        raise(SIGSTOP);
        execv(argv[0], argv);
        trouble(argv[0]);
    }
    int status;
    if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
        trouble("the program did not stop");
    long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK
        | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
    ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)options);
    ptrace(PTRACE_SYSCALL, pid, NULL, NULL);
    return pid;
}

/* Until the last process that is ours has ended; the wait status of the program itself. */
static int watch(struct fault *f, pid_t program)
{
    static struct processes all;
    process_add(&all, program);
    int ended = 0;
    for (;;) {
        int status;
        pid_t pid = waitpid(-1, &status, __WALL);
        if (pid < 0 && errno == EINTR)
            continue;
        if (pid < 0)
            return ended;
        struct process *p = process_find(&all, pid);
        if (!WIFSTOPPED(status)) {
            if (pid == program)
                ended = status;
            if (p != NULL)
                p->pid = 0;
            continue;
        }
        int sig = 0;
        if (p == NULL)
            process_add(&all, pid); /* it begins with a SIGSTOP of the tracing itself */
        else
            sig = stop_handle(f, p, status);
        if (sig >= 0)
            ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(long)sig);
    }
}

static _Noreturn void usage(void)
{
    fputs("usage: inject -p PROCESS -s CALL -n OCCURRENCE {-k | -e ERRNO | -c COUNT} [-l] [-o REPORT] program [argument...]\n",
        stderr);
    exit(2);
}

static void options_read(struct fault *f, int argc, char **argv)
{
    for (int c; (c = getopt(argc, argv, "+p:s:n:ke:c:lo:")) != -1;)
        switch (c) {
        case 'p': f->process = atol(optarg); break;
        case 's': f->call = atol(optarg); break;
        case 'n': f->occurrence = atol(optarg); break;
        case 'k': f->kill = true; break;
        case 'e': f->error = atol(optarg); break;
        case 'c': f->count = atol(optarg); break;
        case 'l': f->lasting = true; break;
        case 'o': f->report = optarg; break;
        default: usage();
        }
    if (optind >= argc || f->kill + (f->error != 0) + (f->count >= 0) != 1)
        usage();
}

int main(int argc, char **argv)
{
    struct fault f = {.count = -1};
    options_read(&f, argc, argv);
    int status = watch(&f, program_start(argv + optind));
    if (WIFSIGNALED(status)) {
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        signal(WTERMSIG(status), SIG_DFL);
        raise(WTERMSIG(status));
    }
    return WEXITSTATUS(status);
}
