/* Landlock keeps writers inside; a seccomp filter denies what Landlock does not know. */
#include "explain/wall.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__linux__) && __has_include(<linux/landlock.h>) && (defined(__x86_64__) || defined(__aarch64__))

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/fs.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif

enum {
    ABI_REFER = 2,
    ABI_TRUNCATE = 3,
#ifdef __x86_64__
    ARCHITECTURE = (int)AUDIT_ARCH_X86_64,
#else
    ARCHITECTURE = (int)AUDIT_ARCH_AARCH64,
#endif
};

/* All that writes, as far as this kernel knows it; reading and executing stay free. */
static uint64_t writes(long abi)
{
    uint64_t set = LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |
                   LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
                   LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK |
                   LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

    if (abi >= ABI_REFER)
        set |= LANDLOCK_ACCESS_FS_REFER;
    if (abi >= ABI_TRUNCATE)
        set |= LANDLOCK_ACCESS_FS_TRUNCATE;
    return set;
}

static int allow(int ruleset, const char *path, uint64_t access)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = access,
                                              .parent_fd = open(path, O_PATH | O_CLOEXEC)};
    long failed;

    if (rule.parent_fd < 0)
        return -1;
    failed = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(rule.parent_fd);
    return failed ? -1 : 0;
}

static int restrict_files(const char *inside)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    struct landlock_ruleset_attr attr = {.handled_access_fs = writes(abi)};
    uint64_t file = attr.handled_access_fs & (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE);
    int ruleset, failed;

    if (abi < 1)
        return -1;
    ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    if (ruleset < 0)
        return -1;
    failed = allow(ruleset, inside, attr.handled_access_fs) || allow(ruleset, "/dev/null", file) ||
             syscall(SYS_landlock_restrict_self, ruleset, 0);
    close(ruleset);
    return failed ? -1 : 0;
}

/* What Landlock lets pass, or only newer ones stop.  Old names are not everywhere. */
static const long denied[] = {
#ifdef SYS_chmod
    SYS_chmod,
    SYS_chown,
    SYS_lchown,
    SYS_utime,
    SYS_utimes,
    SYS_futimesat,
#endif
    SYS_fchmod,
    SYS_fchmodat,
    SYS_fchown,
    SYS_fchownat,
    SYS_utimensat,
    SYS_truncate,
    SYS_setxattr,
    SYS_lsetxattr,
    SYS_fsetxattr,
    SYS_removexattr,
    SYS_lremovexattr,
    SYS_fremovexattr,
    SYS_socket,
    SYS_ptrace,
    SYS_process_vm_writev,
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_bpf,
    SYS_io_uring_setup,
    SYS_open_by_handle_at,
    SYS_kexec_load,
    SYS_reboot,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_swapon,
    SYS_swapoff,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_sethostname,
    SYS_quotactl,
    SYS_shmat,
    SYS_msgsnd,
    SYS_mq_open,
    452 /* fchmodat2 */,
    463 /* setxattrat */,
    466 /* removexattrat */,
    469 /* file_setattr */,
};

/* Other processes: new ones, and signals to those there are. */
static const long others[] = {
#ifdef SYS_fork
    SYS_fork,  SYS_vfork,
#endif
    SYS_clone, SYS_clone3, SYS_kill, SYS_tkill, SYS_pidfd_send_signal,
};

/* What may be asked of a file that is open only to be read. */
static const unsigned asked[] = {FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR};

/* O_TRUNC without a way to write empties the file, and a Landlock before ABI_TRUNCATE lets it. */
static const struct {
    long call;
    unsigned argument; /* that has the flags */
} opening[] = {
#ifdef SYS_open
    {SYS_open, 1},
#endif
    {SYS_openat, 2},
};

enum {
    DENIED = sizeof denied / sizeof *denied,
    OTHERS = sizeof others / sizeof *others,
    ASKED = sizeof asked / sizeof *asked,
    OPENING = sizeof opening / sizeof *opening,
};

struct program {
    struct sock_filter code[16 + 2 * (DENIED + OTHERS + ASKED) + 8 * OPENING];
    unsigned short n;
};

static void add(struct program *program, struct sock_filter line)
{
    program->code[program->n++] = line;
}

static void deny(struct program *program, const long *calls, size_t n, int errnum)
{
    for (size_t i = 0; i < n; i++) {
        add(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)calls[i], 0, 1));
        add(program,
            (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ((unsigned)errnum & 0xffff)));
    }
}

static struct sock_filter load(size_t offset)
{
    return (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offset);
}

/* The low half of an argument: both architectures have it first. */
static struct sock_filter load_argument(unsigned i)
{
    return load(offsetof(struct seccomp_data, args) + i * sizeof(uint64_t));
}

static struct sock_filter skip_unless(unsigned value, unsigned char n)
{
    return (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, n);
}

static struct sock_filter answer(unsigned what)
{
    return (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, what);
}

static void deny_ioctls(struct program *program)
{
    add(program, skip_unless(SYS_ioctl, 2 * ASKED + 2));
    add(program, load_argument(1));
    for (size_t i = 0; i < ASKED; i++) {
        add(program, skip_unless(asked[i], 1));
        add(program, answer(SECCOMP_RET_ERRNO | EPERM));
    }
    add(program, answer(SECCOMP_RET_ALLOW));
}

/* O_WRONLY and O_RDWR are left to Landlock; 0 and 3 do not count as writing there. */
static void deny_truncation(struct program *program)
{
    for (size_t i = 0; i < OPENING; i++) {
        add(program, skip_unless((unsigned)opening[i].call, 7));
        add(program, load_argument(opening[i].argument));
        add(program, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, O_TRUNC | O_ACCMODE));
        add(program, skip_unless(O_TRUNC | O_RDONLY, 1));
        add(program, answer(SECCOMP_RET_ERRNO | EPERM));
        add(program, skip_unless(O_TRUNC | O_ACCMODE, 1));
        add(program, answer(SECCOMP_RET_ERRNO | EPERM));
        add(program, answer(SECCOMP_RET_ALLOW));
    }
}

/* Its flags are in memory, where a filter cannot look: programs fall back to openat. */
static const long unseen[] = {SYS_openat2};

static int restrict_calls(bool may_fork)
{
    enum { X32 = 0x40000000 };
    struct program program = {.n = 0};
    struct sock_fprog filter = {.filter = program.code};

    add(&program, load(offsetof(struct seccomp_data, arch)));
    add(&program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)ARCHITECTURE, 1, 0));
    add(&program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
    add(&program, load(offsetof(struct seccomp_data, nr)));
    add(&program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32, 0, 1));
    add(&program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
    deny(&program, denied, DENIED, EPERM);
    if (!may_fork)
        deny(&program, others, OTHERS, EPERM);
    deny(&program, unseen, 1, ENOSYS);
    deny_ioctls(&program);
    deny_truncation(&program);
    add(&program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    filter.len = program.n;
    return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter);
}

int wall_raise(const char *inside, bool may_fork, struct err *err)
{
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || restrict_files(inside) || restrict_calls(may_fork))
        return err_set_errno(err, ERR_OSERR, "cannot keep a program from writing outside '%s'", inside);
    return 0;
}

#else

int wall_raise(const char *inside, bool may_fork, struct err *err)
{
    (void)may_fork;
    return err_set(err, ERR_OSERR, "cannot keep a program from writing outside '%s': no Landlock here",
                   inside);
}

#endif

bool wall_available(void)
{
    int status = 1;
    pid_t pid = fork();

    if (pid == 0)
        _exit(wall_raise("/", false, NULL) ? 1 : 0);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return pid > 0 && status == 0;
}
