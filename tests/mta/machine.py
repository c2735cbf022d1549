"""The machine a driver runs on: see tests/mta/machine, which makes its namespaces.

enter() lays writable copies over these directories, puts mailweir and the mailer's packages
there as if they were installed, and adds users.  Nothing of it outlives the driver."""

import ctypes
import fcntl
import os
import shutil
import socket
import struct
import subprocess

SCRATCH = os.environ["MTA_SCRATCH"]
FILES = os.environ["MTA_FILES"]
SOURCE = os.environ["MTA_SOURCE"]
BUILD = os.environ["MTA_BUILD"]

HOST = "mx.example.org"
MAIL_GID = 8

COPIES = [name for name in ("etc", "home", "root", "srv", "usr", "var") if os.path.isdir("/" + name)]

SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1


def run(*command, **options):
    """Runs a command that must succeed; its output."""
    settings = {"check": True, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "timeout": 120}
    return subprocess.run(command, **(settings | options)).stdout


def _mount_copies():
    run("mount", "-t", "tmpfs", "-o", "mode=755,size=256m", "tmpfs", SCRATCH)
    for name in COPIES:
        upper, work = f"{SCRATCH}/upper-{name}", f"{SCRATCH}/work-{name}"
        lower = [f"{FILES}/{name}"] if FILES and os.path.isdir(f"{FILES}/{name}") else []
        os.mkdir(upper)
        os.mkdir(work)
        run("mount", "-t", "overlay", "-o", f"lowerdir={':'.join(lower + ['/' + name])},upperdir={upper},workdir={work}",
            "overlay", "/" + name)
    os.makedirs("/var/mail", exist_ok=True)
    run("mount", "-t", "tmpfs", "-o", f"mode=2775,gid={MAIL_GID},size=64m", "tmpfs", "/var/mail")
    run("mount", "-t", "tmpfs", "-o", "mode=755,size=16m", "tmpfs", "/run")


def _loopback_up():
    with socket.socket() as s:
        request = struct.pack("16sH14x", b"lo", 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(s, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(s, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", flags | IFF_UP))


def write(path, text, mode=0o644, owner=(0, 0)):
    """A file with exactly this text, mode and owner."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(text if isinstance(text, bytes) else text.encode())
        os.fchown(f.fileno(), *owner)
        os.fchmod(f.fileno(), mode)


def _name_host():
    socket.sethostname(HOST)
    write("/etc/hosts", f"127.0.0.1 {HOST} localhost\n")
    write("/etc/hostname", HOST + "\n")
    write("/etc/mailname", HOST + "\n")
    write("/etc/nsswitch.conf", "passwd: files\ngroup: files\nshadow: files\nhosts: files\nservices: files\nprotocols: files\n")
    write("/etc/resolv.conf", "")


def add_group(name, gid, members=()):
    with open("/etc/group", "a") as f:
        f.write(f"{name}:x:{gid}:{','.join(members)}\n")


def add_user(name, uid, gid, home, shell="/bin/sh"):
    with open("/etc/passwd", "a") as f:
        f.write(f"{name}:x:{uid}:{gid}:{name}:{home}:{shell}\n")


def remove_users(*names):
    """And groups: what the real machine has of these names."""
    for path in ("/etc/passwd", "/etc/group"):
        with open(path) as f:
            lines = [line for line in f if line.split(":")[0] not in names]
        write(path, "".join(lines))


def install(mailweir):
    """/usr/bin/mailweir is the one just built, or calls what PROGRAM names: procmail, to compare."""
    other = os.environ.get("PROGRAM")
    if other:
        write("/usr/bin/mailweir", f'#!/bin/sh\nexec {other} "$@"\n', 0o755)
    else:
        shutil.copy(mailweir, "/usr/bin/mailweir")


def enter():
    os.umask(0o022)
    mailweir = f"{BUILD}/mailweir"
    ctypes.CDLL(None).sync  # the C library is loaded while /usr is still the system's
    _mount_copies()
    _loopback_up()
    _name_host()
    install(mailweir)
    remove_users("postfix", "postdrop", "smmta", "smmsp", "Debian-exim")  # mailers bring their own
    shutil.rmtree("/etc/procmailrcs", ignore_errors=True)
    if os.path.exists("/etc/procmailrc"):
        os.unlink("/etc/procmailrc")
