"""Messages for the cases, and the folders they arrive in."""

import os
import re

FROM_LINE = re.compile(rb"^From (.*?)  ?((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4})\n")

# What a message may hold that some mailer or folder has its own mind about.
HARD_BODY = (
    b"a body with\n"
    b"From a line that looks like a separator\n"
    b">From one that was quoted before\n"
    b".a line with a dot\n"
    b"..and with two\n"
    b".\n"
    b"\n"
    b"From behind an empty line\n"
    b"8 bits: \xe4\xf6\xfc\xff, a tab:\t, blanks at the end:  \n" +
    b"a long line: " + b"x" * 900 + b"\n"
    b"\n"
    b"\n"
    b"the last line\n")


def message(subject, body=b"a body\n", sender="bob@example.net", to="alice@mx.example.org"):
    """A complete message of the sender's, as it is handed to the mailer."""
    return (f"From: {sender}\nTo: {to}\nSubject: {subject}\nMessage-ID: <{abs(hash(subject))}@example.net>\n"
            "Date: Tue, 25 Nov 2025 08:00:00 +0000\n\n").encode() + body


def quoted(text):
    """The text as it stands in an mbox."""
    return re.sub(rb"^From ", b">From ", text, flags=re.M)


def read(path):
    with open(path, "rb") as f:
        return f.read()


class Stored:
    """A message found in a folder: the sender of its From_ line, the fields that the mailer put in
    front, and what was handed over."""

    def __init__(self, text):
        found = FROM_LINE.match(text)
        self.from_sender = found.group(1).decode() if found else None
        self.text = text[found.end():] if found else text
        front, original = self.text.split(b"From: ", 1)
        self.original = b"From: " + original
        unfolded = re.sub(rb"\n[ \t]+", b" ", front)
        self.fields = [tuple(line.decode().split(": ", 1)) for line in unfolded.splitlines() if b": " in line]

    def field(self, name):
        """The one value of that field in front."""
        values = [value for field, value in self.fields if field.lower() == name.lower()]
        assert len(values) == 1, f"{len(values)} fields {name} in {self.fields}"
        return values[0]


def mbox(path):
    """The messages of an mbox, whose separators must be in order."""
    text = read(path)
    assert not text or (text.startswith(b"From ") and text.endswith(b"\n\n")), f"{path} is torn: {text!r}"
    return [Stored(part[:-1]) for part in re.split(rb"(?m)(?<=\n\n)^(?=From )|\A(?=From )", text) if part]


def maildir(path):
    """The messages of a Maildir: nothing is left in tmp."""
    assert os.listdir(path + "/tmp") == [], f"{path}/tmp: {os.listdir(path + '/tmp')}"
    names = sorted(os.listdir(path + "/new"))
    return [Stored(read(f"{path}/new/{name}")) for name in names]
