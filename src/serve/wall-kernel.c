/* Landlock and seccomp by their system calls: no library is needed, and what is allowed can be read here. */
#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "serve/wall-private.h"
#include "serve/wall.h"

#if defined(__linux__) && __has_include(<linux/landlock.h>)

#include <linux/landlock.h>

/* What later versions know, whatever the headers at hand do. */
struct ruleset {
    uint64_t files, network, scopes;
};

enum { FILES_1 = (1 << 13) - 1, NETWORK = 3, SCOPES = 3 };

/* Everything is denied: there is no rule. */
void wall_deny_files(void)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    struct ruleset set = {.files = FILES_1};
    size_t size = sizeof set.files;
    int fd;

    if (abi >= 2)
        set.files |= 1 << 13;
    if (abi >= 3)
        set.files |= 1 << 14;
    if (abi >= 4) {
        set.network = NETWORK;
        size += sizeof set.network;
    }
    if (abi >= 5)
        set.files |= 1 << 15;
    if (abi >= 6) {
        set.scopes = SCOPES;
        size += sizeof set.scopes;
    }
    fd = abi < 1 ? -1 : (int)syscall(SYS_landlock_create_ruleset, &set, size, 0);
    if (fd < 0)
        return;
    (void)!syscall(SYS_landlock_restrict_self, fd, 0);
    close(fd);
}

#else

void wall_deny_files(void)
{
}

#endif

#if defined(__linux__) && (defined(__x86_64__) || defined(__aarch64__))

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#ifdef __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#else
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

/* The frequent ones first.  None changes what all fronts share: the socket to auth by shutdown(2) or
 * setsockopt(2), where the log goes on by lseek(2). */
static const int allowed[] = {
    SYS_read,
    SYS_write,
    SYS_recvfrom,
    SYS_sendto,
#ifdef SYS_poll
    SYS_poll,
#endif
    SYS_ppoll,
    SYS_recvmsg,
    SYS_sendmsg,
    SYS_close,
    SYS_socketpair,
    SYS_brk,
    SYS_munmap,
    SYS_mremap,
    SYS_madvise,
    SYS_getrandom,
    SYS_clock_gettime,
    SYS_futex,
    SYS_getsockopt,
    SYS_getpeername,
    SYS_getpid,
    SYS_gettid,
    SYS_getuid,
    SYS_geteuid,
    SYS_getgid,
    SYS_getegid,
    SYS_nanosleep,
    SYS_clock_nanosleep,
    SYS_rt_sigreturn,
    SYS_rt_sigprocmask,
    SYS_rt_sigaction,
    SYS_restart_syscall,
    SYS_exit,
    SYS_exit_group,
};

/* Only without PROT_EXEC. */
static const int mapping[] = {SYS_mmap, SYS_mprotect};

/* Tried by libraries, and no harm done. */
static const int refused[] = {
#ifdef SYS_open
    SYS_open,    SYS_readlink,   SYS_access, SYS_stat,
#endif
    SYS_openat,  SYS_newfstatat, SYS_fstat,  SYS_readlinkat, SYS_faccessat, SYS_socket,
    SYS_connect, SYS_ioctl,      SYS_fcntl,  SYS_uname,      SYS_tgkill,    SYS_sysinfo,
    SYS_shutdown, SYS_setsockopt, SYS_lseek,
};

enum {
    ALLOWED = sizeof allowed / sizeof *allowed,
    MAPPING = sizeof mapping / sizeof *mapping,
    REFUSED = sizeof refused / sizeof *refused
};

struct program {
    struct sock_filter code[16 + 2 * (ALLOWED + REFUSED) + 5 * MAPPING];
    unsigned short n;
};

static void add(struct program *program, struct sock_filter line)
{
    program->code[program->n++] = line;
}

static void load(struct program *program, size_t offset)
{
    add(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offset));
}

static void give(struct program *program, unsigned action)
{
    add(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

/* The next `skip` lines are only for this value. */
static void only_for(struct program *program, int value, unsigned char skip)
{
    add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)value, 0, skip));
}

static void answer(struct program *program, const int *calls, size_t n, unsigned action)
{
    for (size_t i = 0; i < n; i++) {
        only_for(program, calls[i], 1);
        give(program, action);
    }
}

static void answer_mapping(struct program *program)
{
    for (size_t i = 0; i < MAPPING; i++) {
        only_for(program, mapping[i], 4);
        load(program, offsetof(struct seccomp_data, args[2]));
        add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1));
        give(program, SECCOMP_RET_KILL_PROCESS);
        give(program, SECCOMP_RET_ALLOW);
    }
}

int wall_filter(void)
{
    struct program program = {.n = 0};
    struct sock_fprog filter = {.filter = program.code};

    load(&program, offsetof(struct seccomp_data, arch));
    add(&program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)ARCHITECTURE, 1, 0));
    give(&program, SECCOMP_RET_KILL_PROCESS);
    load(&program, offsetof(struct seccomp_data, nr));
    answer(&program, allowed, ALLOWED, SECCOMP_RET_ALLOW);
    answer_mapping(&program);
    answer(&program, refused, REFUSED, SECCOMP_RET_ERRNO | EPERM);
    give(&program, SECCOMP_RET_KILL_PROCESS);
    filter.len = program.n;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

bool wall_has_filter(void)
{
    return true;
}

#else

int wall_filter(void)
{
    errno = ENOSYS;
    return -1;
}

bool wall_has_filter(void)
{
    return false;
}

#endif
