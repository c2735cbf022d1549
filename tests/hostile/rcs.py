"""Hostile rc files.  @ROOT@ is the sandbox; folders are to be below @ROOT@/box/mail, which is MAILDIR.

What a file is allowed is said with it: `disposes` where its owner throws mail away or changes it, `status` where
it sets an exit status of its own, `memory` in MiB and `seconds` where it may have more than others (each with its
reason), `outside` where it names a place outside MAILDIR itself.
"""
import dataclasses

AS_OTHERS = 10  # seconds; said of those that are not multiplied with expressions


@dataclasses.dataclass
class Rc:
    name: str
    text: bytes
    disposes: bool = False
    status: object = None
    memory: int = 0
    seconds: float = 0
    outside: bool = False
    patience: float = 0  # it waits for what never comes, as in procmail, until the mailer ends it
    background: float = 0  # seconds that what it leaves running may take


def rc(name, text, **allowed):
    return Rc(name, text if isinstance(text, bytes) else text.encode("latin-1"), **allowed)


def structure():
    yield rc("empty", "")
    yield rc("comments", "# nothing\n" * 10000)
    yield rc("blanks", " \t\n" * 10000)
    yield rc("NULs", b"\0" * 5000)
    yield rc("a NUL within", b"A=b\0c\n:0\n* ^Sub\0ject\nin\0box\n")
    yield rc("all bytes", bytes(range(256)) * 20)
    yield rc("an executable", b"\x7fELF\x02\x01\x01" + bytes(2000))
    yield rc("a byte order mark", b"\xef\xbb\xbf:0\ninbox\n")
    yield rc("UTF-16", ":0\ninbox\n".encode("utf-16").decode("latin-1"))
    yield rc("CRLF", ":0\r\n* ^Subject\r\ninbox\r\n")
    yield rc("bare CR", ":0\r* ^Subject\rinbox\r")
    yield rc("a message", "From: a@example.org\nSubject: x\n\nThis is no rc file.\n")
    yield rc("a program", "#!/bin/sh\nif true; then echo x; fi\n")
    yield rc("a line of a megabyte", "A=" + "x" * (1 << 20) + "\nB=$A$A\n")
    yield rc("a comment of a megabyte", "#" + "x" * (1 << 20) + "\n:0\ninbox\n")
    yield rc("a condition of a megabyte", ":0\n* " + "x" * (1 << 20) + "\ninbox\n")
    yield rc("an action of a megabyte", ":0\n" + "x" * (1 << 20) + "\n")
    yield rc("a name of a megabyte", "A" * (1 << 20) + "=b\n")
    yield rc("10,000 recipes", "".join(f":0\n* ^X-{n}: y\nfolder{n}\n" for n in range(10000)))
    yield rc("10,000 recipes that copy nothing", ":0 c\n* ^No-such-field\ncopy\n" * 10000)
    yield rc("10,000 conditions", ":0\n" + "* ^Subject\n" * 10000 + "inbox\n")
    yield rc("100,000 assignments", "A=b\n" * 100000)
    yield rc("100,000 variables", "".join(f"V{n}=x\n" for n in range(100000)),
             memory=64)  # the variables of a run are kept
    yield rc("a thousand nested blocks", ":0\n{\n" * 1000 + ":0\ninbox\n" + "}\n" * 1000)
    yield rc("100,000 nested blocks", ":0\n{\n" * 100000 + ":0\ninbox\n" + "}\n" * 100000,
             memory=64)  # the tree of the file is kept
    yield rc("100,000 nested blocks that are passed over", ":0\n* ^Nope\n{\n" + ":0\n{\n" * 100000 + "}\n" * 100001,
             memory=64)
    yield rc("a thousand blocks without an end", ":0\n{\n" * 1000)
    yield rc("10,000 closing braces", "}\n" * 10000 + ":0\ninbox\n")
    yield rc("blocks on one line", ":0 { " * 500 + " }" * 500)
    yield rc("10,000 empty blocks", ":0\n{ }\n" * 10000)
    yield rc("10,000 starts without an action", ":0\n" * 10000)
    yield rc("a start and nothing", ":0")
    yield rc("a colon and nothing", ":")
    yield rc("a count beyond all", ":99999999999999999999\n* ^Subject\ninbox\n")
    yield rc("a negative count", ":-1\n* ^Subject\ninbox\n")
    yield rc("old syntax, too few lines", ":5\n^Subject\n")
    yield rc("all flags", ":0 HBDAaEehbfcwWir:\n* ^Subject\ninbox\n")
    yield rc("all flags, ten thousand times", ":0 " + "HBDAaEehbfcwWir" * 10000 + "\ninbox\n")
    yield rc("unknown flags", ":0 " + "xyz!%" * 300 + "\ninbox\n")
    yield rc("a lock and no action", ":0:\n")
    yield rc("a hundred colons", ":0" + ":" * 100 + "\ninbox\n")
    for quote in "\"'`":
        yield rc(f"a {quote} without an end", f"A={quote}x\n:0\n* ^Subject\ninbox\n")
        yield rc(f"a {quote} without an end in an action", f":0\n{quote}in box\n")
        yield rc(f"a {quote} without an end in a condition", f":0\n* $ {quote}x\ninbox\n")
    yield rc("backquotes in a row", "A=" + "`" * 1001 + "\n")
    yield rc("${ without an end", "A=${B\n:0\ninbox\n")
    yield rc("alternatives, nested", "LINEBUF=999999\nA=" + "${X:-" * 10000 + "y" + "}" * 10000 + "\n")
    yield rc("alternatives without an end", "LINEBUF=999999\nA=" + "${X:-" * 10000 + "\n:0\ninbox\n")
    yield rc("bad substitutions", "A=${B%%x}${C##y}${}${ }${0a}$\n" * 500)
    yield rc("dollar signs", "A=" + "$" * 1000 + "\nB=$" + "\n")
    yield rc("backslashes", "A=" + "\\" * 999 + "\n")
    yield rc("a backslash at the end", "A=x\\")
    yield rc("100,000 continued lines", ":0\n* ^Sub" + "\\\n " * 100000 + "ject\ninbox\n")
    yield rc("a continued comment", "# x \\\n:0\ninbox\n")
    yield rc("quotes within quotes", "A=" + "\"'`\\" * 300 + "\n:0\ninbox\n")
    yield rc("special names", "A=$$$?$#$=$-$_$0$1$9$@$*$!\n:0\ninbox$$\n")


