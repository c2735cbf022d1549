"""Looks at the folders after a run, and at the journals, and finds what must not be.

It shares nothing with the programs but the formats: it makes each message again from its name and
compares all bytes.  Who delivered what is told by the journals alone.
"""
import collections
import json
import os
import re

import message
from reader import MARK

KILLED = -9
FORMS = {"mbox": message.in_mbox, "maildir": message.in_maildir, "mh": message.ended, "dir": message.ended}
# procmail writes the first byte of a message alone (strace shows it), and killed then leaves an `F`.
FIRST_BYTE = re.compile(rb"F\n{0,2}(?=From stress\.|\Z)")
FOLLOWING = re.compile(message.FROM_LINE.pattern + rb"|(?<=\n)" + FIRST_BYTE.pattern)
VIOLATIONS = ("lost", "doubled", "torn", "swallowed", "foreign", "left", "false status")


def journals(plan):
    """name → (folder, list of exit statuses), and the ids of processes that were killed."""
    told, killed = {}, set()
    for number in range(plan.writers):
        with open(plan.journal(number), encoding="ascii") as lines:
            for name, folder, status, pid in map(json.loads, lines):
                told.setdefault(name, (folder, []))[1].append(status)
                if status == KILLED:
                    killed.add(pid)
    return told, killed


class Checker:
    def __init__(self, plan):
        self.plan = plan
        self.told, self.killed = journals(plan)
        self.seen = collections.defaultdict(collections.Counter)  # place → name → whole copies
        self.ours, self.peers = collections.Counter(), collections.Counter()  # violations
        self.fragments = collections.Counter()  # what killed programs left, by place: not violations
        self.notes = []
        self.peers_were_killed = any(KILLED in statuses and self.is_peers(name)
                                     for name, (_, statuses) in self.told.items())

    # ---- judgement

    def blame(self, what, name, note):
        """A violation, in the account of the program that delivered the message."""
        peer = name in self.told and self.is_peers(name)
        (self.peers if peer else self.ours)[what] += 1
        self.notes.append(f"{what}: {name or 'nameless'}{' (procmail)' if peer else ''}: {note}")

    def is_peers(self, name):
        return self.plan.is_peer(int(name.split(".")[1]))

    def was_killed(self, name):
        return name in self.told and KILLED in self.told[name][1]

    def text(self, name, place):
        folder = self.told[name][0]
        return FORMS[self.plan.form_of(place)](message.make(name, folder, not self.is_peers(name)))

    def fragment(self, name, place, data):
        """Part of a message: allowed in an mbox, where its writer was killed."""
        whole = self.text(name, place)
        if self.was_killed(name) and whole.startswith(data.rstrip(b"\n")):
            self.fragments[place] += 1
            if self.plan.form_of(place) != "mbox":
                self.blame("torn", name, f"part of it visible in {place}")
        else:
            self.blame("torn", name, f"{len(data)} bytes in {place}, {len(whole)} were sent")

    # ---- folders

    def mbox(self, place, path):
        with open(path, "rb") as file:
            data = file.read()
        at = 0
        while at < len(data):
            at = self.mbox_message(place, data, at)

    def first_byte(self, data, at):
        return FIRST_BYTE.match(data, at) if self.peers_were_killed else None

    @staticmethod
    def following(data, at):
        found = FOLLOWING.search(data, at + 1)
        return found.start() if found else len(data)

    def mbox_message(self, place, data, at):
        line = message.FROM_LINE.match(data, at)
        name = line.group(1).decode() if line else None
        if first := self.first_byte(data, at):
            self.fragments["first bytes of procmail"] += 1
            return first.end()
        if name not in self.told:
            self.blame("torn", "", f"{place}, offset {at}: {data[at:at + 60]!r}")
            return self.following(data, at)
        whole = self.text(name, place)
        head = whole.index(b"\n\n") + 1
        for text in (whole, whole[:head] + MARK + whole[head:]):
            if data.startswith(text, at):
                end = at + len(text)
                # What did not end in a newline has no empty line behind it until somebody adds it.
                if not text.endswith(b"\n\n") and data.startswith(b"\n", end):
                    end += 1
                if end == len(data) or message.FROM_LINE.match(data, end) or self.first_byte(data, end):
                    self.whole(place, name, data, at)
                    return end
        end = self.following(data, at)
        self.fragment(name, place, data[at:end].replace(b"\n" + MARK, b"\n", 1))
        return end

    def whole(self, place, name, data, at):
        """Whole, but does a reader see where it begins?"""
        self.seen[place][name] += 1
        if at and data[at - 2:at] != b"\n\n":
            self.blame("swallowed", name, f"glued to what is before it in {place}")

    def directory(self, place, path):
        for entry in os.scandir(path):
            with open(entry.path, "rb") as file:
                data = file.read()
            name = message.name_in(data)
            if name in self.told and data == self.text(name, place):
                self.seen[place][name] += 1
            elif name in self.told:
                self.fragment(name, place, data)
            elif not data and self.peers_were_killed:
                self.peers["torn"] += 1
                self.notes.append(f"torn: empty file {place}/{entry.name}; mailweir links whole files only")
            else:
                self.blame("foreign", "", f"{place}/{entry.name}, {len(data)} bytes")

    def look(self):
        for place in self.plan.places():
            path = self.plan.path(place)
            if self.plan.form_of(place) == "mbox":
                for file in (path, path + ".taken"):
                    if os.path.exists(file):
                        self.mbox(place, file)
            elif self.plan.form_of(place) == "maildir":
                self.directory(place, path + "/new")
            else:
                self.sweep(path)
                self.directory(place, path)
            if self.plan.form_of(place) == "mh":
                self.numbers(path)

    def numbers(self, path):
        for name in os.listdir(path):
            if not re.fullmatch("[1-9][0-9]*", name):
                self.blame("foreign", "", f"no number: {path}/{name}")

    # ---- what should not be there

    def sweep(self, path):
        """Takes away and judges what is no message: temporary files and locks."""
        for name in os.listdir(path):
            if name.startswith(("_", ".")) or name.endswith((".lock", ".new")):
                self.judge_left(os.path.join(path, name))
                os.unlink(os.path.join(path, name))

    def judge_left(self, path):
        """A killed program may leave its temporary file, under a name that tells its number."""
        pid = re.search(r"[./_]([0-9]+)_[0-9]+\.", path)
        number = pid and int(pid.group(1))
        if number in self.killed or (self.killed and self.plan.locks_may_stay and not pid):
            self.fragments["files left"] += 1
        else:
            self.blame("left", "", path)

    def leftovers(self):
        for place in self.plan.places():
            if self.plan.form_of(place) == "maildir":
                for entry in os.scandir(self.plan.path(place) + "/tmp"):
                    self.judge_left(entry.path)
        self.sweep(self.plan.mail)
        for name in os.listdir(self.plan.mail):
            if name.removesuffix(".taken") not in self.plan.places():
                self.blame("foreign", "", f"in MAILDIR: {name}")
        for name in os.listdir(self.plan.root):
            if name.startswith("mailweir."):
                self.blame("left", "", name)

    # ---- the sum

    def compare(self):
        for name, (folder, statuses) in self.told.items():
            delivered, killed = statuses.count(0), statuses.count(KILLED)
            for place in self.plan.places_of(folder):
                copies = self.seen[place][name]
                if copies < delivered:
                    self.blame("lost", name, f"not in {place}")
                elif copies > delivered + killed:
                    self.blame("doubled" if delivered else "false status", name,
                               f"{copies} copies in {place} after {statuses}")

    def run(self):
        self.leftovers()
        self.look()
        self.compare()
        return self
