"""Deliveries as root with -d: rights, groups, homes, rc files and system mailboxes.

Each case is set up and run under mailweir and under Debian's procmail with its set-id bits, and the
outcomes are compared: status, messages, and each file with owner and mode.  A case that names an entry
of doc/differences.md must differ, and says what mailweir does."""

import os

import machine
import scenarios
import world
from tap import Tap

MAILWEIR, PROCMAIL = "/usr/bin/mailweir", "/usr/bin/procmail"


def tell_differences(mine, peers):
    lines = []
    for key in sorted(mine.keys() | peers.keys()):
        if mine.get(key) != peers.get(key):
            lines.append(f"{key}\n  mailweir: {str(mine.get(key))[:300]}\n  procmail: {str(peers.get(key))[:300]}")
    return "\n".join(lines)


def play(scenario, program):
    w = world.World(program)
    scenario.function(w)
    return w


def run(scenario):
    mine = play(scenario, MAILWEIR)
    if not os.access(PROCMAIL, os.X_OK) or scenario.alone:
        return
    try:
        peers = play(scenario, PROCMAIL)
    except AssertionError:
        if scenario.differs:
            return
        raise
    difference = tell_differences(mine.outcome(), peers.outcome())
    if scenario.differs:
        assert difference, f"procmail does the same: {scenario.differs} is no difference"
    else:
        assert not difference, difference


def main():
    machine.enter()
    world.add_users()
    tap = Tap("root")
    for scenario in scenarios.ALL:
        name = scenario.name + (f" ({scenario.differs})" if scenario.differs else "")
        tap.run(name, run, scenario)
    tap.finish()


main()