def variables():
    double = "A=$A$A\n" * 60
    for size in ("0", "1", "127", "128", "-1", "-2147483648", "2147483647", "2147483648", "4294967296",
                 "9223372036854775807", "9223372036854775808", "18446744073709551616", "1e9", "x", ""):
        # Up to the limit of a line (4 MiB) a value, its expansion, its copy for the log.
        yield rc(f"LINEBUF={size}", f"LINEBUF={size}\nA=0123456789\n{double}:0\n* A ?? ^0\ninbox\n", memory=64)
    yield rc("a value that grows", "A=x\n" + double + ":0\ninbox\n")
    yield rc("many values that grow", "LINEBUF=2147483647\nA=xxxxxxxxxxxxxxxx\n" + "A=$A$A\n" * 18
             + "".join(f"V{n}=$A\n" for n in range(300)) + ":0\ninbox\n",
             memory=128)  # all variables together may have 64 MiB
    yield rc("a value that grows within itself", "LINEBUF=100000\nA=${A:-x${A:-y}$A}${A+$A$A}\n" * 100)
    yield rc("SHIFT", "SHIFT=99999999999999999999\nSHIFT=-1\nSHIFT=x\nSHIFT=\nA=$1$9$#\n")
    yield rc("UMASK", "UMASK=99999999999\nUMASK=-1\nUMASK=x\nUMASK=777\n:0\nunreadable\n", outside=True)
    for value, status in (("99999999999", None), ("-1", None), ("256", 0), ("255", 255), ("x", None), ("-99999999999", None)):
        yield rc(f"EXITCODE={value}", f"EXITCODE={value}\n:0\ninbox\n", status=status if status is not None else "any")
    yield rc("numbers of all kinds", "".join(f"{name}={value}\n" for name in
             ("LOCKTIMEOUT", "SUSPEND", "NORESRETRY", "TIMEOUT", "VERBOSE", "LOGABSTRACT", "LOCKSLEEP")
             for value in ("-1", "9223372036854775807", "-9223372036854775808", "99999999999999999999", "x", "", "0")))
    yield rc("VERBOSE and a megabyte", "VERBOSE=all\nLOGABSTRACT=all\nLINEBUF=99999\nA=" + "x" * 90000 + "\n" + "B=$A\n" * 100)
    yield rc("SHELLMETAS is empty", "SHELLMETAS\n:0\n| cat >@ROOT@/box/mail/x; true\n", disposes=True)
    yield rc("SHELLMETAS is all", "SHELLMETAS=abcdefghijklmnopqrstuvwxyz\n:0 c\n| cat\n:0\ninbox\n")
    for shell in ("/nonexistent", "/dev/null", "/", "", "sh -c", "/bin/false"):
        yield rc(f"SHELL={shell}", f"SHELL='{shell}'\nA=`echo x; echo y`\n:0 w\n| cat >/dev/null; false\n:0\ninbox\n",
                 disposes=True)
    yield rc("PATH is empty", "PATH=\nA=`cat`\n:0\ninbox\n")
    yield rc("LOG of a megabyte", "LINEBUF=2000000\nLOG=\"" + "x" * (1 << 20) + "\"\n:0\ninbox\n")
    for name in ("@ROOT@/box/mail", "/dev/full", "@ROOT@/fifo", "@ROOT@/box/mail/no/such/log", "x" * 1000,
                 "/dev/tty", "@ROOT@/loop", "/proc/self/mem", "/", "", "."):
        yield rc(f"LOGFILE={name[:30]}", f"LOGFILE={name}\nVERBOSE=on\nLOG=text\n:0\ninbox\n")
    for name in ("/nonexistent", "@ROOT@/box/log", "/proc/self/fd", "/proc/1/root", "m" * 1000, "@ROOT@/loop", "", "/", "./" * 400):
        yield rc(f"MAILDIR={name[:30]}", f"MAILDIR={name}\nINCLUDERC=x\n:0\n@ROOT@/box/mail/inbox\n")
    for name in ("@ROOT@/box/mail", "/dev/null", "/dev/full", "l" * 1000, "/", ".", "..", "@ROOT@/loop", "/proc/self/lock",
                 "@ROOT@/fifo"):
        yield rc(f"LOCKFILE={name[:30]}", f"LOCKSLEEP=0\nLOCKTIMEOUT=1\nSUSPEND=0\nLOCKFILE={name}\n:0:\ninbox\n",
                 outside="loop" in name)  # a link is a lock that is held: forced
    yield rc("LOCKFILE is a file of more than 16 bytes", "LOCKSLEEP=0\nLOCKTIMEOUT=1\nLOCKFILE=@ROOT@/canary\n:0:\ninbox\n",
             patience=3)
    yield rc("LOCKFILE is held, and no LOCKTIMEOUT", "LOCKSLEEP=0\nLOCKTIMEOUT=0\nLOCKFILE=@ROOT@/loop\n:0:\ninbox\n",
             patience=2)
    yield rc("LOCKFILE in no directory", "LOCKSLEEP=0\nLOCKFILE=@ROOT@/box/mail/no/such/lock\n:0\ninbox\n")
    yield rc("LOCKFILE again and again", "".join(f"LOCKFILE=lock{n % 7}\n" for n in range(300)) + ":0\ninbox\n")
    yield rc("LOCKFILE is the folder", "LOCKFILE=inbox\n:0:inbox\ninbox\n", disposes=True)
    yield rc("LOCKEXT is empty", "LOCKEXT=\n:0:\ninbox\n")
    yield rc("LOCKEXT climbs", "LOCKSLEEP=0\nLOCKEXT=/../../../x\n:0:\ninbox\n")
    yield rc("MSGPREFIX climbs", "MSGPREFIX=../../\n:0\ndir\n", outside=True)
    yield rc("MSGPREFIX of 300 letters", "MSGPREFIX=" + "p" * 300 + "\n:0\ndir\n")
    yield rc("HOST is another", "HOST=elsewhere\n:0\ninbox\n", disposes=True)
    yield rc("ORGMAIL and DEFAULT are nonsense", "LOCKSLEEP=0\nORGMAIL=/nonexistent/x\nDEFAULT=/nonexistent/y/z\n")
    for name in ("/dev/full", "@ROOT@/fifo", "@ROOT@/loop", "", ".", "..", "/", "|", "d" * 1000, "@ROOT@/box/mail/readonly",
                 "/proc/self/mem", "no/such/dir/"):
        yield rc(f"DEFAULT={name[:30]}", f"LOCKSLEEP=0\nDEFAULT={name}\n", outside=name in (".", ".."))
    yield rc("TRAP calls a shell with a header", "S=`grep -i ^subject:`\nTRAP='echo \"$S\"'\n:0\ninbox\n")
    yield rc("TRAP never ends", "TIMEOUT=1\nTRAP='sleep 100'\n:0\ninbox\n", seconds=10)  # TERM after a second
    yield rc("TRAP of a megabyte", "LINEBUF=2000000\nTRAP=\"true " + "x" * (1 << 20) + "\"\n:0\ninbox\n")
    yield rc("DELIVERED", "DELIVERED=yes\n:0\ninbox\n", background=5)
    yield rc("DELIVERED, a hundred times", "DELIVERED=yes\n" * 100 + ":0\ninbox\n", background=5)
    yield rc("all that is special, unset", "".join(f"{name}\n" for name in
             ("LINEBUF MAILDIR LOGFILE LOG EXITCODE SHIFT DELIVERED LOCKFILE UMASK INCLUDERC SWITCHRC COMSAT "
              "SHELL PATH HOME DEFAULT ORGMAIL SENDMAIL SHELLMETAS TRAP VERBOSE TIMEOUT MSGPREFIX").split()) + ":0\ninbox\n")


