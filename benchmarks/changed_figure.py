"""Tell which reports read a figure, from their records and the tables alone.

That is what the pipeline has to find out by itself when the figure changes. Here it is found
another way, without the catalog and without any kept state: by comparing what a report asked for
with the one row that changes, and with the rows of the national comparison before and after.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

Read = Mapping[str, Any]
# The tables of all years' comparisons of provinces, by year and name.
Comparisons = Mapping[tuple[int, str], pd.DataFrame]


@dataclass(frozen=True)
class Change:
    """A figure to change.

    Attributes:
        path: of its table's file, below the data directory.
        value: name of the column that holds it.
        selector: value of some columns; the first row that has them is changed.

    """

    path: str
    value: str
    selector: Mapping[str, str]

    def make(self, data: Path) -> dict[str, str]:
        """Change the last digit of the figure; give its row."""
        path = data / self.path
        rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
        chosen = rows[self.value] != ""
        for name, value in self.selector.items():
            chosen &= rows[name] == value
        number = rows.index[chosen][0]
        rows.loc[number, self.value] = another(str(rows.loc[number, self.value]))
        rows.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")
        return {str(name): str(value) for name, value in rows.loc[number].items()}


def another(figure: str) -> str:
    """Give a figure with another last digit.

    >>> another("12.30"), another("9")
    ('12.31', '8')

    """
    last = int(figure[-1])
    return f"{figure[:-1]}{last + 1 if last < 9 else last - 1}"


def comparisons(root: Path) -> Comparisons:
    """Read the tables of all years' comparisons of provinces, by year and name."""
    return {
        (int(path.parent.name), path.stem): pd.read_csv(path, dtype=str, keep_default_na=False)
        for path in root.glob("reports/national/*/*.csv")
    }


def readers(
    root: Path,
    table: str,
    row: Mapping[str, str],
    before: Comparisons,
    after: Comparisons,
) -> set[str]:
    """Give the addresses of the reports that read a changed row, or what followed from it.

    Args:
        root: of the project.
        table: that the row is of.
        row: the row, by column.
        before: comparisons of all provinces before the change.
        after: the same after it.

    """
    return {
        path.parent.relative_to(root).as_posix()
        for path in root.glob("reports/??/*/*/record.json")
        if any(
            read["resource"] == table and matches(read["filters"], row)
            if not read["resource"].startswith("national")
            else differs(read, before, after)
            for read in _reads(path)
        )
    }


def matches(filters: Mapping[str, Any], row: Mapping[str, str]) -> bool:
    """Tell whether a question takes in a row.

    >>> row = {"province_code": "18", "time_period": "2024-03/2025-02"}
    >>> matches({"province_code": ["00", "18"], "until": 2025}, row)
    True
    >>> matches({"province_code": ["00", "18"], "until": 2024}, row)
    False

    """
    for name, asked in filters.items():
        if name == "until":
            last = row["time_period"].split("/")[-1]
            if int(last[:4]) > asked:
                return False
        elif row[name] not in (asked if isinstance(asked, list) else [asked]):
            return False
    return True


def differs(
    read: Read,
    before: Comparisons,
    after: Comparisons,
) -> bool:
    """Tell whether a question to the comparison of a year has another answer than before."""
    filters = dict(read["filters"])
    key = filters.pop("year"), read["resource"]
    then, now = (_asked(tables.get(key), filters) for tables in (before, after))
    return then != now


def _asked(table: pd.DataFrame | None, filters: Mapping[str, Any]) -> list[dict[str, str]]:
    if table is None:
        return []
    return [row for row in table.to_dict("records") if matches(filters, row)]


def _reads(path: Path) -> Iterable[Read]:
    record = json.loads(path.read_text(encoding="utf-8"))
    return [read for reads in record["reads"].values() for read in reads]
