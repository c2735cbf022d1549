"""The configuration texts of doc/mta.md: what is tested is what the administrator reads.

A block is fenced, and its name stands behind the opening fence and the word `conf`."""

import re

import machine

with open(f"{machine.SOURCE}/doc/mta.md") as _f:
    _BLOCKS = dict(re.findall(r"^```conf (\S+)\n(.*?)^```$", _f.read(), re.M | re.S))


def block(name):
    return _BLOCKS[name]


def block_or_nothing(name):
    return _BLOCKS.get(name, "")