def includes():
    yield rc("INCLUDERC: itself", "INCLUDERC=$_\n:0\ninbox\n", seconds=AS_OTHERS)
    yield rc("INCLUDERC: itself twice", ":0 c\n* ^No-such\nx\nINCLUDERC=$_\nINCLUDERC=$_\n:0\ninbox\n", seconds=AS_OTHERS)
    yield rc("INCLUDERC: itself until tired", "N=x$N\n:0\n* ! N ?? ^xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx$\n{\nINCLUDERC=$_\nINCLUDERC=$_\n}\n", seconds=AS_OTHERS)
    yield rc("SWITCHRC: itself", "SWITCHRC=$_\n:0\ninbox\n", seconds=AS_OTHERS)
    yield rc("SWITCHRC: itself, and a block is open", ":0\n{\nSWITCHRC=$_\n}\n:0\ninbox\n", seconds=AS_OTHERS)
    yield rc("SWITCHRC and INCLUDERC of each other", "A=x$A\nINCLUDERC=$_\nSWITCHRC=$_\n:0\ninbox\n", seconds=AS_OTHERS)
    for name in ("/dev/zero", "/dev/tty", "/dev/null", "@ROOT@/fifo", "@ROOT@", "@ROOT@/loop", "/nonexistent", "/proc/self/mem",
                 "/etc/shadow", "@ROOT@/input", "i" * 1000):
        yield rc(f"INCLUDERC={name[:30]}", f"INCLUDERC={name}\n:0\ninbox\n", disposes=name == "@ROOT@/input")
    yield rc("INCLUDERC named by the header", ":0\n* ^X-Name: \\/.*\n{\nINCLUDERC=$MATCH\n}\n:0\ninbox\n")
    yield rc("SWITCHRC named by the header", ":0\n* ^X-Name: \\/.*\n{\nSWITCHRC=$MATCH\n}\n:0\ninbox\n")


