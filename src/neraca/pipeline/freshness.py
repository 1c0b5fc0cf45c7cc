"""Tell of each report whether it still is what the figures and the code would make it now."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from analysis.errors import NeracaError
from neraca.pipeline.inputs import Inputs, is_national, resource_key
from neraca.pipeline.national import NOTEBOOK, has_national
from neraca.pipeline.project import Project
from neraca.pipeline.record import recorded_reads
from neraca.pipeline.state import State, confirmed, read_state, renew_state
from neraca.publish.failures import FAILURE
from neraca.publish.renewal import (
    STAGING_KEY,
    is_fresh,
    page_key,
    publisher_name,
    publishing_key,
)
from neraca.publish.stage import ORDER

Condition = Literal["fresh", "stale", "failed", "missing"]
Task = Literal["nothing", "render", "execute"]

CONDITIONS: tuple[Condition, ...] = ("fresh", "stale", "failed", "missing")

_UNKNOWN = "what it was made from is not known: it was interrupted, or made elsewhere"


@dataclass(frozen=True)
class Judgement:
    """What a report is, why, and what would make it fresh.

    Attributes:
        language, province, year: its address.
        condition: `fresh`; `stale`, if it is no longer what it would be made now; `failed`, if
            the last attempt left none; or `missing`.
        task: what is left to do: `nothing`, `render` what was executed, or `execute`.
        reasons: why it is not fresh, as far as is known.

    """

    language: str
    province: str
    year: int
    condition: Condition
    task: Task
    reasons: tuple[str, ...] = ()


class Judge:
    """Judge reports by what is there now; what was looked at once is not looked at again."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.inputs = Inputs(project)
        self._national: dict[int, tuple[str, ...]] = {}

    def report(self, asked: Mapping[str, Any]) -> Judgement:
        """Judge the report that is asked for.

        Args:
            asked: every parameter, defaults included.

        """
        directory = self.project.at(asked["language"], asked["province"], asked["year"])
        return self._judged(directory, read_state(directory), asked)

    def made(self, language: str, province: str, year: int) -> Judgement:
        """Judge the report at an address, asked for with the parameters that it was made with."""
        directory = self.project.at(language, province, year)
        state = read_state(directory)
        address = {"language": language, "province": province, "year": year}
        return self._judged(directory, state, {**(state.parameters if state else {}), **address})

    def national(self, year: int) -> tuple[str, ...]:
        """Give the reasons why the national comparison of a year must be made again; none if not.

        A project without the notebook has no comparison, and its reports go without.
        """
        if year not in self._national:
            self._national[year] = self._national_reasons(year)
        return self._national[year]

    @cached_property
    def publisher(self) -> str:
        """Name the publisher that renders pages now.

        Raises:
            NeracaError: if QUARTO_PATH names a program that cannot be used.

        """
        return publisher_name()

    def _national_reasons(self, year: int) -> tuple[str, ...]:
        if not has_national(self.project):
            return ()
        directory = self.project.national(year)
        if not (directory / f"{NOTEBOOK}.ipynb").is_file():
            return ("it was not made",)
        return self._execution_reasons(
            directory, read_state(directory), {"year": year}, (NOTEBOOK,)
        )

    def _judged(self, directory: Path, state: State | None, asked: Mapping[str, Any]) -> Judgement:
        condition, task, reasons = self._condition(directory, state, asked)
        failure = _failure(directory)
        if failure is not None:
            condition, reasons = "failed", (failure,)
            task = "render" if task == "nothing" else task
        address = asked["language"], asked["province"], asked["year"]
        return Judgement(*address, condition, task, reasons)

    def _condition(
        self, directory: Path, state: State | None, asked: Mapping[str, Any]
    ) -> tuple[Condition, Task, tuple[str, ...]]:
        page = self.project.site / directory.relative_to(self.project.root)
        if not (directory / "index.ipynb").is_file():
            if (page / "index.html").is_file():
                return "stale", "execute", ("what its page was made from is gone",)
            return "missing", "execute", ()
        year = asked["year"]
        first, last = self.inputs.report_years
        if not first <= year <= last:
            return "stale", "execute", (f"the figures allow reports for {first} to {last}",)
        reasons = self._execution_reasons(directory, state, asked, ORDER)
        if self.national(year):
            reasons += (f"the national comparison of {year} must be made again",)
        if reasons:
            return "stale", "execute", reasons
        reasons = self._page_reasons(page, state)
        return ("stale", "render", reasons) if reasons else ("fresh", "nothing", ())

    def _execution_reasons(
        self,
        directory: Path,
        state: State | None,
        asked: Mapping[str, Any],
        notebooks: Sequence[str],
    ) -> tuple[str, ...]:
        """Give the reasons why a directory of executed files is not what it would be now."""
        if state is None:
            return (_UNKNOWN,)
        now = self.inputs.execution(tuple(notebooks))
        reasons = _differences(state.parameters, asked) + _changes(state.execution, now)
        if reasons:
            return reasons
        held = confirmed(directory, self.project.root, state)
        if held is None:
            return ("its executed files are not those that were made",)
        reasons = self._resource_reasons(directory, held)
        if reasons:
            return reasons
        # What was found out once is kept, so that the next look is as quick as if nothing changed.
        resources = {key: self.inputs.resource(key) for key in held.resources}
        renewed = replace(held, resources=resources)
        if renewed != state:
            renew_state(directory, renewed)
        return ()

    def _resource_reasons(self, directory: Path, state: State) -> tuple[str, ...]:
        """Ask each question again that a report put to a table that has changed since."""
        changed = {
            key for key, digest in state.resources.items() if self.inputs.resource(key) != digest
        }
        if not changed:
            return ()
        found: set[str] = set()
        try:
            if "trade" in changed:
                self.inputs.require_sound_links()
            for read in recorded_reads(directory):
                key = resource_key(read)
                if key in changed and self.inputs.replay(read) != read["sha256"]:
                    found.add("the national comparison" if is_national(read) else key)
        except NeracaError as error:
            return (str(error).partition("\n")[0],)
        except Exception:  # whatever stands in a table that nobody has checked yet
            tables = ", ".join(sorted(changed))
            return (f"{tables} cannot be read; `neraca data check` says why",)
        return tuple(f"other rows in {table}" for table in sorted(found))

    def _page_reasons(self, page: Path, state: State | None) -> tuple[str, ...]:
        if state is None:
            return (_UNKNOWN,)
        if state.staging != STAGING_KEY:
            return ("the code that puts reports together changed",)
        document = page / "index.pdf"
        if not (page / "index.html").is_file():
            return ("it has no page",)
        if not document.is_file() or not document.stat().st_size:
            return ("its page has no PDF",)
        if not is_fresh(page / "index.html", page_key(state.content, self._publishing)):
            return ("the publisher, src/neraca/publish or _quarto.yml changed",)
        return ()

    @cached_property
    def _publishing(self) -> str:
        return publishing_key(self.project.root, self.publisher)


