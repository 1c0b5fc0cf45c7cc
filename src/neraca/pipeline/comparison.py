"""Compare two records of a report: what came out otherwise, and what was otherwise before that."""

import json
import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from neraca.pipeline.inputs import LIBRARIES, NATIONAL, is_national
from neraca.pipeline.record import (
    ENVIRONMENT,
    LOCK,
    PAGES,
    PUBLISHING,
    READ_BY_ALL,
    VINTAGE,
    Record,
)

Kind = Literal[
    "parameter",
    "indicator",
    "series",
    "figure",
    "table",
    "text",
    "page",
    "rows",
    "notebook",
    "code",
    "lock",
    "library",
    "data",
    "published file",
    "failure",
]

RELATIVE_TOLERANCE = 1e-6  # of a number that was computed on another system
ITSELF = "the record itself: nothing that it names has changed"

_SYSTEM = ("platform", "processor", "python")
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;]+)", re.MULTILINE)


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it was.

    Attributes:
        kind: what sort of thing.
        name: which one, by the file or the notebook and the indicator.
        old: what it was; None if it was not there.
        new: what it is; None if it is gone.
        causes: what changed that it comes from, most telling first.

    """

    kind: Kind
    name: str
    old: Any
    new: Any
    causes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Give the difference as plain values for JSON."""
        return {**asdict(self), "causes": list(self.causes)}


@dataclass(frozen=True)
class Change:
    """Something that a report is made from, and that is not as it was.

    Attributes:
        difference: what it was and is.
        words: the change as the cause of something else.
        say: names of what it can have a say in, a notebook or `pages`; empty for all.
        counts: whether it is a difference even if the same came out.

    """

    difference: Difference
    words: str
    say: str = ""
    counts: bool = True


@dataclass(frozen=True)
class Comparison:
    """How a record differs from another one.

    Attributes:
        exact: whether every byte was compared, as two records of equal systems allow.
        differences: what is not as it was.
        notes: what a person should know, and that is no difference in what came out.

    """

    exact: bool
    differences: tuple[Difference, ...]
    notes: tuple[str, ...] = field(default=())


def compare(old: Record, new: Record, lock: str = "") -> Comparison:
    """Compare the record of a report with that of making it again.

    On equal systems every byte counts. Else every byte may be the same all the same; if it is not,
    numbers count to a relative 1e-6, and texts with their numbers set aside, and what cannot be
    compared so is left out.

    Args:
        old: the record.
        new: of the same report, made again.
        lock: text of the lock file that `new` was made with.

    """
    is_here = old[ENVIRONMENT] == new[ENVIRONMENT] and _lock(old) == _lock(new)
    exact = is_here or not any(_results(old, new, exact=True))
    changes = list(changed_inputs(old, new, exact))
    results = (_with_causes(found, changes) for found in _results(old, new, exact))
    inputs = (
        replace(change.difference, causes=_own_causes(change, changes))
        for change in changes
        if change.counts
    )
    compared = tuple(_changed_comparison(old, new)) if exact else ()
    # Without a change of what it is made from, the comparison of the provinces comes out again.
    itself = () if changes else (replace(each, causes=(ITSELF,)) for each in compared)
    differences = (*results, *inputs, *itself, *_wrong_libraries(old, new, lock))
    notes = [change.words for change in changes if _is_note(change, changes)]
    if changes:
        notes += [f"{each.name} {_verb(each.old, each.new)}" for each in compared]
    return Comparison(exact, differences, (*notes, *_surroundings(old, new, exact)))


def changed_inputs(old: Record, new: Record, exact: bool = True) -> Iterator[Change]:
    """Give what a report is made from and is not as it was, what tells the most first."""
    for name, was, now in _pairs(old["parameters"], new["parameters"]):
        words = f"the parameter {name} is {now}, and was {was}"
        yield Change(Difference("parameter", name, was, now), words)
    for name, was, now in _pairs(old["data"], new["data"]):
        words = f"{name} {_verb(was, now)}"
        yield Change(Difference("data", name, was, now), words, counts=False)
    yield from _changed_rows(old, new, exact)
    yield from _changed_code(old, new)
    for library, was, now in _pairs(old[ENVIRONMENT], new[ENVIRONMENT]):
        words = f"{library} is {now or 'not recorded'}, and was {was or 'not recorded'}"
        yield Change(Difference("library", library, was, now), words, counts=False)


def question(read: Mapping[str, Any]) -> str:
    """Say what was asked of a table.

    >>> question({"resource": "trade", "filters": {"province_code": ["18"], "until": 2020}})
    'rows of trade (province_code 18, until 2020)'
    """
    filters = ", ".join(f"{name} {_listed(value)}" for name, value in read["filters"].items())
    return f"rows of {read['resource']}" + (f" ({filters})" if filters else "")


