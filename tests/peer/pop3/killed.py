"""Sessions that delete, killed at any point, alone or with the whole server: what was not marked stays, and what
was deleted when QUIT was answered never comes back.  UIDLs are as they were.

In the environment: KILLS (200) for each kind of mailbox, SEED."""

import os
import random
import re
import time

import machine
import messages
import server
from tap import Tap, equal

KILLS = int(os.environ.get("KILLS") or 200)
SEED = int(os.environ.get("SEED") or random.randrange(1 << 31))
STOCK = 250  # messages in the mailbox when a session begins
CALM = 5     # sessions that are not killed: how long they take


def id_of(text):
    return re.search(rb"^Message-ID: (.*)", text, re.M).group(1)


class Mailbox:
    """What must be there, what may be, and what must not."""

    def __init__(self, account, chance):
        self.account, self.chance, self.serial = account, chance, 0
        self.texts, self.uidls, self.must, self.may, self.gone = {}, {}, set(), set(), set()
        self.kept = 0  # of those that were marked when a session was killed

    def refill(self):
        self.serial += 1
        new = messages.make(max(3, STOCK - len(self.must) - len(self.may)), SEED + 1000 * self.serial)
        self.account.put(new)
        for message in new:
            self.texts[id_of(message)] = messages.received(message)
            self.must.add(id_of(message))

    def look(self, client):
        """{id: number}, when all is as it should be."""
        uidls = {number: uid for uid, number in server.uidl(client).items()}
        found = {}
        for number, uid in uidls.items():
            text = server.retrieve(client, number)
            name = id_of(text)
            assert name not in found, f"{name} is there twice"
            found[name] = number
            equal(text, self.texts[name], f"text of {name}")
            equal(self.uidls.setdefault(name, uid), uid, f"UIDL of {name}")
        lost, back = self.must - set(found), set(found) - self.must - self.may
        assert not lost, f"lost: {sorted(lost)}"
        assert not back, f"came back: {sorted(back)}"
        self.gone |= self.may - set(found)
        self.kept += len(self.may & set(found))
        self.must, self.may = set(found), set()
        return found

    def choose(self):
        return set(self.chance.sample(sorted(self.must), self.chance.randint(1, len(self.must) - 1)))

    def deleted(self, marked, answered):
        self.must -= marked
        if answered:
            self.gone |= marked
        else:
            self.may |= marked


def send_all(client, numbers):
    """Marks them and leaves, in one go."""
    client.sock.sendall(b"".join(b"DELE %d\r\n" % n for n in numbers) + b"QUIT\r\n")


def answered(client, count):
    """Was QUIT, behind so many answers?"""
    try:
        lines = list(iter(client.file.readline, b""))
    except OSError:
        lines = []
    client.close()
    return len(lines) == count + 1 and lines[-1].startswith(b"+OK") and lines[-1].endswith(b"\n")


def age_locks(account):
    """The lock of one that was killed is given up minutes later: they have passed."""
    for name in (account.mail + ".lock", account.mail + "/dovecot-uidlist.lock", account.mail + "/.mailweir-uidlist.lock"):
        if os.path.exists(name):
            os.utime(name, (time.time() - 3600,) * 2)


def session(at, box, delay, whole):
    """One that is killed so many seconds after it was told all; None: not at all.  Was QUIT answered?"""
    age_locks(box.account)
    box.refill()
    client = at.login(box.account)
    found = box.look(client)
    marked = box.choose()
    victims = at.processes(None if whole else "session")
    end = time.monotonic() + (delay or 0)
    send_all(client, [found[name] for name in marked])
    if delay is not None:
        while time.monotonic() < end:
            pass
        at.kill(victims)
    done = answered(client, len(marked))
    box.deleted(marked, done)
    if whole and delay is not None:
        at.start()
    return done


def time_of_end(at, box):
    """Seconds from the first DELE to the answer to QUIT."""
    box.refill()
    client = at.login(box.account)
    found, marked = box.look(client), box.choose()
    begun = time.monotonic()
    send_all(client, [found[name] for name in marked])
    assert answered(client, len(marked)), "QUIT was not answered"
    spent = time.monotonic() - begun
    box.deleted(marked, True)
    return spent


def kill_again_and_again(at, account, whole):
    box = Mailbox(account, random.Random(SEED))
    span = sorted(time_of_end(at, box) for _ in range(CALM))[CALM // 2]
    heard = 0
    for _ in range(KILLS):
        heard += session(at, box, box.chance.uniform(0, span), whole)
    assert session(at, box, None, False), "QUIT was not answered"
    age_locks(account)
    client = at.login(account)
    box.look(client)
    client.quit()
    print(f"# {account.shape}: {KILLS} kills within {1000 * span:.1f} ms, QUIT answered {heard} times, "
          f"{len(box.gone)} deleted, {box.kept} marked ones stayed", flush=True)
    assert 0 < heard < KILLS, "all kills came too early, or too late"


def main():
    machine.enter()
    server.prepare()
    at = server.Server("killed", 11000, f"accounts file {server.USERS}", "plain", "limit failure-delay 0")
    tap = Tap("POP3 killed")
    print(f"# SEED={SEED} KILLS={KILLS}")
    accounts = [(server.file_account(f"{shape}-{'whole' if whole else 'one'}", "PLAIN", shape), whole)
                for shape in ("maildir", "mbox", "mh") for whole in (False, True)]
    at.start()
    for account, whole in accounts:
        tap.run(f"{account.shape}, {'the whole server' if whole else 'the session'}", kill_again_and_again, at, account, whole,
                on_failure=at.log)
    at.stop()
    tap.finish()


if __name__ == "__main__":
    main()
