"""Hostile messages: (name, bytes).  @ROOT@ stands for the sandbox, in which @ROOT@/ran must never come to be.

Each breaks another rule of those that readers of mail, and programs written for mail, have taken for
granted at some time.
"""
import random

HEAD = b"From a@example.org  Thu Nov  6 12:00:00 2025\nFrom: a@example.org\nTo: b@example.org\nSubject: hostile\n"
BODY = b"one line\n\nand another\n"
MESSAGE = HEAD + b"\n" + BODY
MIB = 1 << 20


def field(name, value, body=BODY):
    return HEAD + name + b": " + value + b"\n\n" + body


def structure():
    yield "empty", b""
    yield "a newline", b"\n"
    yield "two newlines", b"\n\n"
    yield "100,000 newlines", b"\n" * 100000
    yield "a NUL", b"\0"
    yield "a megabyte of NULs", b"\0" * MIB
    yield "a carriage return", b"\r"
    yield "a letter", b"x"
    yield "no newline at the end", MESSAGE.rstrip(b"\n")
    yield "a header without an end", HEAD
    yield "a header cut within a line", HEAD[:-4]
    yield "a header of 3 MB without an end", HEAD + b"X: y\n" * 600000
    yield "a folded header of 3 MB", HEAD + b"X: y\n" + b" folded\n" * 400000 + b"\n" + BODY
    yield "a header that is one line of 3 MB", b"X: " + b"y" * (3 * MIB)
    yield "a body alone", b"\n" + BODY
    yield "newlines before the header", b"\n" * 70000 + MESSAGE
    yield "blanks end the header", HEAD + b" \n" + BODY
    yield "tabs end the header", HEAD + b"\t\n\t\n" + BODY
    yield "CRLF", MESSAGE.replace(b"\n", b"\r\n")
    yield "bare CR", MESSAGE.replace(b"\n", b"\r")
    yield "CR CR LF", MESSAGE.replace(b"\n", b"\r\r\n")
    yield "LF CR", MESSAGE.replace(b"\n", b"\n\r")
    yield "CRLF in the header alone", HEAD.replace(b"\n", b"\r\n") + b"\n" + BODY
    yield "CRLF, then LF LF", HEAD.replace(b"\n", b"\r\n") + b"\r\nX: 1\n\n" + BODY
    yield "a dot on a line", field(b"X", b"y", b".\n.\r\n\n.\n")
    yield "SMTP in the body", field(b"X", b"y", b"\r\n.\r\nMAIL FROM:<x>\r\nRCPT TO:<root>\r\nDATA\r\n")
    yield "a NUL in a field's name", field(b"X\0Y", b"z")
    yield "a NUL in a field", field(b"X", b"a\0b")
    yield "a NUL in the subject", HEAD.replace(b"hostile", b"hos\0tile") + b"\n" + BODY
    yield "a NUL before the empty line", HEAD + b"\0\n\n" + BODY
    yield "a NUL and a From line", field(b"X", b"y", b"\0\nFrom here\n\0From there\nFrom x\n")
    yield "all bytes", field(b"X", b"y", bytes(range(256)) * 40)
    yield "all bytes in a field", field(b"X", bytes(b for b in range(256) if b != 10))
    yield "all bytes as the message", bytes(range(256))
    yield "a byte order mark", b"\xef\xbb\xbf" + MESSAGE
    yield "UTF-16", MESSAGE.decode().encode("utf-16")
    yield "a field's name of 8-bit bytes", field(b"\xd6\xe4", b"z")
    yield "invalid UTF-8", field(b"Subject", b"\xff\xfe\xc0\x80\xed\xa0\x80")
    yield "terminal sequences", field(b"Subject", b"\x1b]0;title\x07\x1b[2J\x1b[31m\x9b")
    yield "an executable", b"\x7fELF\x02\x01\x01" + bytes(1000)
    yield "compressed zeros", b"\x1f\x8b\x08" + b"\0" * 5000
    for n in range(4):
        yield f"random bytes {n}", random.Random(n).randbytes((1, 100, 5000, MIB + 7)[n])
    yield "an mbox of a thousand", MESSAGE * 1000
    yield "a line of a megabyte", field(b"X", b"y", b"a" * MIB)
    yield "ten lines of a megabyte", field(b"X", b"y", (b"a" * MIB + b"\n") * 10)
    yield "a million empty lines", field(b"X", b"y", b"\n" * MIB)
    yield "a million lines of a letter", field(b"X", b"y", b"a\n" * MIB)
    for size in (16383, 16384, 16385, 65535, 65536, 65537, MIB - 1, MIB, MIB + 1, MIB + 2, 2 * MIB, 2 * MIB + 1):
        yield f"{size} bytes", MESSAGE + b"z" * (size - len(MESSAGE))
    for at in (16384, 65536, MIB, MIB + 1):
        yield f"the header ends at {at}", HEAD + b"X: " + b"y" * (at - len(HEAD) - 5) + b"\n\n" + BODY
        yield f"a From line at {at}", HEAD + b"\n" + b"y" * (at - len(HEAD) - 2) + b"\nFrom x\n" + b"z" * (MIB + 99)