def _changed_code(old: Record, new: Record) -> Iterator[Change]:
    for name, was, now in _pairs(old["code"], new["code"]):
        kind: Kind = "code"
        say = ""
        if name.startswith("notebooks/"):
            kind, say = "notebook", name.removeprefix("notebooks/").removesuffix(".ipynb")
        elif name == LOCK:
            kind = "lock"
        # The comparison of all provinces has a say in whatever reads it.
        say = "" if say == NATIONAL else say
        yield Change(Difference(kind, name, was, now), f"{name} {_verb(was, now)}", say)
    if PUBLISHING not in old or PUBLISHING not in new:
        return
    for name, was, now in _pairs(old[PUBLISHING], new[PUBLISHING]):
        if name not in old["code"]:
            difference = Difference("code", name, was, now)
            yield Change(difference, f"{name} {_verb(was, now)}", PAGES, counts=False)


def _changed_rows(old: Record, new: Record, exact: bool) -> Iterator[Change]:
    """Find the questions that were put both times and had another answer."""
    for notebook in sorted({*old["reads"], *new["reads"]}):
        was, now = _answers(old, notebook), _answers(new, notebook)
        for key in was:
            # The comparison of all provinces is computed, and so may differ in its last digits.
            if key not in now or (not exact and is_national(was[key])):
                continue
            if was[key] != now[key]:
                counts = tuple(f"{read['rows']} rows" for read in (was[key], now[key]))
                words = f"{question(was[key])}: {counts[0]} -> {counts[1]}"
                if counts[0] == counts[1]:
                    words = f"{question(was[key])}: {counts[0]}, with other values"
                difference = Difference("rows", question(was[key]), was[key], now[key])
                yield Change(difference, words, notebook)


def _answers(record: Record, notebook: str) -> dict[str, Mapping[str, Any]]:
    return {
        json.dumps([read["resource"], read["filters"]], sort_keys=True): read
        for read in record["reads"].get(notebook, [])
    }


def _results(old: Record, new: Record, exact: bool) -> Iterator[Difference]:
    """Give all that came out otherwise, and what was asked or told of figures otherwise."""
    yield from changed_results(old, new, exact)
    yield from _changed_series(old, new, exact)
    yield from _other_questions(old, new)


def _other_questions(old: Record, new: Record) -> Iterator[Difference]:
    """Find the questions that were put one time only."""
    for notebook in sorted({*old["reads"], *new["reads"]}):
        was, now = _answers(old, notebook), _answers(new, notebook)
        for key in sorted(was.keys() ^ now.keys()):
            read = was.get(key) or now[key]
            yield Difference("rows", question(read), was.get(key), now.get(key))


def _changed_series(old: Record, new: Record, exact: bool) -> Iterator[Difference]:
    """Find the series whose figures, or the choice of them, are not as they were."""
    for notebook, was, now in _all_pairs(old.get("series", {}), new.get("series", {})):
        for name, before, after in _pairs(was or {}, now or {}):
            for part, one, other in _pairs(before or {}, after or {}):
                # The comparison of all provinces is computed, as with its rows.
                computed = part == "sha256" and is_national(after or before or {})
                if exact or not computed:
                    yield Difference("series", f"{notebook}/{name} ({part})", one, other)


def _changed_comparison(old: Record, new: Record) -> Iterator[Difference]:
    """Find the tables of the comparison of all provinces that are not as they were."""
    for name, was, now in _pairs(old.get("national", {}), new.get("national", {})):
        yield Difference("data", f"reports/national/{new['parameters']['year']}/{name}", was, now)


def changed_results(old: Record, new: Record, exact: bool = True) -> Iterator[Difference]:
    """Give what came out otherwise: indicators first, then files, then pages."""
    if old.get(VINTAGE) != new.get(VINTAGE):
        yield Difference("text", VINTAGE, old.get(VINTAGE), new.get(VINTAGE))
    for notebook, was, now in _all_pairs(old["indicators"], new["indicators"]):
        yield from _indicators(notebook, was or {}, now or {}, exact)
    for name, was, now in _pairs(old["results"], new["results"]):
        if not _same_file(was, now, exact):
            yield Difference(kind_of(name), name, _shown(was), _shown(now))
    if PAGES in old and PAGES in new:
        for name, was, now in _pairs(old[PAGES], new[PAGES]):
            if not _same_file(was, now, exact):
                yield Difference("page", name, _shown(was), _shown(now))


def _indicators(
    notebook: str, old: Mapping[str, Any], new: Mapping[str, Any], exact: bool
) -> Iterator[Difference]:
    for name, was, now in _pairs(old, new):
        full = f"{notebook}/{name}"
        if was is None or now is None:
            yield Difference("indicator", full, was, now)
            continue
        for part, before, after in _pairs(was, now):
            if exact or not _close(before, after):
                yield Difference("indicator", f"{full} ({part})", before, after)


def kind_of(name: str) -> Kind:
    """Say what a file of a report is.

    >>> kind_of("figures/fig-balance.svg"), kind_of("data/fig-balance.csv"), kind_of("index.ipynb")
    ('figure', 'table', 'text')
    """
    kinds: dict[str, Kind] = {"figures": "figure", "data": "table"}
    return kinds.get(name.partition("/")[0], "text")


