"""Room that ends: a limit on file sizes, and a file system with so many blocks or inodes left."""

import os
import resource
import signal
import subprocess
import sys

from delivery import judge, judge_next
from rows import MEDIUM, rows

MARK = "this"
BLOCKS = {"small": 14, "large": 700}  # as many are left, step by step
INODES = 8


def sizes(home, text):
    """Limits on and around every border that the delivery crosses."""
    borders = {0, len(text)}
    for place in home.places():
        path = place.at(home.path)
        if os.path.isfile(path):
            borders |= {os.path.getsize(path), os.path.getsize(path) + len(text)}
    around = {border + step for border in borders for step in (-1, 0, 1, len(text) // 2)}
    return sorted(size for size in around if size >= 0)


def limited(size):
    """For a child to be: no file may grow beyond that, and nobody has arranged to be told."""

    def set_limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    return set_limit


def try_size(runner, row, size):
    home = runner.home(row)
    texts = row.texts(MARK)
    status = home.deliver(home.command(runner.options.program), texts[MARK], preexec_fn=limited(size))
    home.settle()
    return judge(home, status, texts, MARK) + judge_next(home, runner.options.program, MARK)


def run_sizes(runner, pool):
    before = len(runner.violations)
    jobs = []
    for row in rows():
        chosen = runner.sample(sizes(runner.home(row), row.texts(MARK)[MARK]))
        jobs += [(row, size, pool.submit(try_size, runner, row, size)) for size in chosen]
    for row, size, job in jobs:
        runner.count(row, f"file size limit {size}", job.result())
    print(f"limits on file sizes: {len(jobs)} points, {len(runner.violations) - before} violations", flush=True)


class TinyDisk:
    """A file system in memory that can be filled up."""

    def __init__(self, path, size):
        self.path = path
        os.makedirs(path, exist_ok=True)
        self.mount(f"size={size}")

    def mount(self, options):
        subprocess.run(["mount", "-t", "tmpfs", "-o", options, "faults", self.path], check=True)

    def leave(self, blocks=None, inodes=None):
        state = os.statvfs(self.path)
        if inodes is not None:
            used = state.f_files - state.f_ffree
            self.mount(f"remount,nr_inodes={used + inodes}")
        if blocks is not None:
            with open(os.path.join(self.path, "filling"), "wb") as stream:
                stream.write(b"\0" * (max(state.f_bavail - blocks, 0) * state.f_bsize))

    def make_room(self):
        if os.path.exists(os.path.join(self.path, "filling")):
            os.unlink(os.path.join(self.path, "filling"))
        self.mount("remount,nr_inodes=0")

    def close(self):
        subprocess.run(["umount", "-l", self.path], check=True)


def try_disk(runner, row, what, room):
    disk = TinyDisk(os.path.dirname(runner.home_path()), "8m")
    try:
        home = runner.home(row)
        texts = row.texts(MARK)
        disk.leave(**room)
        status = home.deliver(home.command(runner.options.program), texts[MARK])
        home.settle()
        disk.make_room()
        said = judge(home, status, texts, MARK) + judge_next(home, runner.options.program, MARK)
    finally:
        disk.close()
    runner.count(row, what, said)


def run_disks(runner):
    """Inside a mount namespace of our own."""
    for row in rows():
        most = BLOCKS["large" if row.size >= MEDIUM else "small"]
        step = max(1, most // 20)
        for blocks in runner.sample(list(range(0, most, step))):
            try_disk(runner, row, f"{blocks} blocks left", {"blocks": blocks})
        for inodes in runner.sample(list(range(INODES))):
            try_disk(runner, row, f"{inodes} inodes left", {"inodes": inodes})


def run(runner, pool):
    run_sizes(runner, pool)
    unshare = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-Urm"]
    if subprocess.run(unshare + ["true"], capture_output=True).returncode != 0:
        print("full disks: not tried, because nothing can be mounted here", flush=True)
        return
    runner.run_apart("full disks", unshare)
