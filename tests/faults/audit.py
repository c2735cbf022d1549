"""Was everything on the disk before the program said so?

Read off the system calls of a run that ended with 0: what was written had to be synced before it
got its final name and before the end, and so had every folder that got a new name in it.
"""

import os
import re

from points import calls

STRING = r'"((?:[^"\\]|\\.)*)"'
DESCRIPTOR = re.compile(r"^\d+<([^>]*)>")
RESULT = re.compile(r"= (-?\d+)(?:<([^>]*)>)?")


class Disk:
    """What a crash of the machine would lose at this moment."""

    def __init__(self, home, existing):
        self.home = home
        self.existing = existing  # paths that were there before
        self.unsynced_files = set()
        self.unsynced_folders = {}  # folder: the names that a crash would lose
        self.early = []  # published before they were synced

    def path(self, name):
        return os.path.normpath(os.path.join(self.home, name))

    def created(self, path):
        if path in self.existing:
            return
        self.unsynced_folders.setdefault(os.path.dirname(path), set()).add(path)

    def removed(self, path):
        self.unsynced_files.discard(path)
        for names in self.unsynced_folders.values():
            names.discard(path)

    def published(self, old, new):
        if old in self.unsynced_files:
            self.early.append(new)
            self.unsynced_files.add(new)
        self.created(new)

    def synced(self, path):
        self.unsynced_files.discard(path)
        self.unsynced_folders.pop(path, None)


def failed(rest):
    result = RESULT.search(rest[rest.rfind(") ") :]) if ") " in rest else None
    return result is not None and result[1].startswith("-")


def replay(lines, home, existing):
    """The disk as the run left it."""
    disk = Disk(home, existing)
    for _, _, name, rest in calls(lines):
        if failed(rest):
            continue
        at = DESCRIPTOR.match(rest)
        names = [disk.path(n) for n in re.findall(STRING, rest)]
        if name in ("write", "writev", "pwrite64", "ftruncate", "copy_file_range", "sendfile") and at:
            disk.unsynced_files.add(at[1])
        elif name in ("fsync", "fdatasync", "syncfs") and at:
            disk.synced(at[1])
        elif name in ("open", "openat", "creat") and ("O_CREAT" in rest or name == "creat"):
            disk.created(names[0])
        elif name == "chdir":
            disk.home = names[0]
        elif name in ("mkdir", "mkdirat"):
            disk.created(names[0])
        elif name in ("link", "linkat") and len(names) >= 2:
            disk.published(names[0], names[1])
        elif name in ("rename", "renameat", "renameat2") and len(names) >= 2:
            disk.published(names[0], names[1])
            disk.removed(names[0])
        elif name in ("unlink", "unlinkat"):
            disk.removed(names[0] if not (at and name == "unlinkat") else os.path.join(at[1], os.path.basename(names[0])))
    return disk


def unsafe(lines, home, existing, mail):
    """One sentence for each thing that a crash after the end would undo, of the paths in `mail`."""
    disk = replay(lines, home, existing)

    def concerns(path):
        return any(path == place or path.startswith(place + os.sep) for place in mail)

    told = [f"{path} got its name before it was synced" for path in disk.early if concerns(path)]
    told += [f"{path} was not synced" for path in disk.unsynced_files if concerns(path)]
    for folder, names in disk.unsynced_folders.items():
        told += [f"{folder} was not synced after {os.path.basename(n)}" for n in names if concerns(n)]
    return sorted(line.replace(home + os.sep, "") for line in told)
