"""What is delivered as root with -d, to whom, and what has to come of it."""

import os

import machine
from tap import contains, equal
from world import MESSAGE, SHARED_GROUP, USERS, normal

ALL = []

ALICE = "2001:2001"
STORED = normal(MESSAGE) + b"\n"


class Scenario:
    def __init__(self, name, function, differs, alone):
        self.name = name
        self.function = function
        self.differs = differs
        self.alone = alone


def scenario(name, differs=None, alone=False):
    """Marks one.  differs: the entry in doc/differences.md; alone: procmail had better not be tried."""
    def mark(function):
        ALL.append(Scenario(name, function, differs, alone))
        return function
    return mark


def bogus(name):
    """Marks one in which procmail sleeps for 16 seconds: with SLOW=1 it is tried there, and must differ."""
    return scenario(name, "bogus-mailbox", alone=not os.environ.get("SLOW"))


def in_inbox(w, user="alice"):
    equal(w.status, 0, "status")
    contains(w.text(f"/var/mail/{user}") or b"", b"a body", f"mailbox of {user}")


# ---- rights and groups

@scenario("the user's rights, for good: uid, gid, groups, and none of root's left")
def rights(w):
    w.rc(":0 w\n| (id -ru; id -u; id -rg; id -g; id -G; grep -h '^Cap\\(Eff\\|Prm\\|Inh\\)' /proc/self/status; "
         "kill -0 1 || echo none) >$HOME/rights 2>/dev/null; cat >/dev/null\n")
    w.deliver("-d", "alice")
    equal(w.status, 0, "status")
    expected = "2001\n2001\n2001\n2001\n2001 2050\n" + "".join(f"Cap{c}:\t{0:016x}\n" for c in ("Inh", "Prm", "Eff"))
    equal(w.text("/home/alice/rights").decode(), expected + "none\n", "rights")


@scenario("backquotes and the global rc behind DROPPRIVS have the user's rights, before it root's")
def dropprivs(w):
    w.file("/etc/procmailrc", "SHELL=/bin/sh\nA=`id -u`\nDROPPRIVS=yes\nB=`id -u`\n")
    w.rc("C=`id -u`\n:0 w\n| echo $A $B $C >$HOME/uids; cat >/dev/null\n")
    w.deliver("-d", "alice")
    equal(w.text("/home/alice/uids"), b"0 2001 2001\n", "uids")


@scenario("the global rc without DROPPRIVS delivers as root, and leaves no lock behind", differs="global-lock")
def global_root(w):
    w.file("/etc/procmailrc", "LOGFILE=/srv/log\n:0 c:\n/srv/archive\n")
    w.rc(":0\nmd/\n")
    w.deliver("-d", "alice")
    equal(w.status, 0, "status")
    contains(w.permissions("/srv/archive"), " 0:", "owner of what the global rc stored")
    assert w.has("/home/alice/md")
    assert not w.has("/srv/archive.lock"), "the lock is still there"


@scenario("the global rc with DROPPRIVS delivers as the user")
def global_dropped(w):
    w.directory("/srv/spool", 0o777)
    w.file("/etc/procmailrc", "DROPPRIVS=yes\n:0:\n/srv/spool/$LOGNAME\n")
    w.deliver("-d", "alice")
    contains(w.permissions("/srv/spool/alice"), ALICE, "owner")


@scenario("a global rc that belongs to a user is not used", differs="global-rc")
def global_strange(w):
    w.file("/etc/procmailrc", ":0\n/srv/wrong\n", user="bob")
    w.deliver("-d", "alice")
    in_inbox(w)
    assert not w.has("/srv/wrong")


@scenario("a global rc that all can write is not used", differs="global-rc")
def global_writable(w):
    w.file("/etc/procmailrc", ":0\n/srv/wrong\n", mode=0o666)
    w.deliver("-d", "alice")
    in_inbox(w)


@scenario("a lock of the global rc is given back before DROPPRIVS", differs="global-lock")
def global_lock_dropped(w):
    w.file("/etc/procmailrc", ":0 c:\n/srv/archive\nDROPPRIVS=yes\n")
    w.rc(":0\nmd/\n")
    w.deliver("-d", "alice")
    assert not w.has("/srv/archive.lock"), "the lock is still there"
    equal(w.stderr, b"", "stderr")


