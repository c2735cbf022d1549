"""One run of the program on one message and one rc file, in a folder of its own, and what came of it.

The folder holds, beside box/mail (which is MAILDIR), what a run must not touch: files around it that can be
reached by `../` or by name.  As root the program is run as nobody, so that all it may write to is this folder.
"""
import ctypes
import dataclasses
import os
import re
import resource
import select
import shutil
import signal
import socket
import stat
import tempfile
import time

NOBODY = 65534
SYSEXITS = set(range(64, 79))
FILE_MAX = 64 << 20   # of each file it writes: floods meet it
MEMORY_MAX = 2 << 30  # of address space: only to protect the machine
CANARY = b"a file of the owner\n"
SLACK = 6


@dataclasses.dataclass
class Case:
    name: str
    message: bytes
    rc: bytes
    disposes: bool = False  # its recipes may throw mail away, or change it
    status: object = None   # an exit status beside 0 and those of sysexits.h; "any"
    memory: int = 64        # MiB of resident memory
    seconds: float = 10     # of the processor; by the clock it may be SLACK times as many, on a busy machine
    patience: float = 0     # seconds after which a mailer would end it (SIGTERM): then it must say 75
    outside: bool = False   # it names a place outside MAILDIR
    background: float = 0


@dataclasses.dataclass
class Result:
    case: Case
    status: int  # negative: a signal
    seconds: float  # by the clock
    busy: float     # of the processor
    memory: int     # MiB
    faults: list


def become_reaper():
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


