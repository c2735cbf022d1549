"""Exim, on the test's own machine."""

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
from tap import Tap, equal

PROGRAM = "/usr/sbin/exim4"
SPOOL = "/var/spool/exim4"
USER = 931  # Debian-exim

# What a site sets besides.  Mail is only queued on arrival, so that each try is one of the test's.
MAIN = f"""primary_hostname = {machine.HOST}
domainlist local_domains = {machine.HOST}
acl_smtp_rcpt = accept_all
no_local_from_check
queue_only
local_interfaces = 127.0.0.1
log_file_path = /var/log/exim4/%slog
tls_advertise_hosts =
keep_environment =
bounce_return_size_limit = 10K
begin acl
accept_all:
  accept
begin rewrite
begin retry
* * F,1d,1m
"""


class Exim(mailer.Mailer):
    name = "exim"
    log_path = "/var/log/exim4/mainlog"

    def __init__(self):
        machine.add_group("Debian-exim", USER)
        machine.add_user("Debian-exim", USER, USER, SPOOL, "/usr/sbin/nologin")
        for directory in (SPOOL, "/var/log/exim4"):
            shutil.rmtree(directory, ignore_errors=True)
            os.makedirs(directory)
            os.chown(directory, USER, USER)
        self.daemon = None

    def configure(self, way):
        parts = ["forward", "pipe"] if way == "forward" else [way]  # ~/.forward comes first
        routers = "".join(document.block(f"exim/{part}/router") for part in parts)
        transports = "".join(document.block(f"exim/{part}/transport") for part in parts)
        machine.write("/etc/exim4/exim4.conf",
                      f"{MAIN}begin routers\n{routers}\nbegin transports\n{transports}")

    def start(self):
        machine.write(self.log_path, "", 0o640, (USER, USER))
        self.daemon = subprocess.Popen([PROGRAM, "-bdf"])
        self.wait_for_port()

    def stop(self):
        self.daemon.terminate()
        self.daemon.wait(60)

    def queue(self):
        listing = machine.run(PROGRAM, "-bp").decode()
        return [(address, "") for address in re.findall(r"^ {10}(\S+)$", listing, re.M)]

    def settle(self):
        before = None
        while before != self.queue():
            before = self.queue()
            machine.run(PROGRAM, "-qff")

    def flush(self):
        self.settle()

    def purge(self):
        for directory in ("input", "msglog", "db"):
            shutil.rmtree(f"{SPOOL}/{directory}", ignore_errors=True)

    def shown(self, text):
        return None  # its queue lists no reasons


FIELDS = ["Return-path", "Envelope-to", "Delivery-date", "Received"]

WAYS = [
    Way("pipe", FIELDS, detail=False, dead_homes=False, makes_inbox=True, gid=machine.MAIL_GID),
    Way("detail", FIELDS, makes_inbox=True, gid=machine.MAIL_GID,
        only=("mbox", "maildir", "detail", "not_now", "killed", "new_inbox")),
    Way("forward", FIELDS, detail=False, forward=document.block("forward/exim"), dead_homes=False),
]


def dead_home(site):
    """Exim goes to the home first; where it cannot, the message waits."""
    site.reset()
    os.rmdir(site.path("alice"))
    text = mail.message("no home")
    site.send(text)
    equal(site.queued(), ["alice"], "the queue")
    site.way.prepare("alice")
    site.rc("alice", ":0\nmd/\n")
    site.mta.flush()
    equal(site.queued(), [], "the queue")
    equal([m.original for m in mail.maildir(site.path("alice", "md"))], [text], "mail of alice")


def main():
    machine.enter()
    Site.add_users()
    mta = Exim()
    tap = Tap("exim")
    for way in WAYS:
        site = Site(mta, way)
        mta.configure(way.key)
        with mta:
            cases.run_all(tap, site)
            if way.key == "pipe":
                tap.run("pipe: a home that is missing keeps it queued; mended, it arrives once", dead_home, site,
                        on_failure=mta.log)
    tap.finish()


main()