@scenario("a folder of a supplementary group can be written")
def shared_folder(w):
    w.directory("/srv/shared", 0o770, gid=SHARED_GROUP)
    w.rc(":0\n/srv/shared/md/\n")
    w.deliver("-d", "alice")
    equal(w.status, 0, "status")
    assert w.has("/srv/shared/md")


@scenario("a folder of another's group cannot: the inbox")
def foreign_folder(w):
    w.directory("/srv/bobs", 0o770, user="bob")
    w.rc(":0\n/srv/bobs/md/\n")
    w.deliver("-d", "alice")
    in_inbox(w)


@scenario("LOGFILE of the user's cannot name a file of root's")
def logfile(w):
    w.directory("/srv/roots", 0o700)
    w.rc("LOGFILE=/srv/roots/log\n:0\nmd/\n")
    w.deliver("-d", "alice")
    equal(w.status, 0, "status")
    assert "/srv/roots/log" not in w.after


@scenario("LOGFILE in the global rc is root's and takes the user's lines as well", differs="set-id")
def global_logfile(w):
    w.directory("/srv/roots", 0o700)
    w.file("/etc/procmailrc", "LOGFILE=/srv/roots/log\n")
    w.rc("LOG='of the user'\n:0\nmd/\n")
    w.deliver("-d", "alice")
    contains(w.text("/srv/roots/log"), b"of the user", "log")


@scenario("uid 0: root's own rc and mailbox, and root's rights are kept")
def uid_zero(w):
    w.file("/root/.procmailrc", ":0 w\n| id -u >/srv/uid; cat >/dev/null\n")
    w.deliver("-d", "root")
    equal(w.text("/srv/uid"), b"0\n", "uid")


@scenario("uid 0 without an rc: root's mailbox, 0600 under procmail as well")
def uid_zero_inbox(w):
    w.deliver("-d", "root")
    equal(w.text("/var/mail/root"), STORED, "mailbox")
    equal(w.permissions("/var/mail/root"), f"f0600 0:{machine.MAIL_GID}", "owner and mode")


# ---- recipients

@scenario("-a with -d")
def argument(w):
    w.rc(":0:\ndetail-$1\n")
    w.deliver("-a", "lists", "-d", "alice")
    equal(w.text("/home/alice/detail-lists"), STORED, "folder")


@scenario("several recipients: each by his own rc, as himself")
def several(w):
    w.rc(":0\nmd/\n")
    w.file("/home/bob/.procmailrc", ":0:\nmbox\n", user="bob")
    w.deliver("-d", "alice", "bob")
    equal(w.status, 0, "status")
    assert w.has("/home/alice/md")
    equal(w.permissions("/home/bob/mbox"), "f0600 2002:2002", "owner and mode")


@scenario("several recipients, one unknown: the others get theirs")
def several_unknown(w):
    w.deliver("-d", "alice", "nobody-of-this-name", "bob")
    assert w.status != 0, w.status
    for user in ("alice", "bob"):
        equal(w.text(f"/var/mail/{user}"), STORED, user)


@scenario("several recipients, the last one unknown")
def last_unknown(w):
    w.deliver("-d", "alice", "nobody-of-this-name")
    equal(w.status, 67, "status")
    equal(w.text("/var/mail/alice"), STORED, "alice")


@scenario("several recipients, one who cannot be served, with -t")
def several_soft(w):
    w.rc("EXITCODE=75\nHOST\n")
    w.deliver("-t", "-d", "alice", "bob")
    equal(w.status, 75, "status")
    equal(w.text("/var/mail/bob"), STORED, "bob")


@scenario("an unknown user")
def unknown(w):
    w.deliver("-d", "nobody-of-this-name")
    equal(w.status, 67, "status")


@scenario("a name in capitals")
def capitals(w):
    w.deliver("-d", "ALICE")
    in_inbox(w)


@scenario("names that are paths are no users", alone=True)
def path_names(w):
    for name in ("../../home/alice", "/etc/passwd", "..", "", "alice/../bob"):
        w.deliver("-d", name)
        equal(w.status, 67, f"status for {name!r}")
        equal(w.text("/var/mail/alice"), b"", "alice")


@scenario("another name of the same user is LOGNAME, and has a mailbox of his own", differs="spool-mailbox")
def second_name(w):
    w.rc(":0 c:\n$LOGNAME\n")
    w.deliver("-d", "al")
    equal(w.text("/home/alice/al"), STORED, "folder")
    equal(w.permissions("/var/mail/al"), f"f0600 2001:{machine.MAIL_GID}", "owner and mode of the mailbox")