def programs():
    yield rc("a flood from backquotes", "A=`yes`\n:0\ninbox\n")
    yield rc("a flood from backquotes in a condition", ":0\n* $ ^Subject: `yes`\nx\n:0\ninbox\n")
    yield rc("a flood from backquotes with a huge LINEBUF", "LINEBUF=2147483647\nA=`yes`\n:0\ninbox\n", memory=64)
    yield rc("a flood into a variable", "TIMEOUT=2\n:0\nA=| yes\n:0\ninbox\n", seconds=10,
             memory=128)  # a variable may be as large as all together: 64 MiB
    yield rc("a flood from a filter", "TIMEOUT=2\n:0 fw\n| yes\n:0\ninbox\n", seconds=10)
    yield rc("a flood in a condition", "TIMEOUT=2\n:0\n* ? yes\nx\n:0\ninbox\n", seconds=10)
    yield rc("a flood of errors", ":0\n* ? yes x | head -c 3000000 >&2\nx\n:0\ninbox\n")
    yield rc("a command that never ends", "TIMEOUT=1\nA=`sleep 100`\n:0\ninbox\n", seconds=10)
    yield rc("a condition that never ends", "TIMEOUT=1\n:0\n* ? sleep 100\nx\n:0\ninbox\n", seconds=10)
    yield rc("a filter that never ends", "TIMEOUT=1\n:0 fw\n| sleep 100\n:0\ninbox\n", seconds=10)
    yield rc("a pipe that never ends", "TIMEOUT=1\n:0 w\n| sleep 100\n:0\ninbox\n", seconds=10)
    yield rc("a program deaf to TERM", "TIMEOUT=1\n:0 w\n| trap '' TERM; sleep 100; sleep 100\n:0\ninbox\n",
             seconds=12)  # KILL follows five seconds after TERM
    yield rc("a program that stops itself", "TIMEOUT=1\n:0 w\n| kill -STOP $$; true\n:0\ninbox\n", seconds=12)
    yield rc("a program that asks us to stop", ":0 w\n| kill -TERM $PPID; sleep 1\n:0\ninbox\n")
    yield rc("a program that kills itself", ":0 w\n| kill -9 $$; true\n:0\ninbox\n")
    yield rc("a filter that reads nothing", ":0 fw\n| true\n:0\ninbox\n", disposes=True)
    yield rc("a filter that reads nothing and says something", ":0 fw\n| echo x; exec <&-; sleep 0.1\n:0\ninbox\n", disposes=True)
    yield rc("a filter that writes nothing", ":0 fw\n| cat >/dev/null\n:0\ninbox\n", disposes=True)
    yield rc("a filter that closes early", ":0 fw\n| head -n 1\n:0\ninbox\n", disposes=True)
    yield rc("a filter that dies in the middle", ":0 fw\n| head -c 10; kill -9 $$; true\n:0\ninbox\n")
    yield rc("a filter that fails", ":0 fw\n| cat; exit 77\n:0\ninbox\n")
    yield rc("a filter that leaves a daemon with its pipes", "TIMEOUT=1\n:0 fw\n| sleep 100 & cat\n:0\ninbox\n", seconds=10)
    yield rc("a pipe that leaves a daemon with its pipes", ":0 cw\n| (sleep 100 &); cat >/dev/null\n:0\ninbox\n")
    yield rc("backquotes that leave a daemon", "TIMEOUT=1\nA=`sleep 100 & echo x`\n:0\ninbox\n", seconds=10)
    yield rc("a filter that makes it a hundred times as large", ":0 fw\n| cat; yes x | head -c 30000000\n:0\ninbox\n",
             disposes=True)
    yield rc("a hundred filters", ":0 fw\n| cat\n" * 100 + ":0\ninbox\n")
    yield rc("no such program", ":0\n| /nonexistent\n:0 f\n| /nonexistent\n:0\n* ? /nonexistent\nx\n:0\ninbox\n")
    yield rc("a directory as program", ":0\n| /\n:0\ninbox\n")
    yield rc("a text as program", ":0\n| @ROOT@/canary\n:0\ninbox\n")
    yield rc("a fault of syntax for the shell", ":0 w\n| if then ( fi\n:0\ninbox\n")
    yield rc("arguments too long for the system", "LINEBUF=3000000\nA=" + "x" * 2500000 + "\n:0 w\n| echo $A\n:0\ninbox\n",
             memory=64)
    yield rc("100,000 arguments", "LINEBUF=3000000\n:0 w\n| echo" + " x" * 100000 + "\n:0\ninbox\n", disposes=True)
    yield rc("an environment too large for the system", "LINEBUF=200000\nA=" + "x" * 130000 + "\n"
             + "".join(f"B{n}=$A\n" for n in range(30)) + ":0 w\n| cat\n:0\ninbox\n", memory=64)
    yield rc("no sendmail", "SENDMAIL=/nonexistent\n:0\n! a@example.org\n:0\ninbox\n")
    yield rc("sendmail fails", "SENDMAIL=/bin/false\n:0\n! a@example.org\n:0\ninbox\n", disposes=True)
    yield rc("a forward to what the header says", "SENDMAIL=/bin/echo\n:0\n* ^X-Name: \\/.*\n! $MATCH\n:0\ninbox\n", disposes=True)
    yield rc("exit statuses", "".join(f":0\n* ? exit {n}\nx\n" for n in (1, 2, 64, 75, 126, 127, 128, 137, 255)) + ":0\ninbox\n",
             disposes=True)


