"""The deliveries that the faults are tried on.  A later part of mailweir adds its rows here."""

import re
from dataclasses import dataclass, field
from functools import cache

from places import Directory, Maildir, Mbox, Mh, Program

ENVELOPE = b"From sender@example.org Thu Jan  1 00:00:02 1970\n"


@cache
def message(mark, size):
    """A message of about that many bytes whose lines are all different."""
    head = ENVELOPE + b"From: sender@example.org\nMessage-ID: <%s@example.org>\nSubject: %s\nX-Mark: none\n\n" % (mark, mark)
    lines = []
    length = 0
    while length < size:
        line = b"%s line %d of a message that must stay whole\n" % (mark, len(lines))
        lines.append(line)
        length += len(line)
    return head + b"".join(lines)


@cache
def marked(text):
    """What the filter `mark` makes of a message."""
    return text.replace(b"X-Mark: none", b"X-Mark: seen", 1)


SMALL, MEDIUM, LARGE = 300, 150_000, 1_300_000  # LARGE goes through a spool file


@dataclass
class Row:
    """One delivery.  It ends in one of `final`; `copies` may be made on the way."""

    name: str
    recipes: str
    final: list
    copies: list = field(default_factory=list)
    size: int = SMALL
    filtered: bool = False  # the message may be stored as the filter `mark` leaves it

    def places(self):
        return self.final + self.copies

    def filters(self):
        return re.search(r"^:0 \w*f", self.recipes, re.MULTILINE) is not None

    def texts(self, mark):
        text = message(mark.encode(), self.size)
        return {mark: text, mark + " marked": marked(text)} if self.filtered else {mark: text}


def folder(name, recipe, place, **more):
    """A row whose one recipe stores the message in one folder."""
    return Row(name, f":0{':' if isinstance(place, Mbox) else ''}\n{recipe}\n", [place], **more)


def rows():
    return [
        folder("maildir", "md/", Maildir("md")),
        folder("new maildir", "md/", Maildir("md", fresh=True)),
        folder("large message to a maildir", "md/", Maildir("md"), size=LARGE),
        folder("mbox", "box", Mbox("box")),
        folder("new mbox", "box", Mbox("box", fresh=True)),
        folder("large message to an mbox", "box", Mbox("box"), size=LARGE),
        folder("mh", "mh/.", Mh("mh")),
        folder("new mh", "mh/.", Mh("mh", fresh=True)),
        folder("directory", "dir", Directory("dir")),
        Row("default", ":0\n* ^Subject: nothing of that kind\nbox\n", []),
        Row("global lock", "LOCKFILE=global.lock\n:0\nbox\n", [Mbox("box")]),
        Row("filter", ":0 fw\n| mark\n:0:\nbox\n", [Mbox("box")], filtered=True),
        Row("filter of a body", ":0 fbw\n| cat\n:0\nmd/\n", [Maildir("md")], size=MEDIUM),
        Row("large filter", ":0 fw\n| mark\n:0\nmd/\n", [Maildir("md")], size=LARGE, filtered=True),
        Row("filter by formail", ":0 fhw\n| formail -I \"X-Mark: seen\"\n:0:\nbox\n", [Mbox("box")],
            filtered=True),
        Row("duplicates", ":0 Wh: cache.lock\n| formail -D 1000 cache\n:0:\nbox\n", [Mbox("box")]),
        Row("capture by formail", "SUBJECT=`formail -x Subject:`\n:0:\n* SUBJECT ?? this|next\nbox\n",
            [Mbox("box")]),
        Row("copies", ":0 c:\ncopybox\n:0 c\ncopymd/\n:0\nmh/.\n", [Mh("mh")],
            [Mbox("copybox"), Maildir("copymd")]),
        Row("several folders", ":0\nmd/ mh/. dir\n", [Maildir("md")], [Mh("mh"), Directory("dir")]),
        Row("clone", ":0 c\n{\n:0\ncopymd/\n}\n:0:\nbox\n", [Mbox("box")],
            [Maildir("copymd"), Mbox("inbox", fresh=True)]),
        Row("pipe", ":0 w\n| store kept\n", [Program("kept")]),
        Row("large pipe", ":0 w\n| store kept\n", [Program("kept")], size=MEDIUM),
        Row("copy to a pipe", ":0 cw\n| store kept\n:0:\nbox\n", [Mbox("box")], [Program("kept")]),
        Row("forward", ":0 w\n! somebody@example.org\n", [Program("sent")]),
        Row("backquotes", "BOX=`echo box`\n:0:\n$BOX\n", [Mbox("box")],
            [Mbox("from-output", fresh=True)]),
        Row("condition by a program", ":0 HB:\n* ? grep -c line\nbox\n", [Mbox("box")], size=MEDIUM),
    ]


PROGRAMS = {
    "mark": "exec sed 's/^X-Mark: none$/X-Mark: seen/'\n",
    # Whole or not at all, as a careful program would do it.
    "store": 'cat >"$1/.$$" && mv "$1/.$$" "$1/$$"\n',
    "sendmail": 'cat >"sent/.$$" && mv "sent/.$$" "sent/$$"\n',
}