@scenario("a login shell that refuses is what SHELL is")
def login_shell(w):
    w.directory("/home/barred", user="bob")
    w.file("/home/barred/.procmailrc", ":0 wi\n| cat >wrong; :\n:0\n$LOGNAME/\n", user="root")
    w.file("/var/mail/barred", "", 0o600, "root")
    os.chown("/home/barred", 2003, 2002)
    os.chown("/var/mail/barred", 2003, machine.MAIL_GID)
    w.deliver("-d", "barred")
    assert "/home/barred/wrong" not in w.after
    assert w.has("/home/barred/barred")


@scenario("-p is ignored: the environment of root is not the user's", differs="usage")
def preserve(w):
    w.rc(":0 w\n| echo \"$PATH\" >path; cat >/dev/null\n")
    w.deliver("-p", "-d", "alice")
    equal(w.text("/home/alice/path"), b"/home/alice/bin:/usr/local/bin:/usr/bin:/bin\n", "PATH")


# ---- who may

@scenario("a user delivers to himself")
def himself(w):
    w.rc(":0\nmd/\n")
    w.deliver("-d", "alice", user="alice")
    equal(w.status, 0, "status")
    assert w.has("/home/alice/md")


@scenario("a user cannot deliver to another", differs="set-id")
def another(w):
    w.deliver("-d", "alice", user="bob")
    equal(w.status, 77, "status")
    equal(w.stderr, b"procmail: Insufficient privileges\n", "stderr")
    equal(w.text("/var/mail/alice"), b"", "mailbox")


@scenario("a user cannot deliver to root", differs="set-id")
def to_root(w):
    w.deliver("-d", "root", user="bob")
    equal(w.status, 77, "status")
    assert not w.has("/var/mail/root")


# ---- homes

@scenario("a home that is missing: the inbox")
def no_home(w):
    w.remove("/home/alice")
    w.deliver("-d", "alice")
    in_inbox(w)


@scenario("a home that may not be entered: the inbox")
def closed_home(w):
    w.rc(":0\nwrong/\n")
    os.chown("/home/alice", 0, 0)
    os.chmod("/home/alice", 0o700)
    w.deliver("-d", "alice")
    in_inbox(w)


@scenario("a home of somebody else, with an rc of the user's")
def foreign_home(w):
    w.rc(":0\nmd/\n")
    os.chown("/home/alice", *((USERS["bob"],) * 2))
    w.deliver("-d", "alice")
    in_inbox(w)


@scenario("a home that is a file: the inbox")
def file_home(w):
    w.remove("/home/alice")
    w.file("/home/alice", "no directory\n")
    w.deliver("-d", "alice")
    in_inbox(w)


def home_mode(mode, gid, used):
    def function(w):
        w.rc(":0\nmd/\n")
        os.chown("/home/alice", USERS["alice"], gid)
        os.chmod("/home/alice", mode)
        w.deliver("-d", "alice")
        equal(w.status, 0, "status")
        equal(w.has("/home/alice/md"), used, "is the rc used")
    return function


for _mode, _gid, _used, _name in (
        (0o777, 2001, False, "a home that all can write: its rc is not used"),
        (0o1777, 2001, True, "such a home with the sticky bit: its rc is used"),
        (0o775, 2001, True, "a home that the user's own group can write: its rc is used"),
        (0o775, SHARED_GROUP, False, "a home that another group can write: its rc is not used"),
        (0o2770, 2001, True, "a set-gid home of the user's group: its rc is used"),
        (0o700, 2001, True, "a private home: its rc is used")):
    scenario(_name)(home_mode(_mode, _gid, _used))


# ---- rc files

def rc_mode(mode, user, gid, used):
    def function(w):
        w.rc(":0\nmd/\n", mode, user, gid)
        w.deliver("-d", "alice")
        equal(w.status, 0, "status")
        equal(w.has("/home/alice/md"), used, "is the rc used")
    return function