def from_lines():
    yield "From and nothing", b"From "
    yield "From and a newline", b"From \n" + MESSAGE
    yield "From without a date", b"From x\n" + MESSAGE
    yield "From with a tab", b"From\tx\n" + MESSAGE
    yield "From with CRLF", b"From x  Thu Nov  6 12:00:00 2025\r\n" + MESSAGE
    yield "From with a NUL", b"From \0x\0\n" + MESSAGE
    yield "a From line of 10 kB", b"From " + b"x" * 10000 + b"\n" + MESSAGE
    yield "a From line of 64 kB", b"From " + b"x" * 65531 + b"\n" + MESSAGE
    yield "a From line of a megabyte", b"From " + b"x" * MIB + b"\n" + MESSAGE
    yield "a From line without an end", b"From " + b"x" * 200000
    yield "two From lines", HEAD[:45] + MESSAGE
    yield "a From line within the header", HEAD + b"From x  Thu Nov  6 12:00:00 2025\nX: y\n\n" + BODY
    yield "quoted From lines", b"From x\n" + b">From y\n" * 10000 + MESSAGE
    yield "From lines and nothing else", b"From x\n>From y\n>From z\n"
    yield "only From lines", b"From x\n" * 1000
    yield "a body of From lines", field(b"X", b"y", b"From x\n" * 100000)
    yield "a body of From lines behind empty lines", field(b"X", b"y", b"\nFrom x\n" * 50000)
    yield "From as the first word of the body", field(b"X", b"y", b"From the beginning\n")
    for cut in range(1, 6):
        yield f"ends in {cut} letters of From", field(b"X", b"y", BODY + b"From "[:cut])
    yield "a From line in which a shell is called", b"From `touch @ROOT@/ran`@x  $(touch @ROOT@/ran)\n" + MESSAGE
    yield "a date of another age", b"From x  Mon Jan 99 99:99:99 99999999999\n" + MESSAGE


LENGTHS = {
    "negative": b"-5", "zero": b"0", "one less": b"%d" % (len(BODY) - 1), "one more": b"%d" % (len(BODY) + 1),
    "2^31": b"2147483648", "2^32": b"4294967296", "2^63": b"9223372036854775808", "2^64": b"18446744073709551616",
    "30 digits": b"9" * 30, "a thousand digits": b"1" * 1000, "hexadecimal": b"0x10", "octal": b"010", "plus": b"+5",
    "a fraction": b"5.5", "an exponent": b"1e3", "words": b"all of it", "blanks": b" " * 40, "a tab": b"\t5",
    "two numbers": b"5 6", "folded": b"\n 5", "a NUL": b"\0005", "8-bit": b"\xb2", "a single column": b"5",
    "100,000 columns": b" " * 100000,
}


def content_lengths():
    for name, value in LENGTHS.items():
        yield f"Content-Length: {name}", field(b"Content-Length", value, b"From x\n" + BODY + b"From y\n")
    yield "Content-Length: nothing", HEAD + b"Content-Length:\n\n" + BODY
    yield "Content-Length: at the end of the message", HEAD + b"Content-Length:"
    yield "Content-Length: twice", HEAD + b"Content-Length: 3\nContent-Length: 99999\n\n" + BODY
    yield "Content-Length: in capitals", HEAD + b"CONTENT-LENGTH: 3\n\n" + BODY
    yield "Content-Length: a blank before the colon", HEAD + b"Content-Length : 3\n\n" + BODY
    yield "Content-Length: in the body", HEAD + b"\nContent-Length: 3\n\n" + BODY
    yield "Content-Length: a hundred thousand of them", HEAD + b"Content-Length: 3\n" * 100000 + b"\n" + BODY
    yield "Content-Length: across a window", HEAD + b"X: " + b"y" * (MIB - len(HEAD) - 12) + b"\nContent-Length: 3\n\n" + BODY


