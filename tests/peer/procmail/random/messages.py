"""Messages for the random cases: templates filled with names and words, then sometimes damaged."""

WORDS = "kettle tea coffee report invoice meeting garden project release patch holiday train".split()
NAMES = "alice bob carol dave erin frank".split()
HOSTS = "example.org example.net lists.example.com mail.example.com".split()

POSTMARK = "From {n}@{h} Mon Nov 24 05:14:00 2025\n"

TEMPLATES = {
    "list mail": """\
From {l}-bounces@{h2} Mon Nov 24 05:14:00 2025
Return-Path: <{l}-bounces@{h2}>
Received: from mx.example.net (mx.example.net [192.0.2.25])
\tby mail.example.net (Postfix) with ESMTPS id 4Bxyz1
\tfor <bob@example.net>; Mon, 24 Nov 2025 05:14:00 +0000 (UTC)
From: {N} Liddell <{n}@{h}>
To: Discussion of {l} <{l}@{h2}>
Cc: {n2}@example.net
Subject: Re: [{l}] Which {w}, and why?
Message-ID: <{i}.1234@example.org>
References: <1{i}@example.com>
 <2{i}@example.com>
List-Id: Discussion of {l} <{l}.{h2}>
Precedence: list

On Sunday, {n2} wrote:
> Which {w} do you use?
> The {w2} is best.

Any {w}.
""",
    "plain": POSTMARK + """\
From: {n}@{h}
To: {n2}@{h2}
Subject: {w} and {w2}
Date: Mon, 24 Nov 2025 05:14:00 +0000
Message-Id: <{i}@{h}>

Dear {n2},
the {w} is here, the {w2} is not.

Yours, {n}
""",
    "without a From line": """\
Return-Path: <{n}@{h}>
From: "{N} (at work)" <{n}@{h}>
To: {n2}@{h2}, {n}@{h2}
Subject: {W}!
X-Number: {i}

{w} {w2} {w}
""",
    "bounce": """\
From MAILER-DAEMON Mon Nov 24 05:14:00 2025
Return-Path: <>
From: MAILER-DAEMON@{h} (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {n}@{h}
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4B{i}/{h}"

This is a MIME-encapsulated message.

--4B{i}/{h}
Content-Type: message/delivery-status

Final-Recipient: rfc822; {n2}@{h2}
Action: failed
Status: 5.1.1
""",
    "multipart": POSTMARK + """\
From: {n}@{h}
To: {n2}@{h2}
Subject: {w} attached
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="b{i}"

--b{i}
Content-Type: text/plain; charset=us-ascii

See the {w}.
--b{i}
Content-Type: application/octet-stream; name="{w}.bin"
Content-Transfer-Encoding: base64

AAECAwQFBgcICQ==
--b{i}--
""",
    "folded fields": POSTMARK + """\
From: {N}
  <{n}@{h}>
To: {n2}@{h},
\t{n2}@{h2},
 {n}@{h2}
Subject: {w}
 {w2}
\t and {w}
X-Empty:
X-Blank:{s}

{w}
""",
    "eight bits": POSTMARK + """\
From: Ren\u00e9 <{n}@{h}>
To: {n2}@{h2}
Subject: {w} \u00fcber {w2}
Content-Type: text/plain; charset=utf-8

Caf\u00e9, {w}, na\u00efve: \u00a4\u00ff
{w2}
""",
    "carriage returns": """\
From: {n}@{h}\r
To: {n2}@{h2}\r
Subject: {w} {i}\r
\r
The {w}.\r
""",
    "some carriage returns": POSTMARK + """\
From: {n}@{h}\r
Subject: {w}\r
 {w2}
X-Number: {i}\r

{w}\r
\r
{w2}
""",
    "no body": POSTMARK + """\
From: {n}@{h}
Subject: {w} only

""",
    "no end of the header": POSTMARK + """\
From: {n}@{h}
Subject: {w} cut off
""",
    "no header": """\

{w} {w2}
From {n} with love
{n}@{h}: {w}
""",
    "From lines": POSTMARK + """\
>From {n2}@{h2} Mon Nov 24 05:13:00 2025 remote from mars
From: {n}@{h}
Subject: {w}

From the {w}
and
From {n2}

>From here
 From there
""",
    "Content-Length": POSTMARK + """\
From: {n}@{h}
{content_length}
Subject: {w} {w2}

{w}
From {n}
{w2}
{w}
""",
    "no newline at the end": POSTMARK + """\
From: {n}@{h}
To: {n2}@{h2}
Subject: {w}
X-Spam-Level: ***

{w} {w2}, no end""",
    "many lines": POSTMARK + """\
From: {n}@{h}
To: {n2}@{h2}
Subject: {w} {w2}
Precedence: bulk

{lines}
""",
    "NUL bytes": POSTMARK + """\
From: {n}@{h}
To: {n2}@{h2}
Subject: {w} {i}

{w}\0{w2}
\0
{n2} \0\0 {w}
""",
    "spam": POSTMARK + """\
Received: from {h2} ([198.51.100.{c}])
\tby mx.example.net; Mon, 24 Nov 2025 05:14:00 +0000
From: "{N}" <{n}@{h}>
Reply-To: {n2}@{h2}
To: undisclosed-recipients:;
Subject: =?utf-8?Q?{w}?= FREE {w2}!!!
X-Spam-Status: Yes, score={c}.3 required=5.0
X-Spam-Level: *****
X-Mailer: {W} (v1.0) [en]

FREE {w}! FREE {w2}! $$$ 100% [click] (here) {{now}}
http://{h}/?{w}=1&x=*
""",
    "resent": POSTMARK + """\
Resent-From: {n2}@{h2}
Resent-To: {n}@{h}
Sender: owner-{l}@{h2}
FROM: {N} <{n}@{h}>
to: {n2}@{h}
SUBJECT: FWD: {W}
subject: {w2}
X-Loop: {n}@{h}
X-Loop: {n2}@{h2}

-- 
{N}
""",
}

