"""mailweird on the test's machine: users of all kinds, their mailboxes, and a certificate."""

import os
import poplib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import time

import machine

PASSWORD = "drink-me-42"
WAIT = 60
MAILWEIRD = f"{machine.BUILD}/mailweird"
FILE_UID, PROGRAM_UID = 3000, 3001
ETC = "/etc/mailweird-test"
CERTIFICATE, KEY, USERS, PROGRAM = (f"{ETC}/{name}" for name in ("cert.pem", "key.pem", "users", "program"))
poplib._MAXLINE = 1 << 20

# In the manner of checkpassword; it knows who has a home in /home/program.
CHECKPASSWORD = f"""#!/bin/sh
{{ read -r name; read -r password; }} <<END
$(tr '\\000' '\\n' <&3)
END
[ -d "/home/program/$name" ] && [ "$password" = "{PASSWORD}" ] || exit 1
export USER="$name" HOME="/home/program/$name" userdb_uid={PROGRAM_UID} userdb_gid={PROGRAM_UID}
export userdb_mail="maildir:~/Maildir"
exec "$@"
"""


def prepare():
    """What a system has that mailweird is installed on."""
    machine.add_group("shadow-test", 2900)
    machine.add_user("mailweir", 2901, 2901, "/nonexistent", "/usr/sbin/nologin")
    machine.add_user("mailweir-auth", 2902, 2900, "/nonexistent", "/usr/sbin/nologin")
    machine.add_user("filemail", FILE_UID, FILE_UID, "/home/file")
    machine.add_user("programmail", PROGRAM_UID, PROGRAM_UID, "/home/program")
    os.chown("/etc/shadow", 0, 2900)
    os.chmod("/etc/shadow", 0o640)
    machine.write("/etc/pam.d/mailweird", "auth required pam_unix.so nodelay\naccount required pam_unix.so\n")
    machine.write(PROGRAM, CHECKPASSWORD, 0o755)
    machine.write(USERS, "", 0o640, (0, 2900))
    with open(MAILWEIRD, "rb") as f:
        reply = re.search(rb"[ -~]+/account-reply", f.read()).group().decode()
    machine.write(reply, open(f"{machine.BUILD}/account-reply", "rb").read(), 0o755)
    for directory in ("/home", "/home/file", "/home/program"):
        os.makedirs(directory, exist_ok=True)
        os.chmod(directory, 0o755)
    machine.run(MAILWEIRD, "cert", "--certificate", CERTIFICATE, "--key", KEY, "localhost")


class Account:
    """A user and a mailbox, which is a Maildir, an mbox or an MH folder."""

    def __init__(self, name, home, uid, gid, shape="maildir"):
        self.name, self.home, self.uid, self.gid, self.shape = name, home, uid, gid, shape
        self.mail = f"{home}/" + {"maildir": "Maildir", "mbox": "mbox", "mh": "Mail"}[shape]
        os.makedirs(home)
        os.chown(home, uid, gid)
        self.serial = 0
        self.empty()

    def _make(self, directory):
        os.makedirs(directory)
        os.chown(directory, self.uid, self.gid)

    def empty(self):
        """A mailbox with nothing in it, not even UIDs."""
        if os.path.isdir(self.mail):
            shutil.rmtree(self.mail)
        elif os.path.exists(self.mail):
            os.unlink(self.mail)
        for sub in {"maildir": ("", "/new", "/cur", "/tmp"), "mh": ("",), "mbox": ()}[self.shape]:
            self._make(self.mail + sub)

    def put(self, messages):
        if self.shape == "mbox":
            self._put_mbox(messages)
            return
        for message in messages:
            self.serial += 1
            name = f"new/{1800000000 + self.serial}.M{self.serial}P1.{machine.HOST}" if self.shape == "maildir" else self.serial
            machine.write(f"{self.mail}/{name}", message, 0o600, (self.uid, self.gid))

    def _put_mbox(self, messages):
        with open(self.mail, "ab") as f:
            os.fchown(f.fileno(), self.uid, self.gid)
            os.fchmod(f.fileno(), 0o600)
            for message in messages:
                f.write(b"From otter@example.org Mon Nov 23 10:00:00 2026\n" + message +
                        (b"" if message.endswith(b"\n") else b"\n") + b"\n")

    def files(self):
        """How many messages there are, by the files alone."""
        if self.shape == "mbox":
            with open(self.mail, "rb") as f:
                return len(re.findall(rb"^From ", f.read(), re.M))
        if self.shape == "mh":
            return sum(name.isdigit() for name in os.listdir(self.mail))
        return len(os.listdir(f"{self.mail}/new")) + len(os.listdir(f"{self.mail}/cur"))


