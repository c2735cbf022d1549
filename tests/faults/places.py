"""What stands in a folder, seen from outside: by somebody who knows the format, not the program.

A place is made with earlier mail in it.  Later it says which whole messages came, what came only
in part, what was left lying about, and whether the earlier mail is still what it was.
"""

import os
import re
from dataclasses import dataclass, field

EARLIER = [
    b"From old@example.org Thu Jan  1 00:00:01 1970\nSubject: earlier %d\n\nkept since %d\n" % (n, n)
    for n in (1, 2)
]


@dataclass
class Found:
    """The forms are names of FORMS; a torn piece and a leftover are told by name and size."""

    whole: list = field(default_factory=list)  # (text name, form)
    torn: list = field(default_factory=list)
    leftovers: list = field(default_factory=list)
    damage: list = field(default_factory=list)


def bare(text):
    """The message without its From_ line."""
    return text.split(b"\n", 1)[1] if text.startswith(b"From ") else text


# How a message may be stored.  Which of them a place uses is learnt from a delivery without fault.
FORMS = {
    "full": lambda text: text,
    "full and blank line": lambda text: text + b"\n",
    "bare": bare,
    "bare and blank line": lambda text: bare(text) + b"\n",
}


def read_bytes(path):
    with open(path, "rb") as stream:
        return stream.read()


def write_bytes(path, data):
    with open(path, "wb") as stream:
        stream.write(data)


class Place:
    """A path below the home, empty at first when `fresh`."""

    holds_mail = True  # False: what a program got, which may end early when its feeder dies

    def __init__(self, path, fresh=False):
        self.path = path
        self.fresh = fresh
        self.forms = set(FORMS)

    def at(self, home):
        return os.path.join(home, self.path)

    def identify(self, data, texts):
        """The name and form of the text that these bytes are, or None."""
        for name, text in texts.items():
            for form in self.forms:
                if data == FORMS[form](text):
                    return name, form
        return None

    def sort_in(self, found, name, data, texts):
        known = self.identify(data, texts)
        if known:
            found.whole.append(known)
        else:
            found.torn.append(f"{self.path}: {name}, {len(data)} bytes")


class Mbox(Place):
    """mbox: messages one behind the other, each with its From_ line and a blank line after it."""

    forms_possible = ("full and blank line",)

    def __init__(self, path, fresh=False):
        super().__init__(path, fresh)
        self.forms = set(self.forms_possible)

    def earlier(self):
        return b"" if self.fresh else b"".join(text + b"\n" for text in EARLIER)

    def prepare(self, home):
        if not self.fresh:
            write_bytes(self.at(home), self.earlier())

    def inspect(self, home, texts):
        found = Found()
        if not os.path.exists(self.at(home)):
            if not self.fresh:
                found.damage.append(f"{self.path} is gone")
            return found
        data = read_bytes(self.at(home))
        if not data.startswith(self.earlier()):
            found.damage.append(f"{self.path}: the earlier mail is not what it was")
            return found
        rest = data[len(self.earlier()) :]
        while rest:
            rest = self.take(found, rest, texts)
        return found

    def take(self, found, rest, texts):
        for name, text in texts.items():
            entry = text + b"\n"
            if rest.startswith(entry):
                found.whole.append((name, "full and blank line"))
                return rest[len(entry) :]
            if rest == text:  # the next delivery puts the blank line there
                found.whole.append((name, "full"))
                found.torn.append(f"{self.path}: no blank line at its end")
                return b""
        end = rest.find(b"\n\nFrom ")
        piece, rest = (rest, b"") if end < 0 else (rest[: end + 2], rest[end + 2 :])
        found.torn.append(f"{self.path}: {len(piece)} bytes at its end")
        return rest


class Maildir(Place):
    """maildir(5): one file a message, in new or cur; what is in tmp is nobody's mail."""

    def prepare(self, home):
        if self.fresh:
            return
        for sub in ("tmp", "new", "cur"):
            os.makedirs(os.path.join(self.at(home), sub))
        for number, (sub, text) in enumerate(zip(("new", "cur"), EARLIER)):
            write_bytes(os.path.join(self.at(home), sub, f"1.{number}.old"), bare(text))

    def inspect(self, home, texts):
        found = Found()
        seen = 0
        for sub in ("new", "cur"):
            folder = os.path.join(self.at(home), sub)
            for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
                data = read_bytes(os.path.join(folder, name))
                if name.endswith(".old"):
                    seen += data in [bare(text) for text in EARLIER]
                else:
                    self.sort_in(found, f"{sub}/{name}", data, texts)
        if not self.fresh and seen != len(EARLIER):
            found.damage.append(f"{self.path}: the earlier mail is not what it was")
        tmp = os.path.join(self.at(home), "tmp")
        if os.path.isdir(tmp):
            found.leftovers += [f"{self.path}/tmp/{name}" for name in os.listdir(tmp)]
        return found


class Files(Place):
    """A folder with one file a message, whose names match a pattern; other names are not mail."""

    def __init__(self, path, names, earlier, fresh=False):
        super().__init__(path, fresh)
        self.names = re.compile(names)
        self.earlier_names = earlier

    def prepare(self, home):
        if self.fresh:
            return
        os.makedirs(self.at(home))
        for name, text in zip(self.earlier_names, EARLIER):
            write_bytes(os.path.join(self.at(home), name), text)

    def inspect(self, home, texts):
        found = Found()
        if not os.path.isdir(self.at(home)):
            if not self.fresh:
                found.damage.append(f"{self.path} is gone")
            return found
        kept = dict(zip(self.earlier_names, EARLIER)) if not self.fresh else {}
        for name in sorted(os.listdir(self.at(home))):
            data = read_bytes(os.path.join(self.at(home), name))
            if kept.get(name) == data:
                del kept[name]
            elif self.names.fullmatch(name):
                self.sort_in(found, name, data, texts)
            elif name[0] in "._":
                found.leftovers.append(f"{self.path}/{name}")
            else:
                found.torn.append(f"{self.path}: {name} is no name for a message")
        found.damage += [f"{self.path}/{name} is not what it was" for name in kept]
        return found


def Mh(path, fresh=False):
    """An MH folder: a message's name is its number."""
    return Files(path, r"[1-9][0-9]*", ("1", "2"), fresh)


def Directory(path):
    """procmailrc(5)'s plain directory folder: msg. and something unique."""
    return Files(path, r"msg\.[A-Za-z0-9_-]+", ("msg.old1", "msg.old2"))


class Program(Place):
    """What a program stored, one file for each time it was run."""

    holds_mail = False

    def prepare(self, home):
        os.makedirs(self.at(home))

    def inspect(self, home, texts):
        found = Found()
        for name in sorted(os.listdir(self.at(home))):
            data = read_bytes(os.path.join(self.at(home), name))
            if name.startswith("."):
                continue  # the program has not ended well, and said so
            self.sort_in(found, name, data, texts)
        return found
