"""A site of three users whose mailer hands their mail to mailweir in one way."""

import os
import shutil

import machine
import mail
from mailer import wait_for

USERS = {"alice": 2001, "bob": 2002, "carol": 2003}


class Way:
    """How a mailer hands mail over: by the name of its blocks in doc/mta.md.

    fields   what the mailer puts in front of a message for a program, in this order
    soft     what cannot be stored stays queued (-t), or goes back
    detail   alice+detail@… becomes $1
    forward  the text of ~/.forward, where that does it
    null     the Return-Path of the empty sender
    dead_homes  a user without a usable home gets mail in this way, too
    makes_inbox  a system mailbox that is missing can be made
    gid      the group that the program is started in, if not the user's
    only     names of the cases to which it comes, if not all"""

    def __init__(self, key, fields, soft=True, detail=True, forward=None, null="<>", dead_homes=True,
                 makes_inbox=False, gid=None, only=None):
        self.key = key
        self.fields = fields
        self.soft = soft
        self.detail = detail
        self.forward = forward
        self.null = null
        self.dead_homes = dead_homes
        self.makes_inbox = makes_inbox
        self.gid = gid
        self.only = only

    def home(self, user):
        return f"/home/{user}"

    def owner(self, user):
        return (USERS[user], USERS[user])

    def file_owner(self, user):
        """Of what the program makes."""
        return (self.owner(user)[0], self.gid or self.owner(user)[1])

    def rc_path(self, user):
        return f"{self.home(user)}/.procmailrc"

    def inbox(self, user):
        """The messages where mail goes that no recipe takes."""
        return mail.mbox(f"/var/mail/{user}")

    def prepare(self, user):
        """An empty home and an empty inbox."""
        home = self.home(user)
        shutil.rmtree(home, ignore_errors=True)
        os.mkdir(home, 0o755)
        os.chown(home, *self.owner(user))
        machine.write(f"/var/mail/{user}", "", 0o600, (USERS[user], machine.MAIL_GID))
        if self.forward is not None:
            machine.write(f"{home}/.forward", self.forward, owner=self.owner(user))


class Site:
    def __init__(self, mta, way):
        self.mta = mta
        self.way = way

    @staticmethod
    def add_users():
        for user, uid in USERS.items():
            machine.add_group(user, uid)
            machine.add_user(user, uid, uid, f"/home/{user}")

    def reset(self):
        self.mta.begin_case()
        for user in USERS:
            self.way.prepare(user)

    def rc(self, user, text):
        machine.write(self.way.rc_path(user), text, owner=self.way.owner(user))

    def path(self, user, name=""):
        return f"{self.way.home(user)}/{name}"

    def directory(self, user, name):
        os.mkdir(self.path(user, name))
        os.chown(self.path(user, name), *self.way.owner(user))

    def inbox(self, user):
        return self.way.inbox(user)

    def send(self, message, *users, sender="bob@example.net", detail=None):
        """Hands the message over, and returns when it is delivered, queued or sent back."""
        local = (user + (f"+{detail}" if detail else "") for user in users or ("alice",))
        self.mta.deliver(sender, [f"{name}@{machine.HOST}" for name in local], message)

    def queued(self):
        """Local parts of the addresses that wait."""
        return sorted(address.split("@")[0] for address, _ in self.mta.queue())

    def bounce(self, to="carol"):
        """The one bounce that a local sender gets."""
        [bounce] = wait_for(lambda: self.inbox(to), f"the bounce to {to}", 10)
        return bounce
