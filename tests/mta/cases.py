"""What must hold under every mailer and in every way of handing mail over."""

import os
import stat

import machine
import mail
from mailsite import USERS
from tap import contains, equal

REMOTE = "bob@example.net"
LOCAL = f"carol@{machine.HOST}"
REFUSALS = (65, 67, 69, 70, 77)

ALL = []


def case(name, applies=lambda site: True):
    """Marks a case; it is run where applies(site)."""
    def mark(function):
        ALL.append((name, function, applies))
        return function
    return mark


def one(stored, original, site, sender=REMOTE):
    """There is one message; it came from that sender, and is what was handed over."""
    equal(len(stored), 1, "number of messages")
    equal(stored[0].original, original, "the message")
    equal([name for name, _ in stored[0].fields], site.way.fields, "fields in front")
    if "return-path" in map(str.lower, site.way.fields):
        equal(stored[0].field("Return-Path"), f"<{sender}>" if sender else site.way.null, "Return-Path")
    if "Delivered-To" in site.way.fields:
        equal(stored[0].field("Delivered-To"), f"alice@{machine.HOST}", "Delivered-To")


def nobody_waits(site):
    equal(site.queued(), [], "the queue")


# ---- arrival

@case("an mbox by recipe: every byte, the sender, owner and mode")
def mbox(site):
    site.rc("alice", ":0:\nmbox\n")
    text = mail.message("an mbox", mail.HARD_BODY)
    site.send(text)
    nobody_waits(site)
    stored = mail.mbox(site.path("alice", "mbox"))
    one(stored, mail.quoted(text), site)
    equal(stored[0].from_sender, REMOTE, "sender of the From_ line")
    found = os.stat(site.path("alice", "mbox"))
    equal((found.st_uid, found.st_gid), site.way.file_owner("alice"), "owner")
    equal(stat.S_IMODE(found.st_mode), 0o600, "mode")
    assert not os.path.exists(site.path("alice", "mbox.lock")), "the lock is still there"


@case("a Maildir by recipe: every byte, no From_ line")
def maildir(site):
    site.rc("alice", ":0\nmd/\n")
    text = mail.message("a Maildir", mail.HARD_BODY)
    site.send(text)
    nobody_waits(site)
    stored = mail.maildir(site.path("alice", "md"))
    one(stored, text, site)
    equal(stored[0].from_sender, None, "From_ line")


@case("3 MB")
def large(site):
    site.rc("alice", ":0\nmd/\n")
    text = mail.message("3 MB", b"".join(b"%06d %s\n" % (n, b"y" * 68) for n in range(40000)))
    site.send(text)
    one(mail.maildir(site.path("alice", "md")), text, site)


@case("no rc file: the inbox")
def no_rc(site):
    text = mail.message("no rc")
    site.send(text)
    nobody_waits(site)
    one(site.inbox("alice"), text, site)


@case("an rc file that is a stranger's is not used", lambda site: site.way.key != "mailbox_transport")
def strange_rc(site):
    machine.write(site.way.rc_path("alice"), ":0\nwrong/\n", owner=site.way.owner("bob"))
    text = mail.message("a stranger's rc")
    site.send(text)
    one(site.inbox("alice"), text, site)
    assert not os.path.exists(site.path("alice", "wrong"))


@case("a detail is $1, and without one $1 is empty", lambda site: site.way.detail)
def detail(site):
    site.rc("alice", ":0:\ndetail-$1\n")
    site.send(mail.message("with a detail"), detail="lists.tea")
    site.send(mail.message("without"))
    nobody_waits(site)
    equal(len(mail.mbox(site.path("alice", "detail-lists.tea"))), 1, "mail with a detail")
    equal(len(mail.mbox(site.path("alice", "detail-"))), 1, "mail without a detail")


@case("the empty sender: From_ MAILER-DAEMON, for ^FROM_MAILER")
def empty_sender(site):
    site.rc("alice", ":0:\n* ^FROM_MAILER\ndaemons\n")
    text = mail.message("a bounce of elsewhere")
    site.send(text, sender="")
    stored = mail.mbox(site.path("alice", "daemons"))
    one(stored, text, site, sender="")
    assert stored[0].from_sender.startswith("MAILER-DAEMON"), stored[0].from_sender