class Sandbox:
    def __init__(self, program, measure, is_sanitized):
        self.program, self.measure, self.is_sanitized = program, measure, is_sanitized
        self.root = tempfile.mkdtemp(prefix="hostile-")
        self.box, self.mail = self.path("box"), self.path("box/mail")

    def path(self, name):
        return os.path.join(self.root, name)

    def fill(self, data):
        return data.replace(b"@ROOT@", self.root.encode())

    def prepare(self, case):
        for name in ("box", "box/mail", "box/mail/dir", "box/mail/locked", "tmp", "beside"):
            os.mkdir(self.path(name))
        for name in ("canary", "box/canary", "beside/canary", "box/mail/readonly"):
            self.write(name, CANARY)
        self.write("input", self.fill(case.message))
        self.write("rc", self.fill(case.rc))
        os.mkfifo(self.path("fifo"))
        os.symlink("loop", self.path("loop"))
        os.symlink("box/nothing", self.path("dangling"))
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(self.path("socket"))
        self.own()
        os.chmod(self.path("box/mail/readonly"), 0o400)
        os.chmod(self.path("box/mail/locked"), 0)

    def write(self, name, data):
        with open(self.path(name), "wb") as file:
            file.write(data)
        os.chmod(self.path(name), 0o600)

    def own(self):
        if os.geteuid() != 0:
            return
        for folder, folders, files in os.walk(self.root):
            for name in [folder] + [os.path.join(folder, one) for one in folders + files]:
                os.lchown(name, NOBODY, NOBODY)

    # ---- running

    def child(self, report):
        os.setsid()
        os.set_inheritable(report, True)
        for fd, name, flags in ((0, "input", os.O_RDONLY), (1, "stdout", os.O_WRONLY | os.O_CREAT),
                                (2, "stderr", os.O_WRONLY | os.O_CREAT | os.O_APPEND)):
            os.dup2(os.open(self.path(name), flags, 0o666), fd)
        resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_MAX, FILE_MAX))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if not self.is_sanitized:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MAX, MEMORY_MAX))
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
        os.chdir(self.box)
        environment = {"PATH": "/usr/bin:/bin", "TMPDIR": self.path("tmp"), "TZ": "UTC"}
        if self.is_sanitized:
            for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
                environment[name] = f"{os.environ.get(name, '')}:log_path={self.path('report')}"
        settings = {"MAILDIR": self.mail, "DEFAULT": self.mail + "/inbox", "ORGMAIL": self.mail + "/orgmail",
                    "LOGFILE": self.path("box/log")}
        os.execve(self.measure, [self.measure, str(report), self.program]
                  + [f"{name}={value}" for name, value in settings.items()] + [self.path("rc")], environment)

    def start(self, report):
        pid = os.fork()
        if pid == 0:
            try:
                self.child(report)
            finally:
                os._exit(98)
        return pid

    def run(self, case):
        self.prepare(case)
        before = self.listing()
        begun = time.monotonic()
        reader, report = os.pipe()
        pid = self.start(report)
        os.close(report)
        told = self.wait(reader, pid, case)
        os.close(reader)
        seconds = time.monotonic() - begun
        self.wait_for_others(pid, case.background)
        status, memory, busy, _ = map(int, told or (9, 0, 0, 0))
        result = Result(case, os.waitstatus_to_exitcode(status), seconds, busy / 1e6, memory // 1024, [])
        self.judge(result, before, bool(told))
        return result

    def wait(self, reader, session, case):
        """What was measured; nothing if the time is over."""
        def is_told(seconds):
            return select.select([reader], [], [], seconds)[0]
        if case.patience and not is_told(case.patience):
            self.signal_all(session, signal.SIGTERM)
        if is_told(case.seconds * SLACK):
            return os.read(reader, 100).split()
        return []

    def signal_all(self, session, number):
        for name in os.listdir("/proc"):
            if name.isdigit() and self.session_of(int(name)) == session:
                os.kill(int(name), number)

    def wait_for_others(self, session, seconds):
        """Clones may go on for a while; daemons of recipes, and what was too slow, are ended."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid:
                continue
            if time.monotonic() >= deadline:
                self.signal_all(session, signal.SIGKILL)
            time.sleep(0.01)

    @staticmethod
    def session_of(pid):
        try:
            return os.getsid(pid)
        except OSError:
            return None

    # ---- judging

    def listing(self):
        """What is there, but for what is below MAILDIR, the log and our own output."""
        found = {}
        for folder, folders, files in os.walk(self.root):
            if folder.startswith(self.mail):
                continue
            for name in folders + files:
                path = os.path.join(folder, name)
                st = os.lstat(path)
                content = st.st_size if stat.S_ISREG(st.st_mode) else None
                found[os.path.relpath(path, self.root)] = (st.st_mode, st.st_ino, content)
        for name in ("stdout", "stderr", "box/log", "box/mail"):
            found.pop(name, None)
        return found

    def judge(self, result, before, ended):
        case, faults = result.case, result.faults
        if not ended:
            faults.append(f"not ended after {result.seconds:.1f} s")
        elif result.status < 0:
            faults.append(f"ended by signal {-result.status}")
        elif case.patience and result.status != 75:
            faults.append(f"exit status {result.status} after SIGTERM")
        elif result.status and result.status not in SYSEXITS and case.status not in (result.status, "any"):
            faults.append(f"exit status {result.status}")
        if result.memory > case.memory and not self.is_sanitized:
            faults.append(f"{result.memory} MiB of memory")
        if result.busy > case.seconds and not self.is_sanitized:
            faults.append(f"{result.busy} s of the processor")
        faults.extend("the sanitizers report:\n" + text for text in self.take_reports())
        if os.path.lexists(self.path("ran")):
            faults.append("a text of the message was run")
        self.judge_places(case, faults, before)
        if result.status == 0 and not case.disposes and not self.is_there(case):
            faults.append("status 0, and the message is nowhere whole")

    def take_reports(self):
        """What the sanitizers found.  On a busy machine they also tell of themselves ("Unable to get registers")."""
        for name in os.listdir(self.root):
            if not name.startswith("report."):
                continue
            with open(self.path(name), "r", encoding="latin-1") as file:
                text = file.read(2000)
            os.unlink(self.path(name))
            if "ERROR" in text or "runtime error" in text:
                yield text

    def judge_places(self, case, faults, before):
        after = self.listing()
        changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
        if any(name.startswith("tmp/") for name in changed):
            faults.append("a spool file is left")
        if changed and not case.outside:
            faults.append("outside MAILDIR: " + ", ".join(changed[:5]))
        left = [name for name in self.names() if self.is_leftover(name)]
        if left:
            faults.append("left: " + ", ".join(left[:5]))

    def names(self):
        for folder, _, files in os.walk(self.mail):
            for name in files:
                yield os.path.relpath(os.path.join(folder, name), self.mail)

    @staticmethod
    def is_leftover(name):
        return bool(re.search(r"(^|/)(tmp/[^/]+|_[^/]+|\.lk[^/]*|[^/]*\.lock)$", name))

    def is_there(self, case):
        wanted = normal(self.fill(case.message))
        shown = wanted[wanted.index(b"\n") + 1:] if wanted.startswith(b"From ") and b"\n" in wanted else wanted
        for name in self.places():
            with open(name, "rb") as file:
                data = normal(file.read())
            if data in (shown, without_from_lines(wanted)) if "/new/" in name else wanted in data:
                return True
        return False

    def places(self):
        """All files but those that were there, the message itself first of all."""
        for folder, _, files in os.walk(self.root):
            for name in files:
                path = os.path.join(folder, name)
                if path not in (self.path("input"), self.path("rc"), self.path("box/log")) and os.path.isfile(path):
                    yield path

    def close(self):
        for name in ("box/mail/locked",):
            if os.path.isdir(self.path(name)):
                os.chmod(self.path(name), 0o700)
        shutil.rmtree(self.root)


def normal(data):
    """Without what delivery may change: `>` before `From `, the number of Content-Length."""
    data = data.replace(b"\n>From ", b"\nFrom ")
    return re.sub(rb"(?i)(^|\n)(content-length:)[^\n]*", rb"\1\2", data)


def without_from_lines(data):
    """As a Maildir holds it; normal() has made `From ` of `>From `."""
    while data.startswith(b"From "):
        end = data.find(b"\n")
        data = data[end + 1:] if end >= 0 else b""
    return data