def addresses(project: Project) -> list[tuple[str, str, int]]:
    """Give language, province and year of every report that is there in any condition."""
    root = project.root
    found = {
        path.parent.relative_to(base).parts[1:]
        for base in (root, project.site)
        for name in ("index.ipynb", "index.html", "failure.json")
        for path in base.glob(f"reports/??/*/[0-9][0-9][0-9][0-9]/{name}")
    }
    return sorted((language, province, int(year)) for language, province, year in found)


def _differences(then: Mapping[str, Any], asked: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the parameters that differ.

    >>> _differences({"year": 2025, "horizon_months": 6}, {"year": 2025, "horizon_months": 12})
    ('other parameters: horizon_months 6 -> 12',)
    """
    differing = [
        f"{name} {then.get(name)} -> {asked.get(name)}"
        for name in sorted({*then, *asked})
        if then.get(name) != asked.get(name)
    ]
    return (f"other parameters: {', '.join(differing)}",) if differing else ()


def _changes(then: Mapping[str, str], now: Mapping[str, str]) -> tuple[str, ...]:
    names = sorted({*then, *now})
    return tuple(f"{name} changed" for name in names if then.get(name) != now.get(name))


def _failure(directory: Path) -> str | None:
    """Give in one line why a report could not be made the last time; None if it could."""
    try:
        content = json.loads((directory / FAILURE).read_text(encoding="utf-8"))
        return str(content["message"]).partition("\n")[0]
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError):
        return f"{FAILURE} says why, and cannot be read"