def fields():
    yield "100,000 fields", HEAD + b"".join(b"X-%d: y\n" % n for n in range(100000)) + b"\n" + BODY
    yield "100,000 equal fields", HEAD + b"Received: by x\n" * 100000 + b"\n" + BODY
    yield "a field of a megabyte", field(b"X", b"y" * MIB)
    yield "a field's name of 100 kB", field(b"X" * 100000, b"y")
    yield "100,000 continuation lines", field(b"X", b"y" + b"\n z" * 100000)
    yield "only continuation lines", b" a\n\tb\n" * 10000 + b"\n" + BODY
    yield "a continuation line first", b" folded\n" + MESSAGE
    yield "a continuation line of a megabyte", field(b"X", b"y\n\t" + b" " * MIB + b"z")
    yield "a continuation line of blanks", field(b"X", b"y\n \n \n  \n\t")
    yield "no name", HEAD + b": value\n\n" + BODY
    yield "colons", HEAD + b":" * 10000 + b"\n\n" + BODY
    yield "lines of colons", b":\n" * 10000 + b"\n" + BODY
    yield "no colons", b"these\nare\nno\nfields\n\n" + BODY
    yield "a name with blanks", field(b"X Y  Z ", b"y")
    yield "a megabyte of subject", field(b"Subject", b"s" * MIB)
    yield "the subject first", b"Subject: first\n" + MESSAGE
    yield "an empty subject", HEAD.replace(b" hostile", b"") + b"\n" + BODY
    yield "a thousand subjects", HEAD + b"Subject: x\n" * 1000 + b"\n" + BODY
    yield "a folded subject of 100,000 lines", HEAD.replace(b"hostile", b"a" + b"\n b" * 100000) + b"\n" + BODY
    yield "a subject of tabs", field(b"Subject", b"\t" * 500)
    yield "a subject that is a log abstract", HEAD.replace(b"hostile", b"x\r  Folder: /etc/passwd\t\t9") + b"\n" + BODY
    yield "10,000 recipients", field(b"To", b", ".join(b"u%d@example.org" % n for n in range(10000)))
    yield "nested comments", field(b"To", b"(" * 50000 + b"x" + b")" * 50000)
    yield "comments without an end", field(b"To", b"(" * 100000)
    yield "a quoted string without an end", field(b"From", b'"a\\')
    yield "backslashes", field(b"From", b"\\" * 100000)
    yield "angle brackets", field(b"From", b"<" * 10000 + b">" * 10)
    yield "a route", field(b"From", b"<@a,@b:" * 5000 + b"c@d>")
    yield "a group without an end", field(b"To", b"a:b;c:" * 10000)
    yield "an address of at signs", field(b"From", b"@" * 10000)
    yield "an empty address", field(b"Return-Path", b"<>")
    yield "a bang path", field(b"Return-Path", b"a!" * 50000 + b"b")
    yield "a Message-ID of 100 kB", field(b"Message-ID", b"<" + b"m" * 100000 + b"@x>")
    yield "a Message-ID without an end", field(b"Message-ID", b"<m@x")
    yield "a Message-ID of two lines", field(b"Message-ID", b"\n <m@x>\n <n@x>")
    yield "references of a megabyte", field(b"References", b"<r@x> " * (MIB // 6))
    yield "a date of another age in a field", field(b"Date", b"Mon, 99 Foo 99999999999 25:61:61 +9999")
    yield "a negative date", field(b"Date", b"Thu, -1 Jan -1970 -1:-1:-1 -0000")
    yield "formats in fields", field(b"Subject", b"%s%n%x%99999999d%" * 50)
    yield "a message that is a recipe", b":0\n| touch @ROOT@/ran\n\n" + BODY
    yield "a subject in which a recipe begins", field(b"Subject", b"x\n :0\n | touch @ROOT@/ran")


def mime():
    yield "multipart, nested a thousand times", field(
        b"MIME-Version", b"1.0", b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n)
                                          for n in range(1000)))
    yield "100,000 parts", field(b"Content-Type", b'multipart/mixed; boundary="b"', b"--b\n\n" * 100000)
    yield "message/rfc822, nested", field(b"Content-Type", b"message/rfc822",
                                          b"Content-Type: message/rfc822\n\n" * 5000)
    yield "10,000 parameters", field(b"Content-Type", b"text/plain" + b"".join(b"; p*%d*=x" % n for n in range(10000)))
    yield "an empty boundary", field(b"Content-Type", b'multipart/mixed; boundary=""', b"--\n--\n----\n")
    yield "a boundary of 10 kB", field(b"Content-Type", b"multipart/mixed; boundary=" + b"b" * 10000)
    yield "a file name that climbs", field(b"Content-Disposition", b'attachment; filename="../../@ROOT@/ran"')
    yield "encoded words", field(b"Subject", b"=?utf-8?q?=00=0a=0d?= =?utf-8?b?//8=?= =?x?q" + b"?=?" * 1000)
    yield "encoded words without an end", field(b"Subject", b"=?utf-8?b?" * 20000)
    yield "a charset that is a path", field(b"Subject", b"=?../../x?q?y?=")
    yield "base64 without an end", field(b"Content-Transfer-Encoding", b"base64", b"AAAA" * 50000)
    yield "quoted-printable at its end", field(b"Content-Transfer-Encoding", b"quoted-printable", b"=\n=3\n=")
    yield "headers after the body", MESSAGE + b"Subject: another\nX-Name: /etc/passwd\n\n"


