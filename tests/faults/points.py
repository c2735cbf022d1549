"""Where a delivery can be hit: its system calls, as strace(1) lists them for a run without fault."""

import re
import subprocess
from collections import Counter
from dataclasses import dataclass

LINE = re.compile(r"^(\d+) +\[ *(\d+)\] (\w+)\((.*)$")

# What the dynamic loader does is not the program's: it ends with the release of its cache.
LOADED = "munmap"

# Calls that cannot fail, or that a debugger would have to forge.
NEVER_FAIL = {
    "exit", "exit_group", "getegid", "geteuid", "getgid", "getpid", "getppid", "getuid",
    "restart_syscall", "rt_sigreturn", "set_robust_list", "set_tid_address", "umask", "rseq",
    "arch_prctl", "prlimit64", "getresuid", "getresgid", "uname", "munmap", "getrandom", "alarm",
    "clock_nanosleep", "nanosleep", "futex", "pause", "rt_sigsuspend", "rt_sigprocmask", "rt_sigaction",
}

# What the kernel may answer, where that is less than everything.
ONLY = {
    "brk": {"ENOMEM"},
    "close": {"EIO", "ENOSPC", "EDQUOT", "EINTR"},
    "close_range": {"EMFILE", "ENOMEM"},
    "clone": {"EAGAIN", "ENOMEM"},
    "clone3": {"EAGAIN", "ENOMEM"},
    "fork": {"EAGAIN", "ENOMEM"},
    "vfork": {"EAGAIN", "ENOMEM"},
    "dup": {"EMFILE", "EINTR"},
    "dup2": {"EMFILE", "EINTR"},
    "fcntl": {"EAGAIN", "EINTR", "EIO", "ENOMEM", "EMFILE"},
    "kill": {"EPERM"},
    "mmap": {"ENOMEM", "EAGAIN"},
    "mremap": {"ENOMEM", "EAGAIN"},
    "mprotect": {"ENOMEM"},
    "poll": {"EINTR", "ENOMEM"},
    "select": {"EINTR", "ENOMEM"},
    "wait4": {"EINTR"},
    "socket": {"EMFILE", "ENOMEM"},
    "connect": {"EAGAIN", "EINTR"},
    "pipe": {"EMFILE"},
    "pipe2": {"EMFILE"},
}


@dataclass(frozen=True)
class Point:
    """The nth call of this kind in one process; process 0 is the program itself."""

    process: int
    call: str
    number: int  # of the system call
    occurrence: int
    transfer: bool = False  # it moves bytes, and may move fewer

    def errors(self, wanted):
        if self.call in NEVER_FAIL:
            return []
        return [name for name in wanted if name in ONLY.get(self.call, wanted)]

    def __str__(self):
        where = f"process {self.process} " if self.process else ""
        return f"{where}{self.call} {self.occurrence}"


def trace(command, **how):
    """The lines that strace has to say of a run, and the exit status."""
    path = how.pop("output")
    strace = ["strace", "-f", "-b", "execve", "-n", "-y", "-s", "0", "-o", path]
    done = subprocess.run(strace + command, **how)
    with open(path, encoding="latin-1") as stream:
        return stream.read().splitlines(), done.returncode


def calls(lines):
    """(pid, number, name, the rest) of each call, where it began."""
    for line in lines:
        match = LINE.match(line)
        if match:
            yield int(match[1]), int(match[2]), match[3], match[4]


def points(lines):
    """Every point behind the loader's."""
    order, seen, found = [], Counter(), []
    loading = True
    for pid, number, name, _ in calls(lines):
        if pid not in order:
            order.append(pid)
        seen[pid, name] += 1
        if loading:
            loading = not (name == LOADED and seen[pid, "set_tid_address"])
            continue
        found.append(
            Point(
                order.index(pid),
                name,
                number,
                seen[pid, name],
                transfer=name in ("read", "write", "pread64", "pwrite64"),
            )
        )
    return found
