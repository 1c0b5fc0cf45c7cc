"""Say in words and as a table what changed between two records: versions, years or vintages."""

import json
import math
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeGuard

from rich.console import Console
from rich.table import Table

from analysis.errors import NeracaError
from neraca.pipeline.comparison import changed_inputs, changed_results
from neraca.pipeline.explain import HEADLINES
from neraca.pipeline.project import Project
from neraca.pipeline.record import VINTAGE, Record, parse_record, read_record
from neraca.pipeline.state import RECORD
from neraca.publish.stage import ORDER

STANDARD_INPUT = "-"

_ADDRESS = re.compile(r"(?:reports/)?(?:(id|en)/)?([a-z-]+)/(\d{4})/?")
_CHANGED = " changed"  # as a file that a report is made from is told
_DIGITS = 6
_FILE_WIDTH = 1000  # characters, so that no name is broken where a program or a file reads it
_LISTED = 8  # things that a sentence names; of more it tells the number


@dataclass(frozen=True)
class Number:
    """An indicator whose number changed.

    `percent` is the change in percent of the old number. There is none from zero, across zero, of a
    number that is in percent itself, whose difference says more, or from one unit or basis to
    another, which is no growth.
    """

    name: str
    old: float
    new: float
    difference: float
    percent: float | None
    unit: str