def clones():
    yield rc("fifty clones", ":0 c\n{\n:0\n/dev/null\n}\n" * 50 + ":0\ninbox\n", background=5)
    yield rc("clones of clones", ":0 c\n{ }\n" * 5 + ":0\ninbox\n", background=5)
    yield rc("clones of clones, waited for", ":0 cw\n{ }\n" * 5 + ":0:\ninbox\n", seconds=20,
             background=5)  # LOCKSLEEP among them
    yield rc("a clone that never ends", "TIMEOUT=1\n:0 cw\n{\n:0 w\n| sleep 100\n}\n:0\ninbox\n", seconds=12)
    yield rc("a clone with the lock of its parent", "LOCKSLEEP=0\nLOCKTIMEOUT=2\nSUSPEND=0\nLOCKFILE=lock\n:0 cw\n{\nLOCKFILE=lock\n}\n:0\ninbox\n", seconds=12)


def scores():
    for weight in ("nan^nan", "inf^0", "-inf^1", "1e308^1e308", "-1e308^1", "1^inf", "1^-1", "1^.9999999999", "1e-320^1",
                   "2147483647^1", "-2147483648^1", "0^0", "0x1p1023^2", "99999999999999999999^99999999999999999999"):
        yield rc(f"weight {weight}", f":0 HB\n* {weight} .\n* {weight} ^\n* {weight} ! x\n* {weight} > 1\n* {weight} < 1\nhigh\n:0\ninbox\n")
    yield rc("sizes beyond all", "".join(f":0\n* {op} {n}\n* 1^1 {op} {n}\n* 1^9e9 {op} {n}\nx\n" for op in "<>" for n in
             ("99999999999999999999999", "-99999999999999999999999", "-1", "0", "", "x", "9223372036854775807", "1e9")) + ":0\ninbox\n")
    yield rc("a score of each byte", ":0 B\n* 1^1 .\n* -1^1 ()\\/.\n* 1^.5 (.|$)\n* 1^1 ()\\/(.*$)*\nx\n:0\ninbox\n",
             memory=128)  # MATCH of a large body is a variable
    yield rc("a score that looks ahead", ":0 B\n* 1^1 ()\\/a(.*$)*zzz\n* 1^1 ()\\/[a-z](.*$(.*$)*qqq)?\nx\n:0\ninbox\n", memory=128)
    yield rc("a score of statuses", ":0\n* 1e308^1e308 ! ? exit 255\n* 1^1 ? yes | head -n 1\nx\n:0\ninbox\n")