def _same_file(was: Any, now: Any, exact: bool) -> bool:
    if was is None or now is None:
        return False
    if exact:
        return bool(was == now)
    return was.get("words") == now.get("words") and _close(was.get("sum"), now.get("sum"))


def _shown(file: Mapping[str, Any] | None) -> str | None:
    return None if file is None else str(file.get("sha256"))


def _close(one: Any, other: Any) -> bool:
    """Say whether two values are equal, numbers to a relative 1e-6.

    >>> _close(1.0, 1.0000001), _close(1.0, 1.00001), _close(None, 0), _close("a", "a")
    (True, False, False, True)
    """
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=RELATIVE_TOLERANCE)
    return bool(one == other)


def _with_causes(difference: Difference, changes: Sequence[Change]) -> Difference:
    """Name what a result comes from: all that changed and has a say in it, else the record."""
    causes = [
        change.words
        for change in changes
        if _has_a_say(change, difference) and not _is_table(change)
    ]
    return replace(difference, causes=tuple(dict.fromkeys(causes)) or (ITSELF,))


def _has_a_say(change: Change, difference: Difference) -> bool:
    if change.say == PAGES:
        return difference.kind == "page"
    if difference.kind == "indicator" and change.say:
        return difference.name.startswith(f"{change.say}/")
    return True


def _is_table(change: Change) -> bool:
    """Say whether a change is one of a file of figures, whose rows say what of it counts."""
    is_data = change.difference.kind == "data"
    return is_data and change.difference.name.removeprefix("data/") not in READ_BY_ALL


def _own_causes(change: Change, changes: Sequence[Change]) -> tuple[str, ...]:
    """Name what a change of an input comes from: rows from their file, or from what reads it."""
    if change.difference.kind != "rows":
        return (change.words,)
    resource = change.difference.new["resource"]
    causes = [
        each.words
        for each in changes
        if each.difference.kind in ("code", "lock", "library")
        or (each.difference.kind == "data" and _may_hold(each.difference.name, resource))
    ]
    if is_national(change.difference.new):
        causes.append("the comparison of all provinces")
    return tuple(causes) or (ITSELF,)


def _may_hold(path: str, resource: str) -> bool:
    """Say whether a change of a file can be one of the rows of a table.

    >>> _may_hold("data/observations/trade.csv", "trade"), _may_hold("data/sources.csv", "trade")
    (True, False)
    """
    file = Path(path)
    named = resource in (file.stem, file.parent.name)
    return named or path.removeprefix("data/") in READ_BY_ALL


def _is_note(change: Change, changes: Sequence[Change]) -> bool:
    """Say whether a change is worth a word of its own: not if something else tells of it."""
    if change.counts or change.difference.name in _SYSTEM:
        return False
    told = [each.difference for each in changes if each.difference.kind == "rows"]
    return change.difference.kind != "data" or not any(
        _may_hold(change.difference.name, rows.new["resource"]) for rows in told
    )


def _wrong_libraries(old: Record, new: Record, lock: str) -> Iterator[Difference]:
    """Find versions in a record that the lock file it names does not have."""
    if _lock(old) != _lock(new):
        return
    # One for each version of Python where that makes a difference.
    pinned: dict[str, list[str]] = defaultdict(list)
    for name, version in _PINNED.findall(lock):
        pinned[name.lower().replace("_", "-")].append(version)
    for library in LIBRARIES:
        was = old[ENVIRONMENT].get(library)
        locked = pinned.get(library.replace("_", "-"))
        if locked and was not in locked:
            named = " or ".join(sorted(locked))
            cause = f"the record itself: {LOCK} has {library} {named}"
            yield Difference("library", library, was, named, (cause,))


def _surroundings(old: Record, new: Record, exact: bool) -> Iterator[str]:
    if old[ENVIRONMENT] != new[ENVIRONMENT]:
        compared = "every byte is the same"
        if not exact:
            compared = (
                f"numbers are compared to a relative {RELATIVE_TOLERANCE:g}, texts with their "
                "numbers set aside, PDFs not"
            )
        yield f"recorded on {_system(old)}, made again on {_system(new)}: {compared}"
    if PAGES not in old and PAGES in new:
        yield "the record has no pages; `neraca verify --accept` adds them"


def _system(record: Record) -> str:
    found = record[ENVIRONMENT]
    processor = f" ({found['processor']})" if "processor" in found else ""
    return f"{found.get('platform')}{processor} with Python {found.get('python')}"


def _lock(record: Record) -> Any:
    return record["code"].get(LOCK)


def _pairs(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """Give each name whose value differs, with the old and the new one."""
    for name, was, now in _all_pairs(old, new):
        if was != now:
            yield name, was, now


def _all_pairs(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    for name in sorted({*old, *new}):
        yield name, old.get(name), new.get(name)


def _verb(was: Any, now: Any) -> str:
    if was is None:
        return "is new"
    return "is gone" if now is None else "changed"


def _listed(value: Any) -> str:
    if not isinstance(value, list):
        return str(value)
    shown = [str(each) or "''" for each in value]
    return "/".join(shown[:4]) + (f" and {len(shown) - 4} more" if len(shown) > 4 else "")
