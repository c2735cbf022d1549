"""Cases, run one after the other and told in the manner of TAP."""

import sys
import time
import traceback


class Tap:
    def __init__(self, title):
        self.title = title
        self.begun = time.monotonic()
        self.case_begun = self.begun
        self.count = self.failed = 0

    def _report(self, good, name, about=""):
        self.count += 1
        # a case that takes its time says so
        spent = time.monotonic() - self.case_begun
        name += f" # {spent:.0f} s" if spent >= 2 else ""
        print(f"{'ok' if good else 'not ok'} {self.count} - {self.title}: {name}", flush=True)
        for line in about.splitlines():
            print("#   " + line.encode("ascii", "backslashreplace").decode(), flush=True)

    def run(self, name, function, *arguments, on_failure=lambda: ""):
        """One case: it fails by an exception.  on_failure() tells what may explain it."""
        self.case_begun = time.monotonic()
        try:
            function(*arguments)
        except Exception:
            self.failed += 1
            self._report(False, name, traceback.format_exc() + on_failure())
            return
        self._report(True, name)

    def finish(self):
        """Prints the plan; ends the process, with 1 where a case failed or there was none."""
        print(f"1..{self.count}")
        seconds = time.monotonic() - self.begun
        print(f"# {self.title}: {self.count} cases, {self.failed} failed, {seconds:.0f} s", flush=True)
        sys.exit(1 if self.failed or not self.count else 0)


def _short(value, at=0):
    text = repr(value)
    begin = max(0, at - 100)
    return ("..." if begin else "") + text[begin:begin + 400] + ("..." if len(text) > begin + 400 else "")


def equal(got, expected, what):
    if got == expected:
        return
    pairs = zip(repr(got), repr(expected))
    at = next((n for n, (a, b) in enumerate(pairs) if a != b), 0)
    raise AssertionError(f"{what}, at {at}\n  got:      {_short(got, at)}\n  expected: {_short(expected, at)}")


def contains(text, part, what):
    assert part in text, f"{what}: {part!r} is not in\n{text[:2000]!r}"