@case("a sender with a blank in its quoted name leaves the mbox whole")
def odd_sender(site):
    site.rc("alice", ":0:\nmbox\n")
    text = mail.message("odd")
    site.send(text, sender='"odd name"@example.net')
    site.send(text)
    equal([m.original for m in mail.mbox(site.path("alice", "mbox"))], [text, text], "messages")


@case("12 messages at once into one mbox: each once")
def crowd(site):
    site.rc("alice", ":0:\nmbox\n")
    texts = [mail.message(f"number {n}", b"%d\n" % n * 2000) for n in range(12)]
    for text in texts:
        site.mta.send(REMOTE, [f"alice@{machine.HOST}"], text)
    site.mta.settle()
    nobody_waits(site)
    stored = [m.original for m in mail.mbox(site.path("alice", "mbox"))]
    equal(sorted(stored), sorted(texts), "messages")


@case("! forwards by the mailer's sendmail", lambda site: site.way.key != "mailbox_transport")
def forward(site):
    site.rc("alice", f":0\n! bob@{machine.HOST}\n")
    text = mail.message("forwarded", mail.HARD_BODY)
    site.send(text)
    nobody_waits(site)
    [got] = site.inbox("bob")
    equal(got.original, mail.quoted(text), "the message")
    equal(site.inbox("alice"), [], "mail kept")


# ---- what goes wrong, and passes

def alices_mbox(site):
    return mail.mbox(site.path("alice", "mbox"))


def waits_then_arrives(site, subject, mend, body=b"a body\n", reason=None, arrived=alices_mbox):
    """A message to alice is queued, still is after another try, and once all is mended it arrives
    once in her folder."""
    text = mail.message(subject, body, sender=LOCAL)
    site.send(text, sender=LOCAL)
    equal(site.queued(), ["alice"], "the queue")
    if reason:
        contains(site.mta.queue()[0][1], reason, "the reason in the queue")
    site.mta.flush()
    equal(site.queued(), ["alice"], "the queue after a second try")
    mend()
    site.mta.flush()
    nobody_waits(site)
    one([m for m in arrived(site) if m.original == text], text, site, sender=LOCAL)
    equal(site.inbox("carol"), [], "bounces")
    equal(site.inbox("alice"), [], "mail in the inbox")


TO_MBOX = ":0:\nmbox\n"


@case("EXITCODE=75 keeps it queued; mended, it arrives once")
def not_now(site):
    site.rc("alice", "LOG='alice is away for a minute\n'\nEXITCODE=75\nHOST\n")
    waits_then_arrives(site, "not now", lambda: site.rc("alice", TO_MBOX), reason=site.mta.shown("alice is away"))


@case("a program that is killed by a signal keeps it queued; mended, it arrives once")
def killed(site):
    site.rc("alice", ":0 w\n| kill -9 $PPID; :\n")
    waits_then_arrives(site, "killed", lambda: site.rc("alice", TO_MBOX))


NO_FOLDER = "DEFAULT=later/md/\nORGMAIL=later/md/\n"


@case("folders that cannot be had keep it queued (-t); mended, it arrives once", lambda site: site.way.soft)
def no_folder(site):
    def mend():
        site.directory("alice", "later")
    site.rc("alice", NO_FOLDER)
    waits_then_arrives(site, "no folder", mend, arrived=lambda site: mail.maildir(site.path("alice", "later/md")))


@case("folders that cannot be had send it back (without -t)", lambda site: not site.way.soft)
def no_folder_hard(site):
    site.rc("alice", NO_FOLDER)
    site.send(mail.message("no folder", sender=LOCAL), sender=LOCAL)
    contains(site.bounce().original, b"later/md", "the bounce")
    nobody_waits(site)


