"""A mail reader at work in the mbox: again and again it locks, takes some messages out, marks the
others as read, and writes all of it anew.

It locks as mail readers do: FILE.lock by liblockfile, and fcntl(2).  It knows nothing of the test's
messages: what begins with `From ` behind an empty line is one, as for any reader.  What it takes goes
to a file of its own, synced before the mbox shrinks, so that the checker can tell taken from lost.
"""
import ctypes
import fcntl
import os
import random
import re
import time

MARK = b"Status: RO\n"
BEGIN = re.compile(rb"(?:\A|(?<=\n\n))From ")


class Dotlock:
    def __init__(self, path):
        self.library = ctypes.CDLL("liblockfile.so.1")
        self.path = (path + ".lock").encode()

    def __enter__(self):
        while self.library.lockfile_create(self.path, 0, 0) != 0:
            time.sleep(0.02)

    def __exit__(self, *_):
        self.library.lockfile_remove(self.path)


def messages(data):
    """Each with an empty line at its end, which the last may lack."""
    starts = [found.start() for found in BEGIN.finditer(data)]
    if data and (not starts or starts[0]):
        starts.insert(0, 0)
    if data and not data.endswith(b"\n\n"):
        data += b"\n" if data.endswith(b"\n") else b"\n\n"
    return [data[a:b] for a, b in zip(starts, starts[1:] + [len(data)])]


def marked(text):
    end = text.find(b"\n\n")
    if end < 0 or MARK in text[:end + 1]:
        return text
    return text[:end + 1] + MARK + text[end + 1:]


def write_anew(fd, path, data, replace):
    """In place, or (where a lock file keeps all writers out) a new file of the same name."""
    if replace:
        with open(path + ".new", "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.rename(path + ".new", path)
        return
    os.ftruncate(fd, 0)
    write_all(fd, data)
    os.fsync(fd)


def write_all(fd, data):
    at = 0
    while at < len(data):
        at += os.pwrite(fd, data[at:at + (1 << 24)], at)


def read_all(fd):
    pieces, at = [], 0
    while piece := os.pread(fd, 1 << 24, at):
        pieces.append(piece)
        at += len(piece)
    return b"".join(pieces)


def visit(path, taken, rng, replace):
    """One look at the mbox: how many messages were taken, and how many stayed."""
    fd = os.open(path, os.O_RDWR)
    try:
        fcntl.lockf(fd, fcntl.LOCK_EX)
        if os.stat(path).st_ino != os.fstat(fd).st_ino:
            return 0
        kept, gone = [], []
        for text in messages(read_all(fd)):
            (gone if rng.random() < 0.5 else kept).append(text)
        taken.write(b"".join(gone))
        taken.flush()
        os.fsync(taken.fileno())
        write_anew(fd, path, b"".join(marked(text) for text in kept), replace)
        return len(gone)
    finally:
        os.close(fd)


def work(path, taken_path, seed, may_replace, stop):
    """Until `stop` says so; returns visits and messages taken."""
    rng = random.Random(seed)
    visits = count = 0
    with open(taken_path, "ab") as taken:
        while not stop():
            time.sleep(rng.uniform(0.05, 0.25))
            if not os.path.exists(path):
                continue
            with Dotlock(path):
                count += visit(path, taken, rng, may_replace and rng.random() < 0.5)
            visits += 1
    return visits, count
