"""A small world of users for deliveries as root: set up afresh for each program, and looked at afterwards."""

import os
import re
import shutil
import stat
import subprocess

import machine

USERS = {"alice": 2001, "bob": 2002}
SHARED_GROUP = 2050  # alice is in it, bob is not
PLACES = ("/home", "/var/mail", "/srv")  # copies of the machine: emptied for each

MESSAGE = b"""From carol@example.org Mon Nov 24 05:14:00 2025
From: carol@example.org
Subject: as root

a body
"""

CHANGING = (
    (re.compile(rb"(Mon|Tue|Wed|Thu|Fri|Sat|Sun) \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}"), b"<date>"),
    (re.compile(rb"procmail: \[\d+\] <date>\n"), b""),
    (re.compile(rb"\d{10}\.\d+_\d+\.[\w.]+"), b"<unique>"),
    (re.compile(rb"\b_[\w\-]{3,}\.[\w.]+"), b"<unique>"),
    (re.compile(rb"\bmsg\.[\w\-]+"), b"msg.<unique>"),
    (re.compile(rb"BOGUS\.(\w+)\.\w+"), rb"BOGUS.\1.<unique>"),
    (re.compile(rb"/usr/bin/(mailweir|procmail)"), b"<program>"),
)


def normal(text):
    for pattern, name in CHANGING:
        text = pattern.sub(name, text)
    return text


def add_users():
    machine.remove_users("alice", "bob", "al", "barred", "shared")
    for user, uid in USERS.items():
        machine.add_group(user, uid)
        machine.add_user(user, uid, uid, f"/home/{user}")
    machine.add_group("shared", SHARED_GROUP, ["alice"])
    machine.add_user("al", 2001, 2001, "/home/alice")  # another name of the same user
    machine.add_user("barred", 2003, 2002, "/home/barred", "/usr/sbin/nologin")


class World:
    """What is there before one delivery, and what came of it."""

    def __init__(self, program):
        self.program = program
        self.status = self.stderr = self.after = None
        assert os.path.ismount("/home") and os.path.ismount("/srv"), "this is no machine of its own"
        for place in PLACES:
            for name in os.listdir(place):
                path = f"{place}/{name}"
                shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.unlink(path)
        os.chown("/var/mail", 0, machine.MAIL_GID)
        os.chmod("/var/mail", 0o2775)
        for path in ("/etc/procmailrc", "/root/.procmailrc"):
            if os.path.lexists(path):
                os.unlink(path)
        for user in USERS:
            self.directory(f"/home/{user}", 0o755, user)
            self.file(f"/var/mail/{user}", "", 0o600, user, machine.MAIL_GID)

    # ---- before

    @staticmethod
    def _ids(user, gid):
        uid = USERS.get(user, 0)
        return (uid, uid if gid is None else gid)

    def directory(self, path, mode=0o755, user="root", gid=None):
        os.makedirs(path, exist_ok=True)
        os.chown(path, *self._ids(user, gid))
        os.chmod(path, mode)

    def file(self, path, text, mode=0o644, user="root", gid=None):
        machine.write(path, text, mode, self._ids(user, gid))

    def rc(self, text, mode=0o644, user="alice", gid=None):
        """Alice's rc file."""
        self.file("/home/alice/.procmailrc", text, mode, user, gid)

    @staticmethod
    def remove(path):
        shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)

    # ---- the delivery

    def deliver(self, *arguments, user="root", message=MESSAGE):
        """Runs the program as that user, and keeps what can be seen afterwards."""
        identity = {} if user == "root" else {"user": USERS[user], "group": USERS[user], "extra_groups": []}
        done = subprocess.run([self.program, *arguments], input=message, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=60, cwd="/", env={"PATH": "/usr/bin:/bin", "TZ": "UTC"}, **identity)
        self.status = done.returncode
        self.stderr = normal(done.stderr)
        self.after = self.look()

    @staticmethod
    def _describe(path):
        st = os.lstat(path)
        kind = stat.S_IFMT(st.st_mode)
        text = b""
        if stat.S_ISREG(kind):
            with open(path, "rb") as f:
                text = normal(f.read())
        elif stat.S_ISLNK(kind):
            text = os.readlink(path).encode()
        mode = stat.S_IMODE(st.st_mode) if not stat.S_ISLNK(kind) else 0
        return (f"{'dlf?'[(stat.S_ISDIR(kind), stat.S_ISLNK(kind), stat.S_ISREG(kind), True).index(True)]}"
                f"{mode:04o} {st.st_uid}:{st.st_gid}", text)

    def look(self):
        """Every file in the places: its kind, mode and owner, and its text."""
        found = {}
        for place in PLACES:
            for directory, names, files in os.walk(place):
                for name in names + files:
                    path = f"{directory}/{name}"
                    found[normal(path.encode()).decode()] = self._describe(path)
        return found

    # ---- after

    def text(self, path):
        """What is in that file now; None where there is none."""
        return self.after[path][1] if path in self.after else None

    def permissions(self, path):
        return self.after[path][0]

    def has(self, path):
        """Messages in a Maildir, or whether there is such a file."""
        return any(name == path or name.startswith(path + "/new/") for name in self.after)

    def outcome(self):
        """What must be the same under both programs."""
        return {"status": self.status, "stderr": self.stderr, **self.after}
