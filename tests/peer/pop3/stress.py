"""Postfix, procmail and mailweir deliver to a Maildir and to a system mailbox, mutt flags and deletes in them, and
sessions fetch and delete, all at once: nothing is lost, and no UIDL changes.

In the environment: STRESS_SECONDS (60), SEED."""

import hashlib
import os
import poplib
import random
import re
import select
import shutil
import subprocess
import sys
import threading
import time

import machine
import server
from tap import Tap, equal

sys.path.append(f"{machine.SOURCE}/tests/peer/postfix")
from postfix import Postfix  # pylint: disable=wrong-import-position

SECONDS = int(os.environ.get("STRESS_SECONDS") or 60)
SEED = int(os.environ.get("SEED") or random.randrange(1 << 31))
USERS = {"mira": 3201, "boxer": 3202}
DEADLINE = 120  # for one program
# Seconds between two acts of one program: whoever holds one of an mbox's locks makes others wait for seconds.
PATIENCE = {"maildir": 0.05, "mbox": 0.6}
SILENCE = 2     # seconds of a program on a terminal
WORDS = ("kept", "flag", "read", "doomed", "fetched")

MUTT_RC = """set mbox_type=mbox folder=~ record="" confirmappend=no delete=yes quit=yes move=no sort=mailbox-order
set mail_check=1 timeout=600 read_inc=0 write_inc=0 time_inc=0 header_cache="" smart_wrap=no menu_move_off=no
bind index,pager n noop
set wait_key=no beep=no pager_stop=yes tmpdir=/tmp mark_old=yes
"""
# All but what sessions delete: some are flagged, some read and answered, and what is doomed goes.
MUTT_KEYS = ("<tag-pattern>~s flag<enter><tag-prefix-cond><flag-message><end-cond>"
             "<tag-pattern>~A<enter><tag-prefix><untag-pattern>~A<enter>"
             "<tag-pattern>~s read<enter><tag-prefix-cond><clear-flag>N<end-cond><untag-pattern>~A<enter>"
             "<delete-pattern>~s doomed<enter><sync-mailbox><quit>")


def make(name, word):
    """A message whose body tells whether it is whole."""
    body = f"{name} of the stress\n.dot\n" + f"{name} and a line of it\n" * (hash(name) % 40)
    digest = hashlib.sha256(body.encode()).hexdigest()
    return (f"From: otter@example.org\nTo: mira@{machine.HOST}\nMessage-ID: <{name}>\nDate: Mon, 23 Nov 2026 10:00:00 +0000\n"
            f"Subject: {word} {name}\nX-Sum: {digest}\n\n{body}").encode()


def check(text):
    """(name, word) of a message that is whole."""
    head, body = text.split(b"\n\n", 1)
    field = lambda name: re.search(rb"^%s: (.*)$" % name, head, re.M).group(1).decode()
    name = field(b"Message-ID")[1:-1]
    equal(hashlib.sha256(body).hexdigest(), field(b"X-Sum"), f"the text of {name}: {body[-300:]!r}")
    return name, field(b"Subject").split()[0]


