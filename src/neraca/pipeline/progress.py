"""Tell how far a batch is: on a terminal, in plain lines, or to a program."""

import json
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import IO, Literal

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

Result = Literal["executed", "rendered", "unchanged", "failed"]

_FAILURES_SHOWN = 5
_REFRESHES = 4  # a second


@dataclass(frozen=True)
class Planned:
    """What is going to be done: how many reports are to be executed, rendered, or are fresh."""

    execute: int
    render: int
    fresh: int
    skipped: tuple[str, ...]
    compared: tuple[int, ...]


@dataclass(frozen=True)
class Compared:
    """The comparison of all provinces of a year was made, or failed with a message."""

    year: int
    failed: str = ""


@dataclass(frozen=True)
class Done:
    """A report was made, or failed with a message; so many of so many are done."""

    report: str
    result: Result
    done: int
    total: int
    failed: str = ""


@dataclass(frozen=True)
class Warned:
    """Something that a person should know, and that stops nothing."""

    message: str


@dataclass(frozen=True)
class Summary:
    """What became of a batch.

    Attributes:
        executed, rendered, fresh: how many reports.
        failures: why each report that failed did so, by its address; a year's comparison too.
        stopped: whether it was interrupted.
        seconds: how long it took.

    """

    executed: int = 0
    rendered: int = 0
    fresh: int = 0
    failures: Mapping[str, str] = field(default_factory=dict)
    stopped: bool = False
    seconds: float = 0.0


Event = Planned | Compared | Done | Warned | Summary
Tell = Callable[[Event], None]


def json_lines(stream: IO[str]) -> Tell:
    """Write each event as a line of JSON, with its name as `event`."""

    def tell(event: Event) -> None:
        name = type(event).__name__.lower()
        content = {"event": name, **asdict(event)}
        print(json.dumps(content, ensure_ascii=False), file=stream, flush=True)

    return tell


def plain_lines(stream: IO[str]) -> Tell:
    """Write a line for each thing that is done."""

    def tell(event: Event) -> None:
        for line in lines(event):
            print(line, file=stream, flush=True)

    return tell


def lines(event: Event) -> list[str]:
    """Say an event in plain lines.

    >>> lines(Done("reports/id/aceh/2025", "executed", 3, 38))
    ['3/38 reports/id/aceh/2025 executed']
    """
    match event:
        case Planned():
            return _planned(event)
        case Compared(year, failed):
            return [f"comparison of all provinces {year}{_failed(failed) or ' made'}"]
        case Done(report, result, done, total, failed):
            return [f"{done}/{total} {report}{_failed(failed) or f' {result}'}"]
        case Warned(message):
            return [f"warning: {message}"]
        case Summary():
            return _summary(event)


def _failed(why: str) -> str:
    return f" failed: {why}" if why else ""


def _planned(event: Planned) -> list[str]:
    found = [f"{event.execute} to execute, {event.render} to render, {event.fresh} fresh"]
    if event.compared:
        found.append(f"comparisons of all provinces to make: {', '.join(map(str, event.compared))}")
    return found + [f"skipped, since it was founded later: {each}" for each in event.skipped]


def _summary(event: Summary) -> list[str]:
    found = [f"{address} failed: {why}" for address, why in sorted(event.failures.items())]
    found.append(
        f"{event.executed} executed, {event.rendered} rendered, {event.fresh} fresh, "
        f"{len(event.failures)} failed in {_duration(event.seconds)}"
    )
    if event.stopped:
        found.append("Stopped. The same command goes on from here.")
    return found


class Display:
    """Show a bar with rate, remaining time and the latest failures on a terminal."""

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._start = clock()
        self._done, self._total = 0, 0
        self._failures: deque[str] = deque(maxlen=_FAILURES_SHOWN)
        self._live = Live(
            get_renderable=self._render,
            console=console,
            refresh_per_second=_REFRESHES,
            transient=True,
        )

    def __call__(self, event: Event) -> None:
        """Take in an event."""
        match event:
            case Planned(execute, render):
                self._total, self._start = execute + render, self._clock()
                self._say(event)
                if self._total:
                    self._live.start()
            case Done(report, _, done, _, failed):
                self._done = done
                if failed:
                    self._failures.append(f"{report}: {failed}")
            case Summary():
                self._live.stop()
                self._say(event)
            case _:
                self._say(event)

    def close(self) -> None:
        """Leave the terminal as it was."""
        self._live.stop()

    def _say(self, event: Event) -> None:
        for line in lines(event):
            self._live.console.print(line, markup=False, highlight=False)

    def _render(self) -> Group:
        bar = Table.grid(padding=(0, 2))
        seconds = self._clock() - self._start
        bar.add_row(
            ProgressBar(total=max(1, self._total), completed=self._done, width=40),
            f"{self._done}/{self._total}",
            pace(self._done, self._total, seconds),
        )
        failures = [Text(each, "red", overflow="ellipsis", no_wrap=True) for each in self._failures]
        return Group(bar, *failures)


def pace(done: int, total: int, seconds: float) -> str:
    """Say how quickly reports are made and how long the others are going to take.

    >>> pace(6, 38, 60.0)
    '6.0 a minute, 5:20 left'
    >>> pace(0, 38, 60.0)
    '1:00 so far'
    """
    if not done:
        return f"{_duration(seconds)} so far"
    left = seconds / done * (total - done)
    return f"{done / seconds * 60:.1f} a minute, {_duration(left)} left"


def _duration(seconds: float) -> str:
    """Write a time in hours, minutes and seconds.

    >>> _duration(3725.2), _duration(65)
    ('1:02:05', '1:05')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@contextmanager
def telling(stream: IO[str], as_json: bool) -> Iterator[Tell]:
    """Choose how to tell: JSON where asked for, a bar on a terminal, else plain lines."""
    if as_json:
        yield json_lines(stream)
    elif stream.isatty():
        display = Display(Console(file=stream))
        try:
            yield display
        finally:
            display.close()
    else:
        yield plain_lines(stream)
