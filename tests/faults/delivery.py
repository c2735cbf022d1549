"""One delivery in a scratch home, with a fault or without, and what is to be said of it."""

import ctypes
import os
import shutil
import signal
import subprocess
import time

from places import FORMS, Mbox
from rows import PROGRAMS

TEMPORARY = 75  # EX_TEMPFAIL: the MTA keeps the message
CANNOT_CREATE = 73  # EX_CANTCREAT: right only where a copy is safe, which a retry would double
PATIENCE = 40  # seconds; a delivery that takes longer hangs

# Said before the rc file is read, so that they hold even where it can't be.
FIRST = "DEFAULT={home}/inbox ORGMAIL={home}/org LOCKSLEEP=0 SUSPEND=0 NORESRETRY=1 TIMEOUT=3"

PROLOGUE = """MAILDIR={home}
LOGFILE={home}/log
SENDMAIL={home}/bin/sendmail
PATH={home}/bin:/usr/bin:/bin
SHELL=/bin/sh
"""


def adopt_orphans():
    """Whose parent has ended is our child from now on, whatever the system's init does with orphans."""
    PR_SET_CHILD_SUBREAPER = 36
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


class Home:
    """A home with earlier mail in every place of the row."""

    formail = None  # what formail is here; the system's where nothing is said

    def __init__(self, path, row):
        self.path = path
        self.row = row
        self.group = None  # of processes
        self.fallback = [Mbox("inbox", fresh=True), Mbox("org", fresh=True)]
        shutil.rmtree(path, ignore_errors=True)
        os.makedirs(os.path.join(path, "bin"))
        os.makedirs(os.path.join(path, "sent"), exist_ok=True)
        for place in row.places():
            if place.path != "sent":
                place.prepare(path)
        for name, text in PROGRAMS.items():
            script = os.path.join(path, "bin", name)
            with open(script, "w") as stream:
                stream.write("#!/bin/sh\n" + text)
            os.chmod(script, 0o755)
        if self.formail:
            os.symlink(self.formail, os.path.join(path, "bin", "formail"))
        with open(os.path.join(path, "rc"), "w") as stream:
            stream.write(PROLOGUE.format(home=path) + row.recipes)
        os.environ.pop("TMPDIR", None)

    def places(self):
        fresh = {place.path for place in self.row.places()}
        return self.row.places() + [p for p in self.fallback if p.path not in fresh]

    def ends_in(self, place):
        """Whether a message that is there has been delivered."""
        return place.path in {end.path for end in self.row.final + self.fallback}

    def command(self, program):
        return [program] + FIRST.format(home=self.path).split() + [f"{self.path}/rc"]

    def environment(self):
        switches = {name: value for name, value in os.environ.items() if name.startswith("MAILWEIR_")}
        return {"HOME": self.path, "PATH": f"{self.path}/bin:/usr/bin:/bin", "LOGNAME": "root",
                "TMPDIR": self.path, **switches}

    def how(self, text, **more):
        return dict(cwd=self.path, env=self.environment(), input=text,
                    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)

    def deliver(self, command, text, **more):
        """The exit status, negative for a signal; None when it had to be stopped."""
        child = subprocess.Popen(command, cwd=self.path, env=self.environment(),
                                 stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL, start_new_session=True, **more)
        self.group = child.pid
        try:
            child.communicate(text, timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.communicate()
            return None
        except BrokenPipeError:
            child.wait()
        return child.returncode

    def settle(self):
        """Clones and programs that outlive the delivery get their time; they are ours to wait for."""
        deadline = time.monotonic() + 20
        while self.group and time.monotonic() < deadline:
            try:
                ended, _ = os.waitpid(-self.group, os.WNOHANG)
            except ChildProcessError:
                return
            if not ended:
                time.sleep(0.002)

    def locks(self):
        return sorted(
            os.path.relpath(os.path.join(folder, name), self.path)
            for folder, _, names in os.walk(self.path)
            for name in names
            if name.endswith(".lock")
        )

    def age_locks(self):
        """As if LOCKTIMEOUT had gone by since the crash."""
        for name in self.locks():
            os.utime(os.path.join(self.path, name), (time.time() - 5000,) * 2)

    def inspect(self, texts):
        return {place: place.inspect(self.path, texts) for place in self.places()}


def count(found, name_start):
    """Whole messages of one mark among what was found."""
    return sum(name.startswith(name_start) for name, _ in found.whole)


def judge(home, status, texts, mark, killed=False, tidy=True, allowed=(0, TEMPORARY)):
    """Every way in which this delivery broke its promise, one sentence each."""
    said = []
    found = home.inspect(texts)
    if status is None:
        said.append("hangs")
    elif status < 0 and not killed:
        said.append(f"died of signal {-status}")
    kept = sum(count(found[place], mark) for place in found if home.ends_in(place))
    total = sum(count(found[place], mark) for place in found)
    if status == 0 and kept == 0:
        said.append("lost: status 0 and no whole message")
    if total > 0 and home.row.copies:
        allowed = allowed + (CANNOT_CREATE,)
    if status is not None and status >= 0 and status not in allowed:
        said.append(f"exit status {status} makes the MTA bounce the message")
    if total > 1 + len(home.row.copies):
        said.append(f"doubled: {total} whole messages")
    for place, seen in found.items():
        said += seen.damage
        if place.holds_mail and not (killed and isinstance(place, Mbox)):
            said += [f"half a message: {torn}" for torn in seen.torn]
        if tidy:
            said += [f"left behind: {name}" for name in seen.leftovers]
    if tidy:
        said += [f"left behind: {name}" for name in home.locks()]
    return said


def judge_next(home, program, mark):
    """Delivers another message, without fault: whatever happened before, it must arrive."""
    home.age_locks()
    stale = set(home.locks())
    before = home.inspect(home.row.texts(mark))
    texts = home.row.texts("next")
    status = home.deliver(home.command(program), texts["next"])
    home.settle()
    said = [] if status == 0 else [f"the next delivery ends with {status}"]
    both = {**home.row.texts(mark), **texts}
    found = home.inspect(both)
    where = [place for place in found if count(found[place], "next")]
    if not any(place in home.row.final or not home.row.final for place in where):
        said.append("the next message did not arrive in its folder")
    said += [f"lock left behind: {name}" for name in home.locks() if name not in stale]
    for place, seen in found.items():
        said += seen.damage
        if count(seen, mark) != count(before[place], mark):
            said.append(f"{place.path}: the next delivery changed what was there")
        if len(seen.torn) > len(before[place].torn):
            said.append(f"{place.path}: the next message was swallowed")
    return said


def learn_forms(home, program, texts, mark):
    """One delivery without fault tells in which form each place keeps a message."""
    status = home.deliver(home.command(program), texts[mark])
    home.settle()
    found = home.inspect(texts)
    for place, seen in found.items():
        if seen.whole:
            place.forms = {form for _, form in seen.whole}
        if home.row.filters():  # a filter leaves a blank line more
            place.forms |= {form.removesuffix(" and blank line") for form in place.forms}
    said = judge(home, status, texts, mark)
    missing = [p.path for p in home.row.places() if not found[p].whole and not p.path == "inbox"
               and not p.path.startswith("from-")]
    return said + [f"without fault, nothing came to {name}" for name in missing]
