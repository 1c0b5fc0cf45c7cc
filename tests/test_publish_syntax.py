"""Python source is parsed by several threads of one process, which Python 3.11 cannot do alone."""

import gc
import sys
import threading
import time
from pathlib import Path

import pytest

from neraca.publish.syntax import parsed

SOURCE = Path(threading.__file__).read_text(encoding="utf-8")


@pytest.fixture
def interrupting_collector():
    """Let a collection of garbage, of which there are many, give way to other threads."""
    before = gc.get_threshold(), sys.getswitchinterval()

    def give_way(*_: object) -> None:
        time.sleep(0)

    gc.callbacks.append(give_way)
    gc.set_threshold(10)
    sys.setswitchinterval(1e-6)
    yield
    gc.callbacks.remove(give_way)
    gc.set_threshold(*before[0])
    sys.setswitchinterval(before[1])


def test_several_threads_parse_at_a_time(interrupting_collector) -> None:
    problems: list[Exception] = []

    def parse() -> None:
        try:
            for _ in range(2):
                assert parsed(SOURCE).body
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=parse) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
