"""Expressions that look for what is in a message: by hand-made shapes, or cut out of its text."""
from messages import WORDS


def literal(text):
    return "".join("\\" + c if c in "\\^$.[]*+?()|" else c for c in text)


def plain(c):
    """Can it stand in an rc file as it is, in any place of an expression?"""
    return c.isascii() and c.isprintable() and c not in "`\"'$\\#{}!<>"


class Patterns:
    def __init__(self, rnd, message):
        self.rnd = rnd
        self.message = message

    def word(self):
        return self.rnd.choice(self.message.words)

    def field(self):
        rnd = self.rnd
        if not self.message.fields:
            return self.word()
        name, value = rnd.choice(self.message.fields)
        words = [w for w in value.replace("<", " ").replace(">", " ").split() if all(map(plain, w))]
        if not words:
            return "^%s:" % literal(name)
        word = literal(rnd.choice(words))
        return rnd.choice(["^%s:.*%s", "^%s: .*%s", "^%s:(.*[^a-z])?%s", "^(X-Other|%s):.*%s", "^%s:.*(nothing|%s)",
                           "^()%s:.+%s()", "(^%s:.*%s|zebra)", r"^%s:.*\<%s\>"]) % (literal(name), word)

    # ---- cut out of the text

    def piece(self, area):
        """Some characters of one line, or of two."""
        rnd = self.rnd
        text = self.message.header if area == "H" else self.message.body
        text = text[:2000]
        if len(text) < 4:
            return self.word()
        at = rnd.randrange(len(text) - 3)
        return text[at:at + rnd.randint(3, 12)].strip(" \t\r\n") or self.word()

    def loose(self, c, repeat):
        """Something that matches c."""
        rnd = self.rnd
        if c == "\n":
            return "$"
        if not plain(c):
            return "."
        shapes = [literal(c)] * 12 + [".", "[%sq]" % c if c not in "]^-" else ".", "[^~]", "(%s|q)" % literal(c)]
        if repeat:
            shapes += [literal(c) + "+", literal(c) + "?", literal(c) + "*", "(%s)+" % literal(c), ".*" + literal(c)]
        if not c.isalnum() and c != "_":
            shapes += [r"\<", r"\>"]
        return rnd.choice(shapes)

    def cut(self, area="H"):
        rnd = self.rnd
        out = "".join(self.loose(c, True) for c in self.piece(area))
        out = rnd.choice(["()%s", "()%s", "(%s)", "(zebra|%s)", "(%s|zebra)", "()%s()"]) % out
        return rnd.choice(["%s", "%s", "%s", "%s.*", "^.*%s", "%s.*$", "(.|$)*%s"]) % out

    def cut_match(self, area="H"):
        """With \\/: no repetition in front of it, where procmail may lose its way."""
        rnd = self.rnd
        piece = self.piece(area)
        at = rnd.randint(0, len(piece) - 1)
        left = "".join(self.loose(c, False) for c in piece[:at])
        right = "".join(self.loose(c, rnd.random() < .5) for c in piece[at:])
        right = rnd.choice(["%s", "%s", "%s.*", "%s[^ ]*", "%s(.|$)*", "(%s|%s)" % ("%s", right + ".")]) % right
        return rnd.choice([r"()%s\/%s", r"()%s\/%s", r"(%s\/%s)", r"(zebra\/.*|%s\/%s)", r"(%s\/%s|zebra\/.*)",
                           r"()%s(\/%s)"]) % (left, right)

    # ---- what recipes ask for

    def any(self):
        rnd = self.rnd
        return rnd.choice([
            self.field, self.field, self.field, self.cut, self.cut,
            lambda: self.word(),
            lambda: "(%s|%s)" % (self.word(), rnd.choice(WORDS)),
            lambda: "^TO_" + rnd.choice(self.message.words[2:]),
            lambda: "^TO" + rnd.choice(self.message.words[2:]),
            lambda: rnd.choice(["^FROM_DAEMON", "^FROM_MAILER"]),
            lambda: "^^(From|Return-Path)",
            lambda: r"()\<%s\>" % self.word(),
            lambda: "^[^:]+: *[%s-z]" % rnd.choice("abcmx"),
            lambda: "%s.+%s" % (self.word(), self.word()),
            lambda: "^Subject:.*%s$" % self.word(),
            lambda: "^Subject:.*%s" % self.word().upper(),
            lambda: rnd.choice(["^X-[^:]*:", "^$", "$^^", "(.|$)+%s" % self.word(), "^^.*$.*:", "[^ -~]", "x{2}"]),
        ])()

    def in_body(self):
        rnd = self.rnd
        return rnd.choice([
            lambda: self.word(),
            lambda: self.cut("B"),
            lambda: self.cut("B"),
            lambda: "^> .*%s" % self.word(),
            lambda: "^.*%s.*$.+" % self.word(),
            lambda: "%s[^a-z]" % self.word(),
            lambda: rnd.choice(["^^The ", "^$", r"\.$", "[!?]$", "^^.+$"]),
        ])()

    def match(self):
        rnd = self.rnd
        return rnd.choice([
            lambda: self.cut_match(),
            lambda: self.cut_match(),
            lambda: "B ?? " + self.cut_match("B"),
            lambda: rnd.choice([
                r"^Subject: *\/[^ ].*", r"^From:.*<\/[^>]+", r"^From: \/.*", r"^To: \/[^@]+",
                r"^List-Id:.*<\/[^.>]+", r"^Subject:\/.*", r"^Message-Id: *<\/[0-9]+", r"B ?? ^\/.*%s" % self.word(),
                r"^To:.*[^a-z]\/[a-z]+@", r"^(Subject: \/.*|To: \/.*)", r"(^From: \/[a-z]+|^Subject:\/.*)",
                r"^^\/.*$.*", r"HB ?? ()\/%s(.|$)*" % self.word(), r"^X-Loop: \/.*", r"^Subject: \/.*$.*",
            ]),
        ])()