def file_account(name, scheme, shape="maildir", uid=FILE_UID):
    account = Account(name, f"/home/file/{name}", uid, uid, shape)
    with open(USERS, "a") as f:
        f.write(f"{name}:*:{uid}:{uid}:{account.home}:{shape}:{account.mail}\n")
    machine.write("/etc/mailweird-test/passwd.conf", f"accounts file {USERS}\nlisten pop3 on localhost port 1\n"
                  "user mailweir\nuser mailweir-auth for authentication\n")
    machine.run(MAILWEIRD, "passwd", "-f", "/etc/mailweird-test/passwd.conf", "--scheme", scheme, name,
                input=(PASSWORD + "\n").encode())
    os.chown(USERS, 0, 2900)
    os.chmod(USERS, 0o640)
    return account


def system_account(name, uid):
    machine.add_user(name, uid, uid, f"/home/{name}")
    machine.add_group(name, uid)
    hashed = machine.run("openssl", "passwd", "-6", "-stdin", input=PASSWORD.encode()).decode().strip()
    with open("/etc/shadow", "a") as f:
        f.write(f"{name}:{hashed}:20000:0:99999:7:::\n")
    return Account(name, f"/home/{name}", uid, uid)


def program_account(name):
    return Account(name, f"/home/program/{name}", PROGRAM_UID, PROGRAM_UID)


class Server:
    """Listens in clear on `port`, with STLS on port + 1, in TLS on port + 2."""

    def __init__(self, name, port, accounts, authentication, more=""):
        self.port, self.process, self.scram = port, None, "scram" in authentication
        self.conf, self.log_path = f"{ETC}/{name}.conf", f"/var/log/{name}.log"
        machine.write(self.conf, f"""hostname localhost
user mailweir
user mailweir-auth for authentication
{accounts}
authentication {authentication}
tls certificate {CERTIFICATE} key {KEY}
listen pop3 on localhost port {port}
listen pop3 on localhost port {port + 1} starttls
listen pop3 on localhost port {port + 2} tls
limit per-address 200
log stderr
{more}
""")

    def start(self):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([MAILWEIRD, "-f", self.conf], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + WAIT
        while True:
            try:
                with socket.create_connection(("127.0.0.1", self.port), WAIT) as s:
                    if s.recv(3) == b"+OK":
                        return
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError("mailweird does not start:\n" + self.log())
            time.sleep(0.02)

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(WAIT)

    def kill(self, pids):
        """At once, processes that were found before; some may be gone by themselves."""
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        if self.process.pid in pids:
            self.process.wait(WAIT)
        end = time.monotonic() + WAIT
        while set(pids) & set(self.processes()):
            assert time.monotonic() < end, "processes that do not die"

    def log(self, lines=20):
        with open(self.log_path, encoding="utf-8", errors="replace") as f:
            return "".join(f.readlines()[-lines:])

    def processes(self, name=None):
        """The ids of this server's processes, or of those of that kind."""
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/comm") as f:
                    called = f.read().strip()
                if os.readlink(f"/proc/{pid}/exe") == MAILWEIRD and name in (None, called):
                    found.append(int(pid))
            except OSError:
                pass
        return found

    def connect(self, way="clear"):
        if way == "tls":
            return poplib.POP3_SSL("localhost", self.port + 2, context=trusting(), timeout=WAIT)
        client = poplib.POP3("localhost", self.port + (way == "stls"), timeout=WAIT)
        if way == "stls":
            client.stls(trusting())
        return client

    def login(self, account, way="clear"):
        client = self.connect(way)
        try:
            client.user(account.name)
            client.pass_(PASSWORD)
        except Exception:
            client.close()
            raise
        return client


def trusting():
    return ssl.create_default_context(cafile=CERTIFICATE)


def uidl(client):
    """{UIDL: number}"""
    return {line.split()[1].decode(): int(line.split()[0]) for line in client.uidl()[1]}


def retrieve(client, number):
    return b"".join(line + b"\n" for line in client.retr(number)[1])