for _mode, _user, _gid, _used, _name in (
        (0o644, "root", 0, True, "an rc of root's is used"),
        (0o644, "bob", 2002, False, "an rc of another's is not used"),
        (0o600, "root", 0, False, "an rc that only root can read is not used"),
        (0o646, "alice", 2001, False, "an rc that all can write is not used"),
        (0o664, "alice", 2001, True, "an rc that the user's own group can write is used"),
        (0o664, "alice", SHARED_GROUP, False, "an rc that another group can write is not used"),
        (0o000, "alice", 2001, False, "an rc without permissions is not used")):
    scenario(_name)(rc_mode(_mode, _user, _gid, _used))


@scenario("an rc that is a symbolic link to the user's file")
def linked_rc(w):
    w.file("/home/alice/rc", ":0\nmd/\n", user="alice")
    os.symlink("rc", "/home/alice/.procmailrc")
    w.deliver("-d", "alice")
    assert w.has("/home/alice/md")


@scenario("an rc that is a symbolic link to another's file is not used")
def linked_foreign_rc(w):
    w.file("/home/bob/rc", ":0\nmd/\n", user="bob")
    os.symlink("/home/bob/rc", "/home/alice/.procmailrc")
    w.deliver("-d", "alice")
    in_inbox(w)


@scenario("an rc that is a symbolic link to what only root can read gives nothing away")
def secret_rc(w):
    w.file("/srv/secret", "the secret of root\n", mode=0o600)
    os.symlink("/srv/secret", "/home/alice/.procmailrc")
    w.deliver("-d", "alice")
    in_inbox(w)
    assert b"secret of" not in w.stderr


@scenario("an rc that is a FIFO does not hold up mail", alone=True)
def fifo_rc(w):
    os.mkfifo("/home/alice/.procmailrc")
    os.chown("/home/alice/.procmailrc", USERS["alice"], USERS["alice"])
    w.deliver("-d", "alice")
    in_inbox(w)


# ---- system mailboxes

@scenario("a system mailbox that is missing is made, for the user alone", differs="spool-mailbox")
def new_mailbox(w):
    os.unlink("/var/mail/alice")
    w.deliver("-d", "alice")
    equal(w.text("/var/mail/alice"), STORED, "mailbox")
    equal(w.permissions("/var/mail/alice"), f"f0600 2001:{machine.MAIL_GID}", "owner and mode")


@scenario("in a spool that all can write, with the sticky bit", differs="spool-mailbox")
def sticky_spool(w):
    os.chmod("/var/mail", 0o1777)
    os.unlink("/var/mail/alice")
    w.deliver("-d", "alice")
    equal(w.text("/var/mail/alice"), STORED, "mailbox")
    equal(w.permissions("/var/mail/alice"), f"f0600 2001:{machine.MAIL_GID}", "owner and mode")


@scenario("a system mailbox with mail is appended to, its owner and mode stay")
def old_mailbox(w):
    w.file("/var/mail/alice", "From old  Mon Nov 24 05:14:00 2025\n\nold\n\n", 0o660, "alice", machine.MAIL_GID)
    w.deliver("-d", "alice")
    equal(w.permissions("/var/mail/alice"), f"f0660 2001:{machine.MAIL_GID}", "owner and mode")
    contains(w.text("/var/mail/alice"), b"old\n\nFrom ", "mailbox")


@bogus("a symbolic link to a file of root's is not followed with root's rights")
def link_to_root(w):
    w.file("/srv/victim", "of root\n", 0o600)
    os.unlink("/var/mail/alice")
    os.symlink("/srv/victim", "/var/mail/alice")
    w.deliver("-d", "alice")
    equal(w.status, 73, "status")
    equal(w.text("/srv/victim"), b"of root\n", "the file of root")


@bogus("a dangling symbolic link makes no file with root's rights")
def dangling_link(w):
    w.directory("/srv/roots", 0o755)
    os.unlink("/var/mail/alice")
    os.symlink("/srv/roots/new", "/var/mail/alice")
    w.deliver("-d", "alice")
    equal(w.status, 73, "status")
    assert "/srv/roots/new" not in w.after


@bogus("a symbolic link to a folder of the user's own is followed")
def link_to_own(w):
    os.unlink("/var/mail/alice")
    os.symlink("/home/alice/inbox", "/var/mail/alice")
    w.deliver("-d", "alice")
    equal(w.text("/home/alice/inbox"), STORED, "the folder")


@bogus("a symbolic link to another's mailbox")
def link_to_bob(w):
    os.unlink("/var/mail/alice")
    os.symlink("bob", "/var/mail/alice")
    w.deliver("-d", "alice")
    equal(w.status, 73, "status")
    equal(w.text("/var/mail/bob"), b"", "mailbox of bob")


