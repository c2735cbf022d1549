"""Messages with what clients and servers stumble over, from a seed."""

import random

WORDS = b"weir river mill lock fish stone bridge flood reed heron otter eel".split()


def _words(chance, least, most):
    return b" ".join(chance.choice(WORDS) for _ in range(chance.randint(least, most)))


def _plain(chance):
    return b"".join(_words(chance, 1, 12) + b"\n" for _ in range(chance.randint(1, 60)))


def _dots(chance):
    starts = (b".", b"..", b"...", b". ", b".x", b"x.", b"")
    return b"".join(chance.choice(starts) + chance.choice((b"", _words(chance, 1, 3))) + b"\n"
                    for _ in range(chance.randint(3, 40)))


def _only_dot(chance):
    return b".\n" * chance.randint(1, 4)


def _long(chance, longest):
    lengths = [n for n in (510, 998, 1023, 2047, 4096, 8191, 8192, 20000) if n <= longest]
    return b"".join(b"." * chance.randint(0, 1) + b"x" * chance.choice(lengths) + b"\n" for _ in range(chance.randint(1, 4)))


def _eight_bit(chance):
    return b"".join(bytes(chance.choice(range(128, 256)) for _ in range(chance.randint(1, 70))) + b"\n"
                    for _ in range(chance.randint(1, 30)))


def _control(chance):
    return b"".join(bytes(chance.choice([n for n in range(1, 32) if n not in (10, 13)]) for _ in range(20)) + b"\n"
                    for _ in range(chance.randint(1, 5)))


def _no_newline(chance):
    return _plain(chance) + _words(chance, 1, 3)


def _no_newline_dot(chance):
    return _plain(chance) + b"."


def _empty(_):
    return b""


def _empty_lines(chance):
    return b"\n" * chance.randint(1, 9)


def _crlf(chance):
    return _plain(chance).replace(b"\n", b"\r\n")


def _large(chance):
    return _plain(chance) * 100


def _nul(chance):
    return b"before\0behind\n\0\n" + _plain(chance)


BODIES = (_plain, _dots, _only_dot, _eight_bit, _control, _no_newline, _no_newline_dot, _empty, _empty_lines, _crlf)


def make(count, seed, nul=False, longest=20000):
    """So many messages, no two alike; some with NUL bytes, and lines of that length, where the reader can take them."""
    chance = random.Random(seed)
    bodies = BODIES + (lambda c: _long(c, longest),) + ((_nul,) if nul else ())
    messages = []
    for n in range(count):
        head = (b"From: Otter <otter@example.org>\nTo: heron@example.org\nDate: Mon, 23 Nov 2026 10:00:%02d +0000\n"
                b"Message-ID: <%d.%d@example.org>\nSubject: %s\n" % (n % 60, n, seed, _words(chance, 1, 5)))
        if n % 3 == 0:
            head += b"X-Folded: " + _words(chance, 3, 9) + b"\n\t" + _words(chance, 1, 9) + b"\n  and more\n"
        if n % 5 == 0:
            head += b"X-Bytes: gr\xc3\xbc\xc3\x9fe \xe9\xff\n"
        body = _large(chance) if n % 50 == 49 else bodies[n % len(bodies)](chance)
        messages.append(head + b"\n" + body)
    return messages


def received(message):
    """What is left of it behind a client: lines are lines, and the last one has its end."""
    message = message.replace(b"\r\n", b"\n")
    return message if message.endswith(b"\n") else message + b"\n"


def octets(message, shape):
    """What LIST says: of the message as it is stored, where only an mbox has to end its last line."""
    text = received(message)
    return len(text.replace(b"\n", b"\r\n")) - (2 if shape != "mbox" and not message.endswith(b"\n") else 0)


def differences(got, wanted):
    """How two collections differ, in a few words; "" where they don't."""
    got, wanted = sorted(map(received, got)), sorted(map(received, wanted))
    if got == wanted:
        return ""
    extra = [m for m in got if m not in set(wanted)]
    missing = [m for m in wanted if m not in set(got)]
    text = f"{len(got)} came of {len(wanted)}; {len(extra)} that are none of ours, {len(missing)} missing"
    if missing:
        text += f"\n  missing: {missing[0][:400]!r}"
    if extra:
        text += f"\n  extra:   {extra[0][:400]!r}"
    return text