CONTENT_LENGTHS = ["Content-Length:    5", "Content-Length: 50", "Content-Length: 500", "Content-Length: 5",
                   "content-length:      12", "Content-Length:", "Content-Length:0", "Content-Length: none  "]


class Message:
    """text, its fields as (name, content), and words that are in it."""

    def __init__(self, rnd):
        self.kind = rnd.choice(sorted(TEMPLATES))
        n, n2 = rnd.sample(NAMES, 2)
        w, w2 = rnd.sample(WORDS, 2)
        h, h2 = rnd.sample(HOSTS, 2)
        lines = "\n".join(rnd.choice(["> " + rnd.choice(WORDS), rnd.choice(WORDS) + " " + rnd.choice(WORDS), ""])
                          for _ in range(rnd.randint(5, 60)))
        self.text = TEMPLATES[self.kind].format(
            n=n, n2=n2, N=n.capitalize(), w=w, w2=w2, W=w.capitalize(), h=h, h2=h2, l=w2, i=rnd.randint(100, 999),
            s="  ", c=rnd.choice([5, 50]), lines=lines, content_length=rnd.choice(CONTENT_LENGTHS))
        if rnd.random() < .15:
            self.damage(rnd)
        if rnd.random() < .03:
            line = w + " " + w2 + "\n"
            self.text += line * (80000 // len(line))    # more than a pipe holds, less than a variable of the environment
            self.kind += ", large"
        self.header, _, self.body = self.text.partition("\n\n")
        self.fields = [line.split(":", 1) for line in self.header.replace("\r", "").split("\n")
                       if ":" in line and not line[0].isspace() and not line.startswith((">", "From "))]
        self.words = [w, w2, n, n2]

    @property
    def torn(self):
        """In an mbox the next message would find no empty line before it."""
        return not self.text.endswith("\n")

    @property
    def large(self):
        return self.kind.endswith("large")

    def damage(self, rnd):
        """One line is doubled, dropped, folded, made blank, or moved; or the end is missing."""
        lines = self.text.split("\n")
        at = rnd.randrange(len(lines))
        lines[at:at + 1] = rnd.choice([
            [lines[at]] * 2, [], [lines[at], " folded"], ["  "], ["", lines[at]], [lines[at] + "  "],
            [lines[at], "\tmore: of it", "and a line without a colon"], ["X-Long: " + "x" * 700, lines[at]],
        ])
        self.text = "\n".join(lines)
        if rnd.random() < .2:
            self.text = self.text[:rnd.randrange(len(self.text) + 1)]
        if self.text.startswith("Subject:"):    # procmail's log would show what lies before its buffer
            self.text = "X-First: line\n" + self.text
        self.kind += ", damaged"
