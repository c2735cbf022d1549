"""The deliveries that are measured.  A work has a name, an rc file, a message and a target (a ratio)."""

from dataclasses import dataclass
from typing import Callable

LINE = b"The quick brown fox jumps over the lazy dog, again and again, 0123456789.\n"


@dataclass
class Work:
    name: str
    rc: Callable  # its recipes
    message: Callable  # writes the message
    target: str
    weight: int = 1  # how much fewer runs it gets
    without: Callable = None  # other recipes, whose cost is taken off: what is left is that of the difference


def header(fields=20):
    """A header of usual size."""
    received = b"".join(
        b"Received: from mx%d.example.net (mx%d.example.net [192.0.2.%d])\n"
        b"\tby mail.example.org with ESMTPS id A%06d; Tue, 24 Nov 2026 09:%02d:00 +0000\n" % (n, n, n, n, n)
        for n in range(fields // 4)
    )
    other = b"".join(b"X-Field-%d: some value of the field number %d\n" % (n, n) for n in range(fields))
    return (b"From alice@example.org Tue Nov 24 09:00:00 2026\n" + received +
            b"From: Alice Example <alice@example.org>\nTo: bob@example.net\nSubject: the report of today\n"
            b"Date: Tue, 24 Nov 2026 09:00:00 +0000\nMessage-ID: <1.2.3@example.org>\n" + other + b"\n")


def message(size):
    def write(stream):
        stream.write(header())
        block = LINE * 1000
        left = size
        while left > 0:
            stream.write(block[:left])
            left -= len(block)
        stream.write(b"\n")

    return write


def no_recipes():
    return ""


def header_recipes(number):
    """Recipes of the kind that sorts lists, none of which is met."""
    kinds = (r"* ^TO_list-%d@lists\.example\.net", r"* ^Subject:.*\[project-%d\]", r"* ^List-Id:.*<team%d\.",
             r"* ^From:.*notify-%d@(mail\.)?example\.com")

    def rc():
        return "".join(":0\n%s\nnever/\n" % (kinds[n % len(kinds)] % n) for n in range(number))

    return rc


def body_recipes(number):
    def rc():
        return "".join(f":0 B\n* (buy|order) (our )?product number {n} now\nnever/\n" for n in range(number))

    return rc


def filters(number):
    def rc():
        return "".join(f':0 fhw\n| formail -I "X-Seen-{n}: yes"\n' for n in range(number))

    return rc


def duplicates():
    return ":0 Wh: cache.lock\n| formail -D 8192 cache\n"


WORKS = [
    Work("no recipes", no_recipes, message(4000), "cpu 1.0"),
    Work("10 header recipes", header_recipes(10), message(4000), "cpu 1.0"),
    Work("300 header recipes", header_recipes(300), message(4000), "0.7"),
    Work("3000 header recipes", header_recipes(3000), message(4000), "0.5"),
    Work("20 filters by formail", filters(20), message(8000), ""),
    Work("  the filters alone", filters(20), message(8000), "0.05", without=no_recipes),
    Work("formail -D", duplicates, message(4000), ""),
    Work("30 body recipes, 25 MB", body_recipes(30), message(25_000_000), "0.05", weight=4),
    Work("no recipes, 100 MB", no_recipes, message(100_000_000), "cpu 0.3, 8 MiB", weight=4),
]