def folders():
    for name in ("n" * 255, "n" * 256, "n" * 1500, "/" * 1000 + "@ROOT@/box/mail/inbox", "a/b/c/d/", "a/b/c/.", "no/such/box",
                 "'new\nline'", "'*?[a]'", "' '", '""', "-rf", "\\|x", "@ROOT@/fifo", "@ROOT@/socket", "@ROOT@/loop", "@ROOT@/dangling",
                 "/dev/zero", "/dev/full", "/dev/tty", "/dev/stdout", "/proc/self/mem", "/proc/self/fd/0", "@ROOT@/box/mail/readonly",
                 "@ROOT@/box/mail/locked/x", "@ROOT@/box/mail/locked/", "inbox/x", "/etc/passwd", "/etc/passwd/", "/"):
        shown = f"{name[:30]} ({len(name)})".encode("unicode_escape").decode()
        # What is written to /dev/zero, /dev/tty or the input is gone, by the owner's wish.
        yield rc(f"folder {shown}", f"LOCKSLEEP=0\n:0:\n{name}\n:0\ninbox\n", outside="dangling" in name or "fd/0" in name,
                 disposes=name in ("/dev/zero", "/dev/tty", "/dev/stdout", "/proc/self/fd/0"))
    yield rc("a thousand folders", ":0\n" + " ".join(f"d{n}/" for n in range(200)) + "\n", seconds=10)
    yield rc("the same folder a hundred times", ":0\n" + "md/ " * 100 + "\n")
    yield rc("a folder and what is none", ":0\nmd/ /etc/passwd @ROOT@/fifo /nonexistent/x x/y/z .\n", outside=True)
    yield rc("a hundred copies", ":0 c\ninbox\n" * 100 + ":0\ninbox\n", seconds=20)  # each is synced
    yield rc("a copy to each kind", ":0 c\nmd/\n:0 c\nmh/.\n:0 c\ndir\n:0 c:\nmbox\n:0\n|\n")


