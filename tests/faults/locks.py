"""Locks that somebody else holds: nothing may be written until they are given back."""

import fcntl
import os
import subprocess
import time

from delivery import judge
from rows import rows

MARK = "this"
HELD = 1.5  # seconds, long enough for any delivery that does not wait

# The row, what is locked, and how.
CASES = [
    ("mbox", "box.lock", "lock file"),
    ("mbox", "box", "fcntl"),
    ("default", "inbox.lock", "lock file"),
    ("default", "inbox", "fcntl"),
    ("global lock", "global.lock", "lock file"),
    ("copies", "copybox.lock", "lock file"),
]


class Held:
    """A lock as another program holds it."""

    def __init__(self, path, how):
        self.path = path
        self.how = how
        flags = os.O_RDWR | os.O_CREAT | (os.O_EXCL if how == "lock file" else 0)
        self.descriptor = os.open(path, flags, 0o600)
        if how == "fcntl":
            fcntl.lockf(self.descriptor, fcntl.LOCK_EX)

    def release(self):
        if self.how == "lock file":
            os.unlink(self.path)
        os.close(self.descriptor)


def try_lock(runner, row, name, how):
    home = runner.home(row)
    texts = row.texts(MARK)
    lock = Held(os.path.join(home.path, name), how)
    child = subprocess.Popen(home.command(runner.options.program), cwd=home.path,
                             env=home.environment(), stdin=subprocess.PIPE,
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    child.stdin.write(texts[MARK])
    child.stdin.close()
    time.sleep(HELD)
    said = []
    folder = name.removesuffix(".lock")
    places = [place for place in home.places() if place.path == folder] or home.row.final
    if any(place.inspect(home.path, texts).whole for place in places):
        said.append("written while somebody else held the lock")
    lock.release()
    try:
        status = child.wait(timeout=30)
    except subprocess.TimeoutExpired:
        child.kill()
        status = None
    return said + judge(home, status, texts, MARK)


def run(runner, pool):
    before = len(runner.violations)
    table = {row.name: row for row in rows()}
    jobs = [(case, pool.submit(try_lock, runner, table[case[0]], *case[1:])) for case in CASES]
    for (name, path, how), job in jobs:
        runner.count(table[name], f"{how} on {path} held by another", job.result())
    print(f"locks held by another: {len(jobs)} points, {len(runner.violations) - before} violations", flush=True)
