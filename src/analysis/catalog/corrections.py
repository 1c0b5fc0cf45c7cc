"""Corrections as declared data: what is put right in a source's figures, why, and until when."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from analysis.errors import NeracaError


@dataclass(frozen=True)
class Correction:
    """One declared correction of one observation.

    Attributes:
        id: name of the correction.
        resource: table that holds the observation.
        key: columns and values that select exactly one row.
        action: `replace` it with `value`, `drop` it, or keep it as in `doubt`.
        expect: value that stands in the data as long as the error does.
        reason: why.
        source: what shows it.
        value: the right value, for `replace`.

    """

    id: str
    resource: str
    key: dict[str, str]
    action: str
    expect: float
    reason: str
    source: str
    value: float | None = None


def load_yaml(path: Path) -> Any:
    """Read a file of plain YAML by the library's parser in C, where it was built with it.

    It takes a tenth of the other's time; every notebook waits for it.

    >>> from analysis.project import data_directory
    >>> list(load_yaml(data_directory() / "links.yml"))
    ['links']

    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506


def load_corrections(data: Path) -> tuple[Correction, ...]:
    """Read the declared corrections from `corrections.yml` of a data directory.

    Raises:
        NeracaError: if a declaration lacks a field or has one too many, or names another action.

    >>> from analysis.project import data_directory
    >>> {correction.action for correction in load_corrections(data_directory())}
    {'doubt'}

    """
    content = load_yaml(data / "corrections.yml")
    return tuple(_correction(entry) for entry in content["corrections"])


def apply_corrections(
    frame: pd.DataFrame, resource: str, value: str, corrections: tuple[Correction, ...]
) -> pd.DataFrame:
    """Apply the corrections of one table.

    Args:
        frame: its rows; they are not changed.
        resource: its name; corrections of other tables are passed over.
        value: column of the figures.
        corrections: the declared ones.

    Returns:
        The rows with the columns `doubtful` and `correction` (its id, blank where there is none).

    Raises:
        NeracaError: if a correction does not select exactly one row, or the value it expects is
            gone: then the source has put it right, and the correction must be withdrawn.

    >>> frame = pd.DataFrame({"time_period": ["2022-07", "2022-08"], "value": [100.0, 11.0]})
    >>> tenfold = Correction(
    ...     "tenfold", "trade", {"time_period": "2022-07"}, "replace", 100.0, "why", "where", 10.0)
    >>> apply_corrections(frame, "trade", "value", (tenfold,))["value"].tolist()
    [10.0, 11.0]

    """
    result = frame.assign(doubtful=False, correction="")
    for correction in corrections:
        if correction.resource != resource:
            continue
        row = _row(result, correction)
        found = result.loc[row, value]
        if not math.isclose(found, correction.expect, rel_tol=1e-9):
            raise NeracaError(
                f"data/corrections.yml, {correction.id}: expects {correction.expect:g}, but the "
                f"figure is {found:g}. The error seems to be gone: withdraw the correction."
            )
        result.loc[row, "correction"] = correction.id
        if correction.action == "replace":
            result.loc[row, value] = correction.value
        elif correction.action == "doubt":
            result.loc[row, "doubtful"] = True
        else:
            result = result.drop(index=row)
    return result


def _row(frame: pd.DataFrame, correction: Correction) -> Any:
    selected = pd.Series(True, index=frame.index)
    for column, wanted in correction.key.items():
        selected &= frame[column] == wanted
    rows = frame.index[selected]
    if len(rows) != 1:
        raise NeracaError(
            f"data/corrections.yml, {correction.id}: its key selects {len(rows)} rows of "
            f"{correction.resource}, not one. Give it the columns that tell the row apart."
        )
    return rows[0]


def _correction(entry: dict[str, Any]) -> Correction:
    try:
        correction = Correction(**entry)
    except TypeError as error:
        raise NeracaError(f"data/corrections.yml: {error}. Run `neraca data check`.") from None
    if correction.action not in ("replace", "drop", "doubt"):
        raise NeracaError(
            f"data/corrections.yml, {correction.id}: there is no action {correction.action!r}; "
            "use replace, drop or doubt."
        )
    return correction
