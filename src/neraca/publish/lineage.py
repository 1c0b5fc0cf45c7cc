"""Find what a published number was made from, in what its notebook recorded of it."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from analysis import errors
from neraca.publish.syntax import parsed

SOURCES = Path(errors.__file__).parent.parent  # where the package `analysis` is

# What became of a printed figure, in words; `balance` and `cumulative` are figures nobody printed.
USES = {
    "": "in use",
    "same": "prints the same",
    "status": "set aside: not as sure",
    "release": "set aside: an earlier release",
    "dated": "set aside: the day of its release is not known",
    "kind": "set aside: a compilation",
    "source": "set aside: later in the order of sources",
    "doubtful": "in doubt, not used",
    "balance": "filled: what exports, imports and balance leave open",
    "cumulative": "filled: what a sum leaves open",
}

_END_OF_SENTENCE = re.compile(r"(?<=[.:])\s")


@dataclass(frozen=True)
class Formula:
    """What gives a number: a function, a constant, or a few words.

    Attributes:
        name: as the number names it.
        says: the first sentence of what the source says of it.
        formula: the formula with its reference, where the source has one.
        file: the source file, below the directory of the package; blank for words.
        line: where in it.

    """

    name: str
    says: str = ""
    formula: str = ""
    file: str = ""
    line: int = 0


@lru_cache(maxsize=256)
def formula_of(method: str) -> Formula:
    """Read what the source says of a method; nothing is imported.

    >>> found = formula_of("analysis.indicators.trade.trade_balance")
    >>> found.says
    'Subtract imports from exports, period by period or province by province.'
    >>> found.formula.startswith("X − M (United Nations")
    True
    >>> formula_of("analysis.catalog.composition.MINIMUM_COVERAGE_PERCENT").file
    'analysis/catalog/composition.py'
    >>> formula_of("count of provinces")
    Formula(name='count of provinces', says='', formula='', file='', line=0)

    """
    path, names = _place(method)
    if path is None:
        return Formula(method)
    text, tree = _parsed(path)
    file = path.relative_to(SOURCES).as_posix()
    node: ast.AST = tree
    for name in names:
        found = _member(node, name)
        if found is None:
            return Formula(method, file=file)
        node = found
    line = getattr(node, "lineno", 1)
    if isinstance(node, ast.Assign | ast.AnnAssign):
        return Formula(method, _comment(text, line), ast.unparse(node), file, line)
    said = ast.get_docstring(node) if isinstance(node, _DOCUMENTED) else None
    return Formula(method, _first_sentence(said or ""), _formula(said or ""), file, line)


def figures_of(indicator: Mapping[str, Any], series: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the figures of a series that a number rests on, in their order.

    Those that its own sources print for its period, where it names sources; of a number that is
    taken over as printed, those with its value and what was set aside for them; else all.

    >>> series = {"columns": ["time_period", "of", "value", "sources"],
    ...     "figures": [["2024", "", 1.0, "a"], ["2025", "", 2.0, "b"], ["2025", "", 3.0, "c"]]}
    >>> number = {"value": 2.0, "time_period": "2025", "sources": ["b"], "method": None}
    >>> [figure["sources"] for figure in figures_of(number, series)]
    ['b', 'c']
    >>> len(figures_of(number | {"sources": []}, series))
    3

    """
    figures = [dict(zip(series["columns"], row, strict=True)) for row in series["figures"]]
    own = set(indicator["sources"])
    if not own:
        return figures
    printed = [figure for figure in figures if own & set(figure["sources"].split())]
    if not printed:
        return figures
    period = indicator["time_period"]
    timely = [figure for figure in printed if _within(figure["time_period"], period)]
    timely = timely or [figure for figure in printed if _meet(figure["time_period"], period)]
    chosen = timely or printed
    if indicator["method"] is None:
        chosen = [item for item in chosen if item["value"] == indicator["value"]] or chosen
        same = {(item["time_period"], item["of"]) for item in chosen}
        return [item for item in figures if (item["time_period"], item["of"]) in same]
    return chosen


def use_of(figure: Mapping[str, Any]) -> str:
    """Say what became of a figure; where a table has a place for one and none, that it has none.

    >>> use_of({"value": 2.0, "sources": "a", "use": "same"})
    'prints the same'
    >>> use_of({"value": None, "sources": "", "use": ""})
    'not known'

    """
    missing = figure["value"] is None and not figure["sources"]
    return "not known" if missing else USES[figure["use"]]


_DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def _place(method: str) -> tuple[Path | None, list[str]]:
    """Split a method's name into its source file and the names inside it."""
    parts = method.split(".")
    if parts[0] != "analysis" or not re.fullmatch(r"[\w.]+", method):
        return None, []
    for count in range(len(parts), 0, -1):
        base = SOURCES.joinpath(*parts[:count])
        for path in (base.with_suffix(".py"), base / "__init__.py"):
            if path.is_file():
                return path, parts[count:]
    return None, []


@lru_cache(maxsize=64)
def _parsed(path: Path) -> tuple[str, ast.Module]:
    text = path.read_text(encoding="utf-8")
    return text, parsed(text)


def _member(node: ast.AST, name: str) -> ast.AST | None:
    for each in getattr(node, "body", ()):
        if getattr(each, "name", None) == name:
            return each
        targets = each.targets if isinstance(each, ast.Assign) else [getattr(each, "target", None)]
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            return each
    return None


def _comment(text: str, line: int) -> str:
    """Give the comment above a line."""
    above: list[str] = []
    for each in reversed(text.splitlines()[: line - 1]):
        if not each.startswith("#"):
            break
        above.insert(0, each.lstrip("#: "))
    return " ".join(above)


def _first_sentence(said: str) -> str:
    r"""Give the first sentence of a docstring.

    >>> _first_sentence("Add up the parts, 2.5 of them.\n\nMore.")
    'Add up the parts, 2.5 of them.'
    """
    paragraph = " ".join(said.partition("\n\n")[0].split())
    return _END_OF_SENTENCE.split(paragraph, maxsplit=1)[0]


def _formula(said: str) -> str:
    found = re.search(r"^Formula:\s*(.+?)(?=\n\n|\Z)", said, re.DOTALL | re.MULTILINE)
    return " ".join(found[1].split()) if found else ""


def _months(period: str) -> tuple[str, str]:
    """Give the first and the last month that a period touches.

    >>> _months("2025"), _months("2024-02/2025"), _months("2020-03-05")
    (('2025-01', '2025-12'), ('2024-02', '2025-12'), ('2020-03', '2020-03'))
    """
    first, _, last = period.partition("/")
    last = last or first
    return f"{first}-01"[:7], f"{last}-12"[:7]


def _within(period: str, whole: str) -> bool:
    (first, last), (begin, end) = _months(period), _months(whole)
    return begin <= first and last <= end


def _meet(period: str, other: str) -> bool:
    (first, last), (begin, end) = _months(period), _months(other)
    return first <= end and begin <= last
