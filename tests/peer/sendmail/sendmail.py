"""Sendmail, on the test's own machine, with a configuration made from the package's m4 files."""

import os
import shutil
import subprocess

import cases
import document
import machine
import mailer
from mailsite import Site, Way
from tap import Tap

PROGRAM = "/usr/libexec/sendmail/sendmail"
QUEUE = "/var/spool/mqueue"
CLIENT_QUEUE = "/var/spool/mqueue-client"
SUBMITTERS = 921  # group smmsp

# What a site sets besides.  Mail is only queued on arrival, so that each try is one of the test's.
MC = """divert(0)dnl
define(`_USE_ETC_MAIL_')dnl
include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
OSTYPE(`debian')dnl
FEATURE(`no_default_msa')dnl
FEATURE(`accept_unresolvable_domains')dnl
DAEMON_OPTIONS(`Family=inet, Name=MTA, Port=smtp, Addr=127.0.0.1')dnl
LOCAL_DOMAIN(`mx.example.org')dnl
define(`confDELIVERY_MODE', `queueonly')dnl
define(`confREFUSE_LA', `1000')dnl
define(`confQUEUE_LA', `1000')dnl
define(`confTO_IDENT', `0')dnl
"""

SUBMIT_MC = """divert(0)dnl
define(`_USE_ETC_MAIL_')dnl
include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
OSTYPE(`debian')dnl
define(`MSP_QUEUE_DIR', `/var/spool/mqueue-client')dnl
FEATURE(`msp', `[127.0.0.1]', `25')dnl
"""


class Sendmail(mailer.Mailer):
    name = "sendmail"
    log_path = "/var/log/sendmail.log"

    def __init__(self):
        machine.add_group("smmsp", SUBMITTERS)
        machine.add_user("smmsp", SUBMITTERS, SUBMITTERS, CLIENT_QUEUE, "/usr/sbin/nologin")
        for directory, owner, mode in ((QUEUE, 0, 0o700), (CLIENT_QUEUE, SUBMITTERS, 0o2770)):
            os.chown(directory, owner, owner)
            os.chmod(directory, mode)
        os.chown(PROGRAM, 0, SUBMITTERS)
        os.chmod(PROGRAM, 0o2755)
        if os.path.lexists("/usr/sbin/sendmail"):
            os.unlink("/usr/sbin/sendmail")
        os.symlink(PROGRAM, "/usr/sbin/sendmail")
        shutil.copy("/etc/mail/service.switch-nodns", "/etc/mail/service.switch")
        os.makedirs("/var/lib/sendmail/host_status")
        os.makedirs("/run/sendmail/mta")
        self.daemon = None

    @staticmethod
    def _make_cf(name, text):
        machine.write(f"/etc/mail/{name}.mc", text)
        machine.write(f"/etc/mail/{name}.cf", machine.run("m4", f"/etc/mail/{name}.mc"))

    def configure(self, mailers):
        self._make_cf("sendmail", MC + mailers)
        self._make_cf("submit", SUBMIT_MC)
        machine.write("/etc/mail/aliases", "postmaster: root\n")
        machine.run(PROGRAM, "-bi")

    def start(self):
        machine.write(self.log_path, "")
        self.daemon = subprocess.Popen([PROGRAM, "-bD", "-X", self.log_path])
        self.wait_for_port()

    def stop(self):
        self.daemon.terminate()
        self.daemon.wait(60)

    @staticmethod
    def _ids():
        return sorted(name[2:] for name in os.listdir(QUEUE) if name.startswith("qf"))

    def queue(self):
        found = []
        for qid in self._ids():
            with open(f"{QUEUE}/qf{qid}", encoding="latin-1") as f:
                lines = f.read().splitlines()
            reason = " ".join(line[1:] for line in lines if line[0] == "M")
            found += [(line.split("; ")[1], reason) for line in lines if line[0] == "r"]
        return found

    def settle(self):
        before = None
        while before != self._ids():
            before = self._ids()
            machine.run(PROGRAM, "-qf", "-X", self.log_path, check=False)  # the status is the last delivery's

    def flush(self):
        self.settle()

    def purge(self):
        for directory in (QUEUE, CLIENT_QUEUE):
            for name in os.listdir(directory):
                os.unlink(f"{directory}/{name}")

    def shown(self, text):
        return None  # it keeps what programs say for the bounce


FIELDS = ["Return-Path", "Received"]


def ways():
    """Each way with its lines of the .mc file."""
    local_procmail = document.block("sendmail/local_procmail/mc")
    yield Way("local_procmail", FIELDS, null="<MAILER-DAEMON>", makes_inbox=True), local_procmail
    yield (Way("local_procmail, short", FIELDS, soft=False, makes_inbox=True,
               only=("mbox", "maildir", "detail", "not_now", "killed", "no_folder_hard", "new_inbox")),
           document.block("sendmail/short/mc"))
    yield (Way("forward", ["Received"], detail=False, forward=document.block("forward/plain"), dead_homes=False),
           local_procmail)


def main():
    machine.enter()
    Site.add_users()
    mta = Sendmail()
    tap = Tap("sendmail")
    for way, mailers in ways():
        mta.configure(mailers)
        with mta:
            cases.run_all(tap, Site(mta, way))
    tap.finish()


main()
