"""Postfix, on the test's own machine."""

import json
import os
import re
import shutil
import subprocess

import cases
import document
import machine
import mail
import mailer
from mailsite import Site, Way
from tap import Tap, contains, equal

VMAIL = 2100
QUEUE = "/var/spool/postfix"
LOG = "/var/log/postfix.log"

# What a site sets besides: nothing of it concerns the delivery agent.
MAIN_CF = f"""compatibility_level = 3.6
maillog_file = {LOG}
myhostname = {machine.HOST}
mydestination = {machine.HOST}
myorigin = {machine.HOST}
mynetworks = 127.0.0.0/8
inet_interfaces = loopback-only
inet_protocols = ipv4
disable_dns_lookups = yes
smtp_host_lookup = native
biff = no
alias_maps =
local_recipient_maps =
recipient_delimiter = +
"""


class Postfix(mailer.Mailer):
    name = "postfix"
    log_path = LOG

    def __init__(self):
        machine.add_group("postfix", 911)
        machine.add_group("postdrop", 912)
        machine.add_user("postfix", 911, 911, "/var/spool/postfix", "/usr/sbin/nologin")
        for program in ("/usr/sbin/postdrop", "/usr/sbin/postqueue"):
            shutil.chown(program, group="postdrop")
            os.chmod(program, 0o2555)
        shutil.chown("/var/lib/postfix", user="postfix")
        self.master = None

    def configure(self, main="", master=""):
        """Adds these lines to main.cf and master.cf."""
        with open("/usr/share/postfix/master.cf.dist") as f:
            services = f.read().replace(" y ", " n ")  # no chroot
        machine.write("/etc/postfix/main.cf", MAIN_CF + main)
        machine.write("/etc/postfix/master.cf", services + master)

    def start(self):
        machine.write(LOG, "")
        machine.run("/usr/sbin/postfix", "check")
        self.master = subprocess.Popen(["/usr/lib/postfix/sbin/master", "-w"])
        self.master.wait(60)

    def stop(self):
        machine.run("/usr/sbin/postfix", "stop")

    def _entries(self):
        listing = machine.run("/usr/sbin/postqueue", "-j", stderr=subprocess.DEVNULL)
        return [json.loads(line) for line in listing.splitlines()]

    def queue(self):
        return [(r["address"], r.get("delay_reason", "")) for e in self._entries() for r in e["recipients"]]

    def settle(self):
        """Nothing is on its way: mail moves through these directories in this order."""
        mailer.wait_for(lambda: not any(os.listdir(f"{QUEUE}/{part}") for part in ("maildrop", "incoming", "active")),
                        "postfix's queue")

    def flush(self):
        """The queue manager takes its time to begin; its log tells when each message has its turn."""
        waiting = [entry["queue_id"] for entry in self._entries()]
        seen = len(self.log())
        machine.run("/usr/sbin/postqueue", "-f")
        mailer.wait_for(lambda: all(re.search(f"{qid}: .*queue active", self.log()[seen:]) for qid in waiting),
                        "postfix's queue manager")
        self.settle()

    def purge(self):
        machine.run("/usr/sbin/postsuper", "-d", "ALL")


class Virtual(Way):
    """mailbox_transport to a pipe(8) service for users that have no uid of their own."""

    def home(self, user):
        return f"/var/vmail/{user}"

    def owner(self, user):
        return (VMAIL, VMAIL)

    def rc_path(self, user):
        return f"{self.home(user)}/rc"

    def inbox(self, user):
        inbox = f"{self.home(user)}/inbox"
        return mail.maildir(inbox) if os.path.exists(inbox) else []

    def prepare(self, user):
        home = self.home(user)
        shutil.rmtree(home, ignore_errors=True)
        os.makedirs(home)
        os.chown(home, *self.owner(user))


FIELDS = ["Return-Path", "X-Original-To", "Delivered-To", "Received"]