class Site:
    """One user, those who write to his mailbox, and what is known of it."""

    def __init__(self, account, at, chance):
        self.account, self.at, self.chance = account, at, chance
        self.patience = PATIENCE[account.shape]
        self.lock = threading.Lock()
        self.sent, self.gone, self.uidls, self.names = {}, set(), {}, {}
        self.counts, self.trouble, self.ended = {}, [], threading.Event()

    def count(self, what, more=1):
        with self.lock:
            self.counts[what] = self.counts.get(what, 0) + more

    def as_user(self, own):
        """How a program is started, as the user or as root."""
        user = {"user": self.account.uid, "group": self.account.gid, "extra_groups": []} if own else {}
        return user | {"env": {"PATH": "/usr/sbin:/usr/bin", "HOME": self.account.home, "TERM": "vt100", "LC_ALL": "C",
                               "USER": self.account.name, "LOGNAME": self.account.name}}

    def run(self, *command, text):
        done = subprocess.run(command, input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=DEADLINE, cwd="/",
                              check=False, **self.as_user(False))
        assert done.returncode == 0, f"{command[0]} ended with {done.returncode}: {done.stdout[-500:]!r}"

    # ---- writers

    def _send(self, how, number, word, *command):
        name = f"{how}.{number}.{SEED}@{self.account.name}"
        self.run(*command, text=make(name, word))
        with self.lock:
            self.sent[name] = word

    def begin(self):
        """One message of each kind, so that there is something for each of mutt's keys."""
        for number, word in enumerate(WORDS):
            self._send("begin", number, word, "/usr/bin/mailweir", "-d", self.account.name)

    def _deliver(self, how, *command):
        number = 0
        while not self.ended.is_set():
            self._send(how, number, self.chance.choice(WORDS), *command)
            number += 1
            self.count(how)
            time.sleep(self.chance.uniform(0, 2 * self.patience))

    def by_postfix(self):
        self._deliver("Postfix", "/usr/sbin/sendmail", "-i", "-f", "otter@example.org", self.account.name)

    def by_procmail(self):
        self._deliver("procmail", "/usr/bin/procmail", "-d", self.account.name)

    def by_mailweir(self):
        self._deliver("mailweir", "/usr/bin/mailweir", "-d", self.account.name)

    def use_terminal(self, *command):
        """A program on a terminal, with somebody before it: where it asks whether a lock may be removed, it may not,
        and where it is silent, since nothing fitted one of its keys and it forgot the rest, or a message that it wanted
        to change was deleted, it is told to end."""
        end = time.monotonic() + DEADLINE
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd="/",
                              bufsize=0, **self.as_user(True)) as process:
            shown, keys = b"", b"qx"
            while process.poll() is None:
                if time.monotonic() > end:
                    process.kill()
                if select.select([process.stdout], [], [], SILENCE)[0]:
                    shown += os.read(process.stdout.fileno(), 1 << 16)
                    if b"[yes]/no" not in shown:
                        continue
                    time.sleep(self.chance.uniform(0, 2))
                    key, shown = b"n", b""
                else:
                    key, keys = keys[:1], keys[1:] or b"x"
                try:
                    process.stdin.write(key)
                except BrokenPipeError:
                    pass
                self.count("keys typed")
        assert process.returncode == 0, f"{command[0]} ended with {process.returncode}: {shown[-500:]!r}"

    # ---- another reader

    def by_mutt(self):
        mutt = f"/usr/bin/mutt -n -F {self.account.home}/muttrc -f {self.account.mail} -e 'push \"{MUTT_KEYS}\"'"
        while not self.ended.is_set():
            self.use_terminal("/usr/bin/script", "-q", "-e", "-c", mutt, "/dev/null")
            self.count("mutt")
            time.sleep(self.chance.uniform(0, 4 * self.patience))

    # ---- sessions

    def by_pop3(self):
        while not self.ended.is_set():
            self.session(self.chance.random() < 0.8)
            self.count("sessions")
            time.sleep(self.chance.uniform(0, 4 * self.patience))

    def session(self, deletes):
        """Looks at all that is new and a few others; the names of all that are there."""
        client = self.at.login(self.account)
        there, marked = set(), set()
        for uid, number in server.uidl(client).items():
            if uid not in self.names or self.chance.random() < 0.02:
                if not self.look(client, uid, number):
                    continue
            name = self.names[uid]
            assert name not in there, f"{name} is there twice"
            assert name not in self.gone, f"{name} came back"
            there.add(name)
            if deletes and self.sent_word(name) == "fetched" and self.chance.random() < 0.5:
                client.dele(number)
                marked.add(name)
        client.quit()
        self.gone |= marked
        self.count("deleted", len(marked))
        return there

    def sent_word(self, name):
        with self.lock:
            return self.sent.get(name)

    def look(self, client, uid, number):
        """Is it still there?  Then it is whole, and has the UIDL it had."""
        try:
            name, word = check(server.retrieve(client, number))
        except poplib.error_proto as error:
            assert b"gone" in error.args[0], error
            assert uid not in self.names or self.sent_word(self.names[uid]) == "doomed", f"{self.names[uid]} is gone"
            self.count("gone while we looked")
            return False
        self.count("looked at")
        equal(self.names.setdefault(uid, name), name, f"the message of {uid}")
        equal(self.uidls.setdefault(name, uid), uid, f"UIDL of {name}, {word}")
        return True

    # ---- all together

    def guard(self, act):
        try:
            act()
        except Exception as error:  # told at the end, whatever it is
            self.trouble.append(f"{act.__name__}: {error!r}")
            self.ended.set()

    def start(self):
        self.begin()
        acts = (self.by_postfix, self.by_procmail, self.by_mailweir, self.by_mutt, self.by_pop3)
        self.threads = [threading.Thread(target=self.guard, args=(act,)) for act in acts]
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.ended.set()
        for thread in self.threads:
            thread.join(2 * DEADLINE)

    def judge(self, mta):
        assert not self.trouble, "\n".join(self.trouble)
        mta.settle()
        if mta.queue():
            mta.flush()  # what could not be delivered while others had the lock
        there = self.session(False)
        must = {name for name, word in self.sent.items() if word != "doomed"} - self.gone
        missing = must - there
        assert not missing, f"{len(missing)} of {len(must)} lost: {sorted(missing)[:10]}"
        assert there <= set(self.sent), f"nobody sent these: {sorted(there - set(self.sent))[:10]}"
        for what in ("Postfix", "procmail", "mailweir", "mutt", "sessions", "deleted"):
            assert self.counts.get(what), f"no {what}"
        assert len([name for name, word in self.sent.items() if word == "doomed"]) > len(there - must), "mutt removed nothing"
        if self.account.shape == "maildir":
            assert any(re.search(":2,.*F", name) for name in os.listdir(f"{self.account.mail}/cur")), "mutt flagged nothing"


