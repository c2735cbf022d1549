"""Random rc files for one message: whatever the language has, weighed so that recipes match."""
from messages import NAMES, WORDS
from patterns import Patterns

WEIGHTS = ["1^1", "10^0", "-5^0", "3^.5", "-2^1", "2.5^1", "100^.9", "20^2", "1^-1", "-1^.5", "+4^1", "7 ^ 1", ".5^1",
           "-3^-1", "1e2^0", "0^1", "2147483647^0", "-2147483647^0", "5^1.5"]


class Rc:
    """One rc file: lines, further files, and what may still be used."""

    def __init__(self, rnd, message):
        self.rnd = rnd
        self.message = message
        self.patterns = Patterns(rnd, message)
        self.files = {}
        self.variables = ["UNSET"]
        self.number = 0
        self.mboxes = 2     # each new one costs procmail a second
        self.clones = 2
        self.includes = 3
        self.locked = False     # by LOCKFILE

    def next(self):
        self.number += 1
        return self.number

    def word(self):
        return self.patterns.word()

    def variable(self):
        return self.rnd.choice(self.variables)

    def known(self, name):
        if name not in self.variables:
            self.variables.append(name)
        return name

    # ---- conditions

    def size(self):
        rnd = self.rnd
        return "%s %s" % (rnd.choice("<>"), rnd.choice([50, 100, 200, 300, 400, 1000, len(self.message.text), 0, -5]))

    def program_condition(self):
        rnd = self.rnd
        return "? " + rnd.choice([
            lambda: "cat >/dev/null; exit %d" % rnd.choice([0, 0, 0, 1, 3]),
            lambda: "grep -i %s" % self.word(),
            lambda: 'test -n "$%s"' % self.variable(),
            lambda: "test -d md%d" % rnd.randint(1, 9),
            lambda: "cat - | grep -c %s >/dev/null" % self.word(),
        ])()

    def weighted(self):
        rnd = self.rnd
        return rnd.choice(WEIGHTS) + " " + rnd.choice([
            lambda: self.patterns.any(),
            lambda: self.patterns.any(),
            lambda: "! " + self.patterns.any(),
            lambda: self.patterns.match(),
            lambda: "B ?? " + self.patterns.in_body(),
            lambda: "B ?? " + rnd.choice(["^.+$", "^.*$", ".", "[a-z]+", "^", "$", "e", "^>"]),
            lambda: rnd.choice(["^.*$", ".", "", "x*", "^[^:]+:", r"\<"]),
            lambda: rnd.choice(["", "! "]) + self.size(),
            lambda: rnd.choice(["B ?? ", "H ?? ", "A ?? "]) + self.size(),
            lambda: rnd.choice(["", "! "]) + self.program_condition(),
            lambda: "$ $%s" % self.variable(),
            lambda: "$ ! B ?? $\\%s" % self.variable(),
            lambda: "%s ?? %s" % (self.variable(), rnd.choice([".", "[a-z]", self.word()])),
        ])()

    def simple(self):
        rnd = self.rnd
        return rnd.choice([
            self.patterns.any, self.patterns.any, self.patterns.any, self.patterns.any, self.patterns.any,
            lambda: "B ?? " + self.patterns.in_body(),
            lambda: "! " + self.patterns.any(),
            lambda: rnd.choice(["! zebra", "!zebra", "!!" + self.word(), "! ! zebra"]),
            lambda: rnd.choice(["B", "H", "HB", "BH"]) + rnd.choice([" ?? ", "??", " ??"]) + self.patterns.any(),
            self.patterns.match, self.patterns.match,
            lambda: "! B ?? " + self.patterns.in_body(),
            lambda: "B ?? ! " + self.patterns.in_body(),
            lambda: "$ ^Subject:.*$%s" % self.variable(),
            lambda: "$ ! $%s-zebra" % self.variable(),
            lambda: "$ %s ?? $\\%s" % ((self.variable(),) * 2) if not self.message.large else "",
            lambda: '$ HB ?? "%s"' % self.word(),
            lambda: "$ ${%s:-%s}" % (self.variable(), self.word()),
            lambda: "$ ^Subject:.*`echo %s`" % self.word(),
            lambda: "%s ?? ." % self.variable(),
            lambda: "%s ?? (%s|^^^^)" % (self.variable(), rnd.choice(WORDS)),
            lambda: "! %s ?? ^^^^" % self.variable(),
            lambda: r"%s ?? ()\/[^ ]+" % self.variable(),
            lambda: "MATCH ?? .",
            lambda: rnd.choice(["", "! "]) + self.size(),
            self.program_condition, self.program_condition,
            lambda: "! " + self.program_condition(),
            lambda: "",
        ])()

    def condition(self):
        line = "*" + self.rnd.choice([" ", " ", " ", "", "\t"]) + self.simple()
        return line + self.rnd.choice([""] * 20 + ["  ", "\n# between", "\n"])

    def conditions(self):
        rnd = self.rnd
        if rnd.random() < .2:
            lines = ["* " + self.weighted() for _ in range(rnd.randint(1, 5))]
            lines += ["* " + rnd.choice(["5^0", "1^1 .", "30^0", "-10^0"])] * rnd.randint(0, 1)
            lines += [self.condition()] * (rnd.random() < .2)
            rnd.shuffle(lines)
        else:
            lines = [self.condition() for _ in range(rnd.choice([0, 0, 1, 1, 1, 1, 2, 2, 3]))]
        return "\n".join(lines).split("\n") if lines else []

    # ---- values

    def value(self):
        rnd = self.rnd
        variable = self.variable()
        pieces = [
            lambda: rnd.choice(WORDS),
            lambda: '"%s  %s"' % (rnd.choice(WORDS), rnd.choice(WORDS)),
            lambda: "'$%s %s'" % (variable, rnd.choice(WORDS)),
            lambda: "$" + variable,
            lambda: '"<$%s>"' % variable,
            lambda: "${%s:-%s}" % (variable, rnd.choice(WORDS)),
            lambda: "${%s+%s}" % (variable, rnd.choice(WORDS)),
            lambda: "${%s:+'%s %s'}" % (variable, rnd.choice(WORDS), rnd.choice(WORDS)),
            lambda: '"${%s-a b}"' % variable,
            lambda: "${%s-${%s:-x}}" % (variable, self.variable()),
            lambda: r"a\ b",
            lambda: r'"\"q\" \$x \n"',
            lambda: "\"two\nlines\"",
            lambda: "x\\\ny",
            lambda: r"$\%s" % variable,
            lambda: rnd.choice(["$#", "$?", "$=", "$1", "$2", "$_", "$0", "${1:-none}", "$@", "$*", "a#b", "$%s" % "9"]),
            lambda: "`echo %s %s`" % (rnd.choice(WORDS), rnd.choice(WORDS)),
            lambda: '"`echo \'%s  %s\';`"' % (rnd.choice(WORDS), rnd.choice(WORDS)),
            lambda: "`echo \\$%s \"$%s\";`" % (variable, variable),
            lambda: "`cat | head -%d;`" % rnd.randint(1, 3),
            lambda: "`tr a-z A-Z | grep -c %s`" % self.word().upper(),
            lambda: "`exit %d;`" % rnd.randint(0, 3),
            lambda: "$MATCH",
        ]
        return "".join(rnd.choice(pieces)() for _ in range(rnd.choice([1, 1, 2, 3])))

    def assignment(self):
        rnd = self.rnd
        name = rnd.choice("ABCDE")
        line = rnd.choice(["%s=%s"] * 8 + ["%s = %s", "%s= %s", "%s\t=%s"]) % (name, self.value())
        self.known(name)
        if rnd.random() < .1:
            line += rnd.choice([" # a comment", "\t\t#", " %s=%s" % (rnd.choice("ABCDE"), rnd.choice(WORDS))])
        if rnd.random() < .05:
            line = rnd.choice(["%s", "%s %s" % (rnd.choice("ABCDE"), "%s"), "%s="]) % name
        return line.split("\n")

    def special(self):
        rnd = self.rnd
        return rnd.choice([
            lambda: "UMASK=%s" % rnd.choice(["022", "027", "077", "0", "02", "x"]),
            lambda: "LOGABSTRACT=%s" % rnd.choice(["all", "no", "yes"]),
            lambda: "LOGABSTRACT=all",
            lambda: "LOGFILE=log%d" % rnd.randint(2, 3),
            lambda: "VERBOSE=%s" % rnd.choice(["on", "off", "yes", "no", "1", "0"]),
            lambda: 'LOG="%s\n"' % rnd.choice(WORDS),
            lambda: 'LOG="$%s"' % self.variable(),
            lambda: "EXITCODE=%s" % rnd.choice(["0", "1", "75", "300", '""', "-3"]),
            lambda: "TRAP='cat >trap%d; echo \"trap $EXITCODE\"'" % self.next(),
            lambda: "TRAP='cat >/dev/null; exit %d'" % rnd.randint(0, 9),
            lambda: "SHIFT=%d" % rnd.randint(0, 2),
            lambda: "LOCKEXT=.lck",
            self.global_lock,
            lambda: "LINEBUF=%d" % rnd.choice([1024, 4096, 512]),
            lambda: "SHELLMETAS=%s" % rnd.choice(["'&|<>~;?*['", "'&|<>~;?*[$'"]),
            lambda: "SHELLFLAGS=%s" % rnd.choice(["-c", "-ec"]),
            lambda: "MSGPREFIX=pre.",
            lambda: "MATCH" + rnd.choice(["", "=", "=%s" % rnd.choice(WORDS)]),
            lambda: "MAILDIR=%s" % rnd.choice(["$HOME/sub", "$HOME", ".", "$HOME/nowhere"]),
            lambda: "COMSAT=no",
            lambda: "DROPPRIVS=yes",
            lambda: "ORGMAIL=$HOME/org%d/" % self.next(),
            lambda: "DEFAULT=%s" % rnd.choice(["$HOME/last/", "/dev/null", ""]),
            lambda: "SENDMAILFLAGS=%s" % rnd.choice(["", '"-oi -v"']),
        ])().split("\n")

    def global_lock(self):
        """A clone would wait for what its parent holds."""
        if self.clones != 2 and not self.locked:
            return "LOCKFILE="
        self.clones, self.locked = 0, True
        return "LOCKFILE=" + self.rnd.choice(["$HOME/global.lock", "$HOME/other.lock", ""])

    def fault(self):
        """What is not understood, or ends things early."""
        rnd = self.rnd
        kind = rnd.choice(["junk", "junk", "brace", "flags", "action", "unset", "host", "switch", "line", "line"])
        return {
            "junk": lambda: [rnd.choice(["junk;", "? what", "1A=x", "A-B=c d", "\"quoted\"", "=x", "* ^stray", "E$="])],
            "brace": lambda: ["}"],
            "flags": lambda: [":0 %s" % rnd.choice(["cxQ", "c;", "c lock", "c:x y", "c %"])] + ["md%d/" % self.next()],
            "action": lambda: ["", ":0", "* zebra", ""],
            "unset": lambda: ["A=${%s%%x}y" % self.variable()],
            "host": lambda: ["HOST=%s" % rnd.choice(["elsewhere.invalid", "$HOST", "`hostname`"])],
            "switch": lambda: [rnd.choice(["SWITCHRC=$HOME/missing.rc", "INCLUDERC=missing.rc", "INCLUDERC=",
                                           "INCLUDERC=/dev/null", "INCLUDERC=$HOME/sub"])],
            "line": lambda: [rnd.choice(["A=%s" % ("y" * 2100), "B=$A$A$A$A$A$A$A$A", "# " + "z" * 2500])],
        }[kind]()

    # ---- actions

    def folder(self):
        rnd, n = self.rnd, self.next()
        if self.mboxes and rnd.random() < .25:
            self.mboxes -= 1
            if self.message.torn and self.clones != 2:      # it may come twice
                return "md%d/" % n
            return rnd.choice(["mbox%d" % n, "\"my mbox %d\"" % n, "mbox\\-%d" % n, "$HOME/mbox%d" % n, "there", "there"])
        return rnd.choice(["md%d/" % n, "md%d/" % n, "mh%d/." % n, "dir", "$HOME/md%d/" % n, "md%d/ mh%d/." % (n, n),
                           "/dev/null", "'quoted md %d/'" % n, "$HOME/dir md%d/ $HOME/sub/dir" % n, "dir/", "mh%d//." % n,
                           "${%s:+md%d/}" % (self.variable(), n) if rnd.random() < .2 else "old/", "mhold/.",
                           '"md$#%d/"' % n])

    def filter(self):
        """None may take away the end of the header, for procmail then loses its way in the body; none
        that fails may write, for an empty body that is put back then grows by a newline."""
        rnd = self.rnd
        failing = ["| cat >/dev/null; false"] * 2 if self.message.body else []
        return rnd.choice([
            "| sed 's/%s/%s/'" % (self.word(), rnd.choice(WORDS)),
            "| tr a-z A-Z",
            "| cat; echo %s" % rnd.choice(WORDS),
            "| cat",
            "|cat -",
            "| sed -e '/^%s/d'" % rnd.choice(["To:", "Subject:", "X-", ">"]),
            "| sed -e 's/^%s:/X-&/' -e 's/%s/&&/'" % (rnd.choice(["To", "Subject", "From"]), self.word()),
            "| head -%d; cat >/dev/null; echo; echo cut" % rnd.randint(1, 12),
            '| sed "s/%s/$#/"' % self.word(), "| cat -u",
        ] + failing)

    def capture(self):
        rnd = self.rnd
        return self.known(rnd.choice("ABCDE")) + "=" + rnd.choice(["", "", " "]) + rnd.choice([
            "| head -3; cat >/dev/null" if self.message.large else self.filter(), "| sed -n 's/^Subject: //p'", "| sed -n '$p'", "| grep -c .; cat", "| cat >/dev/null; echo; echo",
            "| cat >/dev/null; exit 3"])

    def program(self):
        rnd, n = self.rnd, self.next()
        return rnd.choice([
            "| cat >out%d" % n,
            '| cat >"out %d"; exit %d' % (n, rnd.choice([0, 0, 1])),
            '| sed -n 1p >out%d; cat >/dev/null; echo "$MATCH" "$A"' % n,
            '| cat >>$HOME/out%d' % n,
            "| sed -n w\\ out%d" % n,
            "! %s@example.org" % rnd.choice(NAMES),
            '! "$A" %s' % rnd.choice(NAMES),
            "! $%s %s" % (self.variable(), rnd.choice(NAMES)),
            '! "$@"',
            '| $HOME/args "$@" $%s "x  y"' % self.variable(),
            "| cat -u -",
            "| env | grep '^[A-E]=' | sort >out%d; cat >/dev/null" % n,
            "|",
        ])

    def lock(self, action):
        """The part behind the flags: no derived lock where none can be told or the folder is not there."""
        rnd = self.rnd
        if rnd.random() < .7:
            return ""
        if action.startswith(("mbox", '"my', "there", "dir", "/dev/null", "|")) or ">>" in action:
            if rnd.random() < .7:
                return ":"
        return rnd.choice([":lock%d", ": lock%d", ": lock%d # comment", ":$HOME/lock%d$LOCKEXT"]) % self.next()

    def action(self):
        """(flags that belong to it, text)"""
        rnd = self.rnd
        kind = rnd.choices(["folder", "program", "quick", "filter", "capture", "missing", "deaf"],
                           [42, 18, 4, 20, 10, 5, 1 + 20 * self.message.large])[0]
        if kind == "folder":
            flags, folder = rnd.choice(["", "", "", "h", "b", "hb", "r", "w", "hr", "i"]), self.folder()
            if folder == "there" and (self.message.torn or "r" in flags):
                folder = "mhold/."
            if "i" in flags and folder.startswith("${"):    # an empty name: procmail loses the message
                flags = ""
            return flags, folder
        if kind == "program":
            return rnd.choice(["w", "w", "W", "wh", "wb", "wi", "w", "wr", "Wbr"]), self.program()
        if kind == "quick":     # not waited for, where no clone comes along
            return rnd.choice(["", "h", "b", "i"] if self.clones == 2 or self.locked else ["w"]), "| cat >out%d" % self.next()
        if kind == "deaf":      # of a large message it cannot get all
            return (rnd.choice(["w", "wi", "W", "Wi"]), "| exit 0;") if self.message.large else ("", "nowhere/md/")
        if kind == "filter":
            # without w, after a filter that failed, procmail goes on taking it for the failure
            return "f" + rnd.choice(["w", "w", "W", "wh", "wb", "wh", "wi", "wbr"]), self.filter()
        if kind == "capture":
            return rnd.choice(["w", "wh", "wb", "W", "wi"]), self.capture()
        return "", "nowhere/mbox%d" % self.next()

    def flags(self, text, chain):
        rnd = self.rnd
        text += rnd.choice(["", "", "", "", "", "", "H", "B", "HB", "D", "BD"]) + chain
        text = "".join(rnd.sample(text, len(text)))
        return text if rnd.random() < .9 else " ".join(text)

    def recipe(self, chain="", last=False):
        rnd = self.rnd
        flags, action = self.action()
        delivers = not flags.startswith("f") and "=|" not in action and "= |" not in action
        if delivers and not last and rnd.random() < .72:
            flags += "c"
        if not last and rnd.random() < .01:
            flags += "c"
        start = rnd.choice([":0%s%s", ":0 %s%s", ":0 %s %s"]) % (self.flags(flags, chain), self.lock(action))
        if rnd.random() < .04:
            conditions = [self.patterns.any() for _ in range(rnd.randint(1, 2))]
            return [":%d%s" % (len(conditions), "".join(flags) + chain)] + conditions + action.split("\n")
        return [start] + ([] if last else self.conditions()) + action.split("\n")

    # ---- items

    def link(self, depth):
        """A recipe or a block that depends on the one before."""
        chain = self.rnd.choice(["A", "a", "E", "E", "e", "A", "a", "Ee", "aE", "AE"][:7 if self.rnd.random() < .9 else 10])
        if depth < 3 and self.rnd.random() < .25:
            return self.block(depth, chain)
        return self.recipe(chain)

    def chain(self, depth):
        rnd = self.rnd
        lines = self.block(depth) if depth < 3 and rnd.random() < .25 else self.recipe()
        for _ in range(rnd.randint(1, 4)):
            lines += [""] * rnd.randint(0, 1) + self.link(depth)
        return lines

    def indented(self, lines):
        """Where no text spans lines, blanks mean nothing."""
        if any("\"two" in line or line.endswith(("\\", "LOG=\"")) or line.count('"') % 2 for line in lines):
            return lines
        return ["  " + line if line else line for line in lines]

    def block(self, depth, chain=""):
        rnd = self.rnd
        flags = chain + rnd.choice(["", "", "", "", "B", "HB", "D", "" if chain else "A", "" if chain else "E", "h", "w"])
        lines = [":0 " + flags + rnd.choice([""] * 15 + [": block%d.lock" % self.next()])] + self.conditions()
        inside = []
        for _ in range(rnd.choice([0, 1, 1, 2, 3])):
            inside += self.item(depth + 1)
        if rnd.random() < .1 and not inside:
            return lines + ["{ }"]
        if rnd.random() < .1:
            return lines + ["{ " + rnd.choice(["A=in", "A=in B", "A=\"in side\""])] + inside + ["}" ]
        return lines + ["{"] + self.indented(inside) + ["}"]

    def clone(self, depth):
        """The parent waits, so that nothing is written by two at once."""
        rnd = self.rnd
        self.clones -= 1
        inside = self.assignment()
        for _ in range(rnd.randint(0, 2)):
            inside += self.item(depth + 1)
        if rnd.random() < .7:       # else it goes on behind the block
            inside += [":0", "clone%d/" % self.next()]
        lines = [":0 " + rnd.choice(["cw", "cW", "cwB", "Ecw", "Acw"]) + rnd.choice(["", "", "", ": clone%d.lock" % self.next()])]
        lines += self.conditions() + ["{"] + inside + ["}"]
        for _ in range(rnd.randint(0, 2)):
            lines += self.link(depth)
        return lines

    def include(self, depth):
        rnd = self.rnd
        self.includes -= 1
        name = "inc%d.rc" % self.next()
        lines = []
        for _ in range(rnd.randint(1, 3)):
            lines += self.item(depth + 1)
        if rnd.random() < .1:
            lines += self.link(3)
        self.files[name] = lines
        return ["%s=$HOME/%s" % (rnd.choice(["INCLUDERC", "INCLUDERC", "INCLUDERC", "SWITCHRC"]), name)]

    def item(self, depth=0):
        rnd = self.rnd
        kind = rnd.choices(["assignment", "recipe", "chain", "block", "clone", "special", "include", "fault"],
                           [22, 30, 18 if depth < 3 else 4, 12 if depth < 3 else 0,
                            5 if self.clones and depth < 2 else 0, 11, 5 if self.includes and depth < 3 else 0, 2.5])[0]
        if kind in ("chain", "block", "clone", "include"):
            return getattr(self, kind)(depth)
        return getattr(self, kind)()

    def lines(self):
        rnd = self.rnd
        lines = ["VERBOSE=on"] if rnd.random() < .85 else []
        for _ in range(rnd.randint(3, 9)):
            lines += self.item() + [""] * rnd.randint(0, 1)
            if rnd.random() < .05:
                lines.append("# " + rnd.choice(WORDS))
        if rnd.random() < .75:
            lines += self.recipe(last=True)
        if rnd.random() < .02:
            lines += rnd.choice([[":0"], [":0", "* ^From"], [":0", "{", "A=x"], ["A='unclosed"], ["A=`echo x"], ["A=x\\"]])
        return lines
