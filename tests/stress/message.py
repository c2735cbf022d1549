"""Messages of the stress test, each made from its name alone.

So whoever reads the name in a folder can make the message again and compare every byte, and no
list of what was sent need be trusted.  A name is SEED.WRITER.NUMBER.
"""
import random
import re

LARGE = 1 << 20  # beyond this mailweir spools
NAME = rb"([0-9]+\.[0-9]+\.[0-9]+)"
FROM_LINE = re.compile(rb"From stress\." + NAME + rb"@example\.org  Thu Nov  6 12:00:00 2025\n")
FIELD = re.compile(rb"^X-Stress: " + NAME + rb"$", re.M)

WORDS = b"kettle tea coffee From Subject: >From garden project \xe4\xf6\xfc release .".split()
FROM_BODIES = (b"From here on\n", b"\nFrom me@example.org  Thu Jan  1 00:00:00 1970\n", b">From quoted\n")


def body(rng, nul):
    kind = rng.random()
    if kind < 0.05:
        return b""
    size = rng.randint(LARGE, 2 * LARGE) if kind > 0.96 else int(rng.expovariate(1 / 6000))
    lines, n = [], 0
    piece = [b" ".join(rng.choices(WORDS, k=rng.randint(1, 12))) + b"\n" for _ in range(20)]
    if nul and rng.random() < 0.15:
        piece.append(b"a NUL \0 and another\0\n")
    elif rng.random() < 0.4:
        piece += FROM_BODIES
    if size > LARGE:  # few large pieces, so that making it costs little
        piece = [b"".join(rng.choices(piece, k=500)) for _ in range(5)]
    while n < size:
        lines.append(rng.choice(piece))
        n += len(lines[-1])
    text = b"".join(lines)
    if rng.random() < 0.3:
        text = text.rstrip(b"\n") + b"the last line ends here"
    return text


def make(name, folder, nul):
    """The message as handed to the program.  procmail is given no NULs: it stops quoting there."""
    rng = random.Random(name)
    fields = [b"X-Stress: " + name.encode(), b"X-Folder: " + folder.encode(), b"Subject: message " + name.encode(),
              b"X-Filler: " + b"x" * rng.randint(0, 900)]
    rng.shuffle(fields)
    header = b"\n".join(fields) + b"\n\n"
    return b"From stress." + name.encode() + b"@example.org  Thu Nov  6 12:00:00 2025\n" + header + body(rng, nul)


def ended(text):
    """As folders of files and mboxes hold it: a newline more, unless it ends in an empty line."""
    return text if text.endswith(b"\n\n") else text + b"\n"


def in_mbox(text):
    return ended(text.replace(b"\nFrom ", b"\n>From "))


def in_maildir(text):
    return text[text.index(b"\n") + 1:]


def name_in(data):
    found = FIELD.search(data, 0, 4000)
    return found.group(1).decode() if found else None