def make_sites(at):
    mira = server.system_account("mira", USERS["mira"])
    boxer = server.system_account("boxer", USERS["boxer"])
    shutil.rmtree(boxer.mail)
    boxer.mail, boxer.shape = "/var/mail/boxer", "mbox"
    machine.write(boxer.mail, "", 0o660, (boxer.uid, machine.MAIL_GID))
    machine.write(f"{mira.home}/.forward", f"{mira.mail}/\n", 0o600, (mira.uid, mira.gid))
    machine.write(f"{mira.home}/.procmailrc", "DEFAULT=$HOME/Maildir/\n", 0o600, (mira.uid, mira.gid))
    machine.write(f"{boxer.home}/.procmailrc", "LOCKSLEEP=1\n", 0o600, (boxer.uid, boxer.gid))
    for account in (mira, boxer):
        machine.write(f"{account.home}/muttrc", MUTT_RC, 0o600, (account.uid, account.gid))
    return [Site(account, at, random.Random(SEED)) for account in (mira, boxer)]


def main():
    machine.enter()
    for program in ("mutt", "procmail", "script"):
        if not shutil.which(program):
            print(f"{program} is not installed")
            raise SystemExit(77)
    server.prepare()
    at = server.Server("stress", 11000, "accounts system", "plain", "limit failure-delay 0")
    tap = Tap("POP3 stress")
    print(f"# SEED={SEED} STRESS_SECONDS={SECONDS}")
    sites = make_sites(at)
    mta = Postfix()
    mta.configure()
    at.start()
    with mta:
        for site in sites:
            site.start()
        time.sleep(SECONDS)
        for site in sites:
            site.stop()
        for site in sites:
            tap.run(f"{site.account.shape}, nothing is lost and no UIDL changes", site.judge, mta,
                    on_failure=lambda: "".join(line for line in at.log(100000).splitlines(True) if "]: pop3: " in line))
            print(f"# {site.account.shape}: " + ", ".join(f"{what} {n}" for what, n in sorted(site.counts.items())), flush=True)
    at.stop()
    tap.finish()


if __name__ == "__main__":
    main()