@case("a full disk keeps it queued, and leaves earlier mail as it was; mended, it arrives once")
def full_disk(site):
    disk = site.path("alice", "disk")
    os.mkdir(disk)
    uid, gid = site.way.owner("alice")
    machine.run("mount", "-t", "tmpfs", "-o", f"size=256k,uid={uid},gid={gid},mode=700", "tmpfs", disk)
    try:
        os.symlink("disk/mbox", site.path("alice", "mbox"))
        site.rc("alice", "DEFAULT=disk/mbox\nORGMAIL=disk/mbox\n:0:\ndisk/mbox\n")
        site.send(mail.message("earlier"))
        earlier = mail.read(disk + "/mbox")
        machine.write(disk + "/filler", b"z" * 200000)

        def mend():
            equal(mail.read(disk + "/mbox"), earlier, "earlier mail")
            os.unlink(disk + "/filler")
        waits_then_arrives(site, "a full disk", mend, b"0123456789abcde\n" * 6000)
        assert mail.read(disk + "/mbox").startswith(earlier)
    finally:
        machine.run("umount", disk)


@case("one of two recipients waits: each gets it once")
def two_recipients(site):
    site.rc("alice", "EXITCODE=75\nHOST\n")
    site.rc("bob", TO_MBOX)
    text = mail.message("for two", sender=LOCAL)
    site.send(text, "alice", "bob", sender=LOCAL)
    equal(site.queued(), ["alice"], "the queue")
    site.mta.flush()
    site.rc("alice", TO_MBOX)
    site.mta.flush()
    nobody_waits(site)
    for user in ("alice", "bob"):
        equal([m.original for m in mail.mbox(site.path(user, "mbox"))], [text], f"mail of {user}")


# ---- homes

@case("a home that is missing: the inbox", lambda site: site.way.dead_homes)
def no_home(site):
    os.unlink(site.path("alice", ".forward")) if site.way.forward else None
    os.rmdir(site.path("alice"))
    text = mail.message("no home")
    site.send(text)
    nobody_waits(site)
    one(site.inbox("alice"), text, site)


@case("a home that may not be entered: the inbox", lambda site: site.way.dead_homes)
def closed_home(site):
    site.rc("alice", ":0\nwrong/\n")
    os.chown(site.path("alice"), 0, 0)
    os.chmod(site.path("alice"), 0o700)
    text = mail.message("a closed home")
    site.send(text)
    nobody_waits(site)
    one(site.inbox("alice"), text, site)


@case("a system mailbox that is missing is made, for the user alone", lambda site: site.way.makes_inbox)
def new_inbox(site):
    os.unlink("/var/mail/alice")
    text = mail.message("a new inbox")
    site.send(text)
    nobody_waits(site)
    one(site.inbox("alice"), text, site)
    found = os.stat("/var/mail/alice")
    equal((found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)), (USERS["alice"], machine.MAIL_GID, 0o600),
          "owner and mode")


@case("a system mailbox that cannot be made keeps it queued (-t); made, it arrives once",
      lambda site: not site.way.makes_inbox and site.way.soft and site.way.dead_homes)
def no_inbox(site):
    os.unlink("/var/mail/alice")
    text = mail.message("no inbox")
    site.send(text)
    equal(site.queued(), ["alice"], "the queue")
    machine.write("/var/mail/alice", "", 0o600, (USERS["alice"], machine.MAIL_GID))
    site.mta.flush()
    nobody_waits(site)
    one(site.inbox("alice"), text, site)


# ---- refusals

def refuse(site, status):
    site.rc("alice", f"LOG='alice wants none of it, says {status}\n'\nEXITCODE={status}\nHOST\n")
    site.send(mail.message("refused", sender=LOCAL), sender=LOCAL)
    bounce = site.bounce()
    contains(bounce.original, f"alice wants none of it, says {status}".encode(), "the bounce")
    contains(bounce.original, b"Subject: refused", "the bounce")
    nobody_waits(site)
    equal(site.inbox("alice"), [], "mail of alice")


for _status in REFUSALS:
    case(f"EXITCODE={_status} sends it back, with our text")(lambda site, status=_status: refuse(site, status))


def run_all(tap, site):
    """Every case that applies, each on a site that is as new.  CASE names one function alone."""
    chosen = os.environ.get("CASE")
    only = (chosen,) if chosen else site.way.only
    for name, function, applies in ALL:
        if applies(site) and (not only or function.__name__ in only):
            site.reset()
            tap.run(f"{site.way.key}: {name}", function, site, on_failure=site.mta.log)