@bogus("a hard link to another's mailbox")
def hard_link_to_bob(w):
    os.unlink("/var/mail/alice")
    os.link("/var/mail/bob", "/var/mail/alice")
    w.deliver("-d", "alice")
    equal(w.status, 73, "status")
    equal(w.text("/var/mail/bob"), b"", "mailbox of bob")


@bogus("a hard link to a file of root's")
def hard_link_to_root(w):
    w.file("/var/mail/victim", "of root\n", 0o644)
    os.unlink("/var/mail/alice")
    os.link("/var/mail/victim", "/var/mail/alice")
    w.deliver("-d", "alice")
    equal(w.status, 73, "status")
    equal(w.text("/var/mail/victim"), b"of root\n", "the file of root")


@bogus("a hard link to a folder of the user's own")
def hard_link_to_own(w):
    w.file("/var/mail/inbox", "", 0o600, "alice")
    os.unlink("/var/mail/alice")
    os.link("/var/mail/inbox", "/var/mail/alice")
    w.deliver("-d", "alice")
    equal(w.text("/var/mail/inbox"), STORED, "the folder")


@bogus("a mailbox that belongs to somebody else")
def foreign_mailbox(w):
    w.file("/var/mail/alice", "", 0o600, "bob", machine.MAIL_GID)
    w.deliver("-d", "alice")
    equal(w.status, 73, "status")
    equal(w.text("/var/mail/alice"), b"", "the mailbox")


@bogus("such a mailbox, and -t: the message stays queued")
def foreign_mailbox_soft(w):
    w.file("/var/mail/alice", "", 0o600, "bob", machine.MAIL_GID)
    w.deliver("-t", "-d", "alice")
    equal(w.status, 75, "status")


@scenario("a mailbox that all can write stays so", differs="bogus-mailbox")
def loose_mailbox(w):
    w.file("/var/mail/alice", "", 0o666, "alice", machine.MAIL_GID)
    w.deliver("-d", "alice")
    in_inbox(w)
    equal(w.permissions("/var/mail/alice"), f"f0666 2001:{machine.MAIL_GID}", "owner and mode")


@scenario("a mailbox with a set-id bit is not to be delivered to")
def autoforwarding(w):
    w.file("/var/mail/alice", "", 0o4600, "alice", machine.MAIL_GID)
    w.deliver("-d", "alice")
    equal(w.status, 67, "status")
    equal(w.text("/var/mail/alice"), b"", "the mailbox")


@scenario("the set-gid bit closes a mailbox, too, and for the user himself")
def autoforwarding_himself(w):
    w.rc(":0\nmd/\n")
    w.file("/var/mail/alice", "", 0o2660, "alice", machine.MAIL_GID)
    w.deliver("-d", "alice", user="alice")
    equal(w.status, 67, "status")
    equal(w.stderr, b"procmail: Autoforwarding mailbox found\n", "stderr")


@scenario("without -d nobody looks at the bits of a mailbox")
def autoforwarding_invoked(w):
    w.rc(":0\nmd/\n")
    w.file("/var/mail/alice", "", 0o4600, "alice", machine.MAIL_GID)
    w.deliver(user="alice")
    equal(w.status, 0, "status")
    assert w.has("/home/alice/md")


@scenario("a mailbox that is a Maildir-like directory of the user's", alone=True)
def directory_mailbox(w):
    os.unlink("/var/mail/alice")
    w.directory("/var/mail/alice", 0o700, "alice")
    w.deliver("-d", "alice")
    equal(w.status, 0, "status")
    equal(w.text("/var/mail/alice/msg.<unique>"), STORED, "message")


@scenario("a mailbox that is a FIFO does not hold up mail", alone=True)
def fifo_mailbox(w):
    os.unlink("/var/mail/alice")
    os.mkfifo("/var/mail/alice", 0o600)
    os.chown("/var/mail/alice", USERS["alice"], machine.MAIL_GID)
    w.deliver("-d", "alice")
    assert w.status != 0, "nobody has read it"


@scenario("a spool that is missing: the message goes back", alone=True)
def no_spool(w):
    os.chmod("/var/mail", 0o700)
    os.unlink("/var/mail/alice")
    w.deliver("-d", "alice")
    equal(w.status, 73, "status")
