"""A mailbox that Dovecot and mailweird serve in turn: its owner downloads nothing twice and misses nothing.

In the environment: STEPS (60) changes of the server for each kind of mailbox, SEED."""

import os
import poplib
import random
import subprocess
import time

import machine
import messages
import server
from killed import id_of
from tap import Tap, equal

STEPS = int(os.environ.get("STEPS") or 60)
SEED = int(os.environ.get("SEED") or random.randrange(1 << 31))
DOVECOT = "/usr/sbin/dovecot"
LOG = "/var/log/dovecot.log"


class Dovecot:
    """With the same users, for mailboxes of one kind."""

    def __init__(self, shape, port):
        self.port = port
        self.conf = f"/etc/dovecot-{shape}.conf"
        location = {"maildir": "maildir:~/Maildir", "mbox": "mbox:~/mail:INBOX=~/mbox"}[shape]
        machine.write(self.conf, f"""protocols = pop3
listen = 127.0.0.1
base_dir = /run/dovecot-{shape}
state_dir = /run/dovecot-{shape}-state
instance_name = {shape}
log_path = {LOG}
ssl = no
disable_plaintext_auth = no
service pop3-login {{
  inet_listener pop3 {{
    port = {port}
  }}
  inet_listener pop3s {{
    port = 0
  }}
}}
passdb {{
  driver = static
  args = password={server.PASSWORD}
}}
userdb {{
  driver = static
  args = uid={server.FILE_UID} gid={server.FILE_UID} home=/home/file/%u
}}
mail_location = {location}
""")
        self.process = None

    def start(self):
        with open(LOG, "ab") as log:
            self.process = subprocess.Popen([DOVECOT, "-F", "-c", self.conf], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + server.WAIT
        while True:
            try:
                poplib.POP3("127.0.0.1", self.port, timeout=server.WAIT).quit()
                return
            except OSError:
                assert self.process.poll() is None and time.monotonic() < end, "Dovecot does not start:\n" + self.log()
                time.sleep(0.05)

    def stop(self):
        self.process.terminate()
        self.process.wait(server.WAIT)

    def log(self):
        with open(LOG, encoding="utf-8", errors="replace") as f:
            return "".join(f.readlines()[-20:])

    def login(self, account):
        client = poplib.POP3("127.0.0.1", self.port, timeout=server.WAIT)
        client.user(account.name)
        client.pass_(server.PASSWORD)
        return client


class Owner:
    """Keeps what it downloaded by its UIDL, as clients do that leave mail on the server."""

    def __init__(self, account, chance):
        self.account, self.chance = account, chance
        self.texts, self.sizes, self.downloaded, self.there, self.serial = {}, {}, {}, [], 0

    def deliver(self, count):
        self.serial += 1
        new = messages.make(count, SEED + 1000 * self.serial)
        self.account.put(new)
        for message in new:
            self.texts[id_of(message)] = messages.received(message)
            self.there.append(id_of(message))

    def flag(self):
        """As another reader does: what is new becomes old, and seen."""
        new = f"{self.account.mail}/new"
        for name in os.listdir(new) if self.account.shape == "maildir" else ():
            if self.chance.random() < 0.5:
                os.rename(f"{new}/{name}", f"{self.account.mail}/cur/{name}:2,S")

    def visit(self, at, deletions=()):
        """Dovecot, which looks into a Maildir once in a second, may list for so long what we have removed since."""
        try:
            self._visit(at, deletions)
        except poplib.error_proto as error:
            if not isinstance(at, Dovecot) or b"expunged" not in error.args[0]:
                raise
            time.sleep(1.1)
            self._visit(at, deletions)

    def _visit(self, at, deletions):
        """Fetches what its UIDLs say is new, and deletes those of these names."""
        client = at.login(self.account)
        sizes = {int(line.split()[0]): int(line.split()[1]) for line in client.list()[1]}
        names = []
        for uid, number in server.uidl(client).items():
            text = server.retrieve(client, number)
            name = id_of(text)
            names.append(name)
            equal(text, self.texts[name], f"text of {name}")
            equal(self.sizes.setdefault(name, sizes[number]), sizes[number], f"octets of {name}")
            if uid not in self.downloaded:
                assert name not in self.downloaded.values(), f"{name} is downloaded again, as {uid}"
                self.downloaded[uid] = name
            equal(self.downloaded[uid], name, f"the message of {uid}, which would not be downloaded")
            if name in deletions:
                client.dele(number)
        client.quit()
        equal(sorted(names), sorted(self.there), "what is there")
        self.there = [name for name in names if name not in deletions]

    def some(self):
        """A few to delete, the last one among them more often than not, but never all."""
        chosen = set(self.chance.sample(self.there, min(self.chance.randint(0, 3), len(self.there) - 1)))
        if len(self.there) > len(chosen) + 1 and self.chance.random() < 0.6:
            chosen.add(self.there[-1])
        return chosen


def in_turn(account, servers):
    """One server, then the other; between them mail comes."""
    owner = Owner(account, random.Random(SEED))
    owner.deliver(30)
    for step in range(STEPS):
        owner.visit(servers[step % 2], owner.some() if step else ())
        owner.deliver(owner.chance.randint(0, 3))
        owner.flag()
    owner.visit(servers[0])
    owner.visit(servers[1])


def by_chance(account, servers):
    """The same server several times, too, and many deletions."""
    owner = Owner(account, random.Random(SEED + 1))
    for _ in range(STEPS):
        owner.deliver(owner.chance.randint(2, 6))
        owner.flag()
        at = owner.chance.choice(servers)
        for _ in range(owner.chance.randint(1, 2)):
            owner.visit(at, owner.some())


def emptied(account, servers):
    """What is known of UIDs outlives the last message."""
    owner = Owner(account, random.Random(SEED + 2))
    for step in range(8):
        owner.deliver(5)
        at = servers[step // 2 % 2]
        owner.visit(at)
        owner.visit(at, owner.there)
        if step == 0:
            time.sleep(1.1)  # a UIDVALIDITY that is made up anew is the time in seconds
        owner.visit(servers[1 - step // 2 % 2])


def main():
    machine.enter()
    if not os.path.exists(DOVECOT) or not os.path.exists("/usr/lib/dovecot/pop3"):
        print("dovecot-pop3d is not installed")
        raise SystemExit(77)
    server.prepare()
    tap = Tap("POP3 after Dovecot")
    print(f"# SEED={SEED} STEPS={STEPS}")
    ours = server.Server("ours", 11000, f"accounts file {server.USERS}", "plain")
    cases = [(shape, first, case) for shape in ("maildir", "mbox") for case in (in_turn, by_chance, emptied)
             for first in ("dovecot", "mailweird")]
    accounts = [server.file_account(f"{shape}-{case.__name__}-{first}", "PLAIN", shape) for shape, first, case in cases]
    ours.start()
    theirs = {shape: Dovecot(shape, port) for shape, port in (("maildir", 13000), ("mbox", 13001))}
    for one in theirs.values():
        one.start()
    for (shape, first, case), account in zip(cases, accounts):
        pair = [theirs[shape], ours] if first == "dovecot" else [ours, theirs[shape]]
        tap.run(f"{shape}, {case.__name__}, {first} first", case, account, pair,
                on_failure=lambda one=theirs[shape]: ours.log() + one.log())
    for one in (ours, *theirs.values()):
        one.stop()
    tap.finish()


if __name__ == "__main__":
    main()