@dataclass(frozen=True)
class Reading:
    """An indicator of which something else than the number changed: what, from what, to what."""

    name: str
    part: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Changes:
    """What changed from one record to another, what matters most first.

    Attributes:
        vintages: the data vintage of the old and of the new record, where they differ.
        verdicts: values that are words, and the status of numbers.
        numbers: changed numbers, the headline figures first, then the rest of the summary, in each
            notebook the relatively largest change first and the ends of intervals last.
        appeared, vanished: names of indicators.
        readings: other changes of indicators: unit, period, basis, method.
        sources: sources named by indicators that were not named before, and the other way round.
        files: figures, tables, text and pages that changed.
        inputs: what the report is made from and is not as it was.

    """

    vintages: tuple[str | None, ...]
    verdicts: tuple[Reading, ...]
    numbers: tuple[Number, ...]
    appeared: tuple[str, ...]
    vanished: tuple[str, ...]
    readings: tuple[Reading, ...]
    sources: Mapping[str, tuple[str, ...]]
    files: tuple[str, ...]
    inputs: tuple[str, ...]

    @property
    def are_none(self) -> bool:
        """Say whether the two records say the same."""
        return self == _NO_CHANGES

    def as_json(self) -> str:
        """Write the changes for a program."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)


_NO_CHANGES = Changes((), (), (), (), (), (), {"added": (), "dropped": ()}, (), ())


def find_record(project: Project, name: str) -> Record:
    """Read the record that a path, `-` (standard input) or the address of a report names.

    Raises:
        NeracaError: if there is none.

    """
    if name == STANDARD_INPUT:
        return parse_record(sys.stdin.read(), "the standard input")
    path = Path(name)
    if path.exists() and not path.is_dir():  # a pipe too, as of `diff <(git show …) …`
        return parse_record(path.read_bytes(), name)
    if (path / RECORD).is_file():
        return read_record(path / RECORD)
    match = _ADDRESS.fullmatch(name)
    if not match:
        raise NeracaError(
            f"{name} is neither the path of a record nor the address of a report; "
            "write for example lampung/2024, en/lampung/2025 or a file."
        )
    return read_record(project.at(match[1] or "id", match[2], int(match[3])) / RECORD)


def changes(old: Record, new: Record) -> Changes:
    """Find what changed from one record to another."""
    was, now = _indicators(old), _indicators(new)
    both = sorted((name for name in now if name in was), key=_place)
    numbers = [number for name in both for number in _numbers(name, was[name], now[name])]
    readings = [reading for name in both for reading in _readings(name, was[name], now[name])]
    sources = _sources(was), _sources(now)
    vintages = old.get(VINTAGE), new.get(VINTAGE)
    return Changes(
        vintages=() if vintages[0] == vintages[1] else vintages,
        verdicts=tuple(each for each in readings if each.part in ("value", "obs_status")),
        numbers=tuple(sorted(numbers, key=_weight)),
        appeared=tuple(name for name in now if name not in was),
        vanished=tuple(name for name in was if name not in now),
        readings=tuple(each for each in readings if each.part not in ("value", "obs_status")),
        sources={
            "added": tuple(sorted(sources[1] - sources[0])),
            "dropped": tuple(sorted(sources[0] - sources[1])),
        },
        files=tuple(
            found.name
            for found in changed_results(old, new)
            if found.kind != "indicator" and found.name != VINTAGE
        ),
        inputs=tuple(dict.fromkeys(change.words for change in changed_inputs(old, new))),
    )


def sentences(found: Changes) -> Iterator[str]:
    """Say changes in plain words, what matters most first."""
    if found.are_none:
        yield "Nothing changed."
        return
    if found.vintages:
        was, now = (vintage or "not recorded" for vintage in found.vintages)
        yield f"Data vintage: {was} became {now}."
    for reading in found.verdicts:
        if reading.part == "value":
            yield f"{reading.name}: {_written(reading.old)} became {_written(reading.new)}."
    headlines = [number for number in found.numbers if _headline(number.name) is not None]
    for number in headlines:
        yield f"{number.name}: {_step(number)}."
    if found.numbers:
        first = (
            ""
            if headlines
            else f", first of all {found.numbers[0].name}: {_step(found.numbers[0])}"
        )
        yield f"{_count(found.numbers, 'number')} changed{first}."
    statuses = [reading for reading in found.verdicts if reading.part == "obs_status"]
    for was, now in dict.fromkeys((reading.old, reading.new) for reading in statuses):
        names = [each.name for each in statuses if (each.old, each.new) == (was, now)]
        yield from _listing(
            f"{now} that {'was' if len(names) == 1 else 'were'} {was}", names, "indicator"
        )
    yield from _listing("appeared", found.appeared, "indicator")
    yield from _listing("vanished", found.vanished, "indicator")
    yield from _listing("came in", found.sources["added"], "source")
    yield from _listing("went out", found.sources["dropped"], "source")
    for part in sorted({reading.part for reading in found.readings}):
        names = [reading.name for reading in found.readings if reading.part == part]
        yield from _listing(f"with another {part}", names, "indicator")
    yield from _listing("changed", found.files, "file")
    changed = [words for words in found.inputs if words.endswith(_CHANGED)]
    others = [words for words in found.inputs if words not in changed]
    yield from (f"In what it is made from: {words}." for words in others[:_LISTED])
    if len(others) > _LISTED:
        yield f"In what it is made from: {len(others) - _LISTED} more; --json lists them."
    files = [words.removesuffix(_CHANGED) for words in changed]
    yield from _listing("that it is made from changed", files, "file")


def show(found: Changes, console: Console) -> None:
    """Print changes as sentences, and the numbers as a table."""
    for sentence in sentences(found):
        console.print(sentence, markup=False, highlight=False, soft_wrap=True)
    if not found.numbers:
        return
    if not console.is_terminal:
        console.width = _FILE_WIDTH
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("indicator", overflow="fold")
    for name in ("old", "new", "difference", "percent"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("unit", no_wrap=True)
    for number in found.numbers:
        values = map(_written, (number.old, number.new, number.difference))
        percent = "" if number.percent is None else f"{number.percent:+.2f}"
        table.add_row(number.name, *values, percent, number.unit)
    console.print(table)


def _indicators(record: Record) -> dict[str, Mapping[str, Any]]:
    return {
        f"{notebook}/{name}": indicator
        for notebook, found in record["indicators"].items()
        for name, indicator in found.items()
    }


def _numbers(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Number]:
    was, now = old.get("value"), new.get("value")
    if _is_number(was) and _is_number(now) and was != now:
        unit = str(new.get("unit") or "")
        alike = all(old.get(part) == new.get(part) for part in ("unit", "basis"))
        comparable = alike and was * now > 0 and not unit.startswith("percent")
        percent = 100 * (now - was) / abs(was) if comparable else None
        yield Number(name, was, now, now - was, percent, unit)


def _readings(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Reading]:
    for part in sorted({*old, *new} - {"sources"}):
        was, now = old.get(part), new.get(part)
        if was != now and not (_is_number(was) and _is_number(now)):
            yield Reading(name, part, was, now)


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _sources(indicators: Mapping[str, Mapping[str, Any]]) -> set[str]:
    return {source for each in indicators.values() for source in each.get("sources", [])}


def _place(name: str) -> tuple[int, str]:
    """Order indicators as the notebooks stand in a report, the summary first."""
    notebook = name.partition("/")[0]
    return (ORDER.index(notebook) if notebook in ORDER else len(ORDER)), name


def _headline(name: str) -> int | None:
    """Give the place of a headline figure among them; None of any other."""
    notebook, _, own = name.partition("/")
    names = list(HEADLINES.values())
    return names.index(own) if notebook == ORDER[0] and own in names else None


def _weight(number: Number) -> tuple[int, int, bool, float, str]:
    """Put the headline figures first, and in each notebook the relatively largest change.

    A change from zero has no measure, and comes before those that have one.
    """
    place, name = _place(number.name)
    headline = _headline(name)
    change = abs(number.difference / number.old) if number.old else math.inf
    order = len(HEADLINES) if headline is None else headline
    return place, order, name.endswith(("_lower", "_upper")), -change, name


def _written(value: Any) -> str:
    """Write a value, a number to six digits or as a whole one.

    >>> _written(5601.1), _written(1_600_000_000.0), _written(0.123456789), _written("disputed")
    ('5,601.1', '1,600,000,000', '0.123457', 'disputed')
    """
    if not _is_number(value):
        return str(value)
    return f"{value:,.0f}" if value == int(value) else f"{float(f'{value:.{_DIGITS}g}'):,.15g}"


def _step(number: Number) -> str:
    percent = "" if number.percent is None else f" ({number.percent:+.2f} percent)"
    return f"{_written(number.old)} became {_written(number.new)} {number.unit}".rstrip() + percent


def _count(names: Sequence[Any], what: str) -> str:
    return f"1 {what}" if len(names) == 1 else f"{len(names)} {what}s"


def _listing(verb: str, names: Sequence[str], what: str) -> Iterator[str]:
    if names:
        more = len(names) - _LISTED
        listed = ", ".join(names[:_LISTED]) + (f" and {more} more" if more > 0 else "")
        yield f"{_count(names, what)} {verb}: {listed}."