def headers():
    name = ":0\n* ^X-Name: *\\/[-a-zA-Z0-9]+\n{\n"
    yield rc("a folder named by the header, with care", f"{name}:0:\n$MATCH\n}}\n:0\ninbox\n")
    # As procmail: who takes any name from the header takes any; no program is started by it all the same.
    yield rc("a folder named by the header, without care", "LOCKSLEEP=0\n:0:\n* ^X-Name: \\/.+\n$MATCH\n:0\ninbox\n",
             outside=True, disposes=True)
    yield rc("a Maildir named by the header, without care", ":0\n* ^X-Name: \\/.+\n\"$MATCH/\"\n:0\ninbox\n", outside=True, disposes=True)
    yield rc("the subject in a shell", "S=`sed -n 's/^Subject: //p;/^$/q'`\n:0 cw\n| echo \"$S\" $S >>subjects; true\n:0 fw\n| sed \"s/^$S$//\" || cat\n:0\ninbox\n",
             disposes=True)
    yield rc("the subject as arguments", "S=`sed -n 's/^Subject: //p;/^$/q'`\n:0 cw\n| echo $S\n:0 cw\n| echo \"$S\"\n:0\ninbox\n")
    yield rc("the subject in an expression", ":0\n* ^X-Name: \\/.*\n{\nM=$MATCH\n:0\n* $ ^Subject: $M\nx\n:0\n* $ ^Subject: $\\M\nx\n}\n:0\ninbox\n")
    yield rc("the subject in the log", "S=`sed -n 's/^Subject: //p;/^$/q'`\nLOG=\"subject $S\n\"\nVERBOSE=yes\n:0\ninbox\n")
    yield rc("the subject in an alternative", ":0\n* ^X-Name: \\/.*\n{ }\nA=${MATCH:-x}\nB=\"${A+$A}\"\nC=${B:+`echo \"$B\"`}\n:0\ninbox\n")
    yield rc("the subject as a lock", "LOCKSLEEP=0\n:0\n* ^X-Name: \\/[^/]*\n{\nLOCKFILE=\"l$MATCH\"\n:0\ninbox\n}\n:0\ninbox\n")
    yield rc("the whole header into a variable", ":0 h\nA=| cat\n:0\n* A ?? ^Subject: \\/.*\n{ B=$MATCH }\n:0\ninbox\n", memory=128)
    yield rc("the whole body into a variable", ":0 b\nA=| cat\n:0\n* A ?? .\n{ }\n:0\ninbox\n", memory=128)


def corpus():
    groups = (structure, variables, includes, programs, clones, scores, folders, headers)
    return [one for group in groups for one in group()]