# For recipes that take a name or a text out of this field.
NAMES = [
    b"../escape", b"../../escape", b"../" * 50 + b"tmp/escape", b"a/../../escape", b"a/./../../escape", b"/@ROOT@/escape",
    b"/dev/null", b"/dev/full", b"/proc/self/mem", b"/proc/self/fd/1", b"/etc/passwd", b"|touch @ROOT@/ran",
    b"| touch @ROOT@/ran", b"!root@localhost", b"`touch @ROOT@/ran`", b"$(touch @ROOT@/ran)", b"${IFS}touch", b"$HOME/escape",
    b"~root/escape", b";touch @ROOT@/ran", b"x;touch @ROOT@/ran;y", b"x&touch @ROOT@/ran&", b"x|touch @ROOT@/ran",
    b"x\n touch @ROOT@/ran", b"x\r touch @ROOT@/ran", b"x\0/../../escape", b"'; touch @ROOT@/ran; '",
    b'"; touch @ROOT@/ran; "', b"\\`touch @ROOT@/ran\\`", b"() { :; }; touch @ROOT@/ran", b"-rf", b"--help", b"-oQ/tmp -X@ROOT@/ran",
    b">@ROOT@/ran", b">>@ROOT@/ran", b"<@ROOT@/canary", b".", b"..", b"", b"/", b"//", b"a//", b"a/.", b"a/..", b".a", b" ",
    b"\t", b"x y z", b"*", b"?", b"[a-z]", b"{ }", b"}", b":0", b"#", b"\\", b"'", b'"', b"`", b"$", b"$$", b"$_", b"$@", b"%s%n",
    b"\xe4\xf6", b"\xff", b"\x1b[2J", b"n" * 255, b"n" * 256, b"n" * 5000, b"n/" * 3000, b"(" * 300, b"[" * 300, b"(a*)*b",
    b"? touch @ROOT@/ran", b"! ? touch @ROOT@/ran", b"1^1 ? touch @ROOT@/ran", b"@ROOT@/rc", b"LINEBUF=1", b"/dev/zero",
]


def names():
    for n, value in enumerate(NAMES):
        shown = value[:30].decode("latin-1").encode("unicode_escape").decode()
        text = HEAD.replace(b"hostile", value) + b"X-Name: " + value + b"\nList-Id: <" + value + b">\n\n"
        yield f"name {n}: {shown}", text + BODY + value + b"\n"


def corpus():
    groups = (structure, from_lines, content_lengths, fields, mime, names)
    return [(name, text) for group in groups for name, text in group()]
