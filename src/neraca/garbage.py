"""How often Python looks for garbage that refers to itself."""

import gc

# Objects made until it looks. What reads tables and notebooks makes many objects and little
# garbage; at Python's own 700 the looking takes a thirtieth of a kernel's time, and a seventh of
# the time of the data check.
OBJECTS = 50_000


def collect_seldom() -> None:
    """Let this process, and those forked from it, look for garbage more seldom.

    >>> collect_seldom()
    >>> gc.get_threshold()[0]
    50000
    """
    gc.set_threshold(OBJECTS)