def document_ways():
    """Each way with what it adds to main.cf and master.cf, as the document has it."""
    mailbox_command = document.block("postfix/mailbox_command/main.cf")
    yield Way("mailbox_command", FIELDS), mailbox_command, ""
    yield (Virtual("mailbox_transport", FIELDS, null="<MAILER-DAEMON>", dead_homes=False),
           document.block("postfix/mailbox_transport/main.cf"), document.block("postfix/mailbox_transport/master.cf"))
    yield Way("forward", FIELDS, forward=document.block("forward/detail")), "", ""
    yield Way("forward, plain", FIELDS, forward=document.block("forward/plain"), only=A_FEW), "", ""
    # As procmail's manual page has it, but for the name.
    yield Way("forward, classic", FIELDS, soft=False, only=A_FEW, forward=(
        "\"|IFS=' ' && p=/usr/bin/mailweir && test -f $p && exec $p -Yf- || exit 75 #alice\"\n")), "", ""
    yield (Way("mailbox_command without -t", FIELDS, soft=False, only=A_FEW),
           mailbox_command.replace(" -t ", " "), "")


A_FEW = ("mbox", "maildir", "not_now", "killed", "no_folder", "no_folder_hard")


# ---- what the document says beside

def everybodys_maildir(site):
    """The administrator's rc file, for users without system mailboxes."""
    site.reset()
    os.unlink("/var/mail/alice")
    machine.write("/etc/procmailrc", document.block("procmailrc/maildir"))
    try:
        text = mail.message("to the Maildir in the home")
        site.send(text)
        equal(site.queued(), [], "the queue")
        cases.one(mail.maildir("/home/alice/Maildir"), text, site)
    finally:
        os.unlink("/etc/procmailrc")


def killed_without_exec(site):
    """A shell between the two makes a status of a signal."""
    site.reset()
    site.rc("alice", ":0 w\n| kill -9 $PPID; :\n")
    site.send(mail.message("killed", sender=cases.LOCAL), sender=cases.LOCAL)
    contains(site.bounce().original, b"status 137", "the bounce")


def another_users_pipe(site):
    """-d in a service that runs as somebody else: there is no setuid bit to help."""
    site.reset()
    site.send(mail.message("for somebody else", sender=cases.LOCAL), sender=cases.LOCAL)
    contains(site.bounce().original, b"Insufficient privileges", "the bounce")
    equal(site.inbox("alice"), [], "mail of alice")


def main():
    machine.enter()
    Site.add_users()
    machine.add_group("vmail", VMAIL)
    machine.add_user("vmail", VMAIL, VMAIL, "/var/vmail")
    machine.write("/etc/mailweir/vmail.rc", document.block("postfix/mailbox_transport/vmail.rc"))
    mta = Postfix()
    tap = Tap("postfix")
    for way, main_cf, master_cf in document_ways():
        mta.configure(main_cf, master_cf)
        with mta:
            cases.run_all(tap, Site(mta, way))
    others(tap, mta)
    tap.finish()


def others(tap, mta):
    mailbox_command = document.block("postfix/mailbox_command/main.cf")
    site = Site(mta, Way("mailbox_command", FIELDS))
    mta.configure(mailbox_command)
    with mta:
        tap.run("mailbox_command: DEFAULT in /etc/procmailrc", everybodys_maildir, site, on_failure=mta.log)
    mta.configure(mailbox_command.replace("exec ", ""))
    with mta:
        tap.run("mailbox_command without exec: a killed program sends mail back", killed_without_exec, site,
                on_failure=mta.log)
    mta.configure("mailbox_transport = mailweir\n",
                  "mailweir unix - n n - - pipe\n  flags=DFORhu user=carol argv=/usr/bin/mailweir -d ${user}\n")
    site = Site(mta, Way("pipe -d", FIELDS))
    with mta:
        tap.run("pipe: -d for another user is refused", another_users_pipe, site, on_failure=mta.log)


if __name__ == "__main__":
    main()
