"""A table held in memory: its rows found by what stands in their columns, and written as CSV."""

import csv
import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from types import SimpleNamespace

import numpy as np
import pandas as pd

from analysis.errors import NeracaError

Filter = str | int | Collection[str] | Collection[int]


class HeldTable:
    """Hold a table and what was found out about it: which value each row has, its line as CSV.

    A report asks the same few tables many times for a few rows each. Only the rows that are found
    are copied, and each is written once however often it is digested.

    >>> held = HeldTable("ports", pd.DataFrame({"port": ["Panjang", "Belawan"]}))
    >>> held.take(held.find({"port": "Belawan"}, None))["port"].tolist()
    ['Belawan']

    """

    def __init__(self, name: str, frame: pd.DataFrame) -> None:
        self.name = name
        self.frame = frame
        self._found: dict[str, tuple[np.ndarray, dict[object, int]]] = {}
        self._lines: list[str | None] = [None] * len(frame)

    def find(self, filters: Mapping[str, Filter], until: int | None) -> np.ndarray:
        """Give the positions of the rows that match all filters, in their order.

        Args:
            filters: column to the value, or the collection of values, that it may have.
            until: keep rows whose period (of a statement: its date) ends in this year or before.

        Raises:
            NeracaError: for an unknown column, or `until` for a table without periods.

        """
        positions = np.arange(len(self.frame))
        for column, wanted in filters.items():
            if column not in self.frame:
                raise NeracaError(
                    f"The table {self.name!r} has no column {column!r}; it has "
                    f"{', '.join(self.frame.columns)}."
                )
            positions = positions[self._has(column, wanted, positions)]
        if until is not None:
            positions = positions[self._last_years[positions] <= until]
        return positions

    def find_quickly(self) -> None:
        """Find out now which value each row has, in all columns, and not as each is asked for."""
        for column in self.frame:
            self._codes(str(column))

    def take(self, positions: np.ndarray) -> pd.DataFrame:
        """Copy the rows at some positions, numbered from zero."""
        rows = self.frame.take(positions)
        rows.index = pd.RangeIndex(len(rows))
        return rows

    def digest(self, positions: np.ndarray) -> str:
        r"""Give the SHA-256 of the rows at some positions, written as `as_csv` does.

        >>> held = HeldTable("ports", pd.DataFrame({"port": ["Panjang", "Belawan"]}))
        >>> held.digest(np.array([1])) == hashlib.sha256(b"port\nBelawan\n").hexdigest()
        True

        """
        lines = self._lines
        asked = positions.tolist()
        unwritten = [position for position in asked if lines[position] is None]
        if unwritten:
            written = _written(_records(self.frame.take(unwritten)))
            for position, line in zip(unwritten, written, strict=True):
                lines[position] = line
        text = "".join([self._header, *(lines[position] or "" for position in asked)])
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def _header(self) -> str:
        return _written([self.frame.columns])[0]

    def _has(self, column: str, wanted: Filter, positions: np.ndarray) -> np.ndarray:
        """Mark those of some rows that have a wanted value."""
        codes, numbers = self._codes(column)
        admitted = np.zeros(len(numbers) + 1, dtype=bool)
        for value in (wanted,) if isinstance(wanted, str | int) else wanted:
            if value in numbers:
                admitted[numbers[value]] = True
        # A missing value has the code −1, which is the last place: nobody asks for it.
        return np.asarray(admitted[codes[positions]])

    def _codes(self, column: str) -> tuple[np.ndarray, dict[object, int]]:
        if column not in self._found:
            codes, values = pd.factorize(self.frame[column])
            self._found[column] = codes, {value: code for code, value in enumerate(values)}
        return self._found[column]

    @cached_property
    def _last_years(self) -> np.ndarray:
        dated = next((name for name in ("date", "time_period") if name in self.frame), None)
        if dated is None:
            raise NeracaError(
                f"The table {self.name!r} has no time_period, so it cannot be read until a year."
            )
        # A table has few distinct periods, so each is taken apart once.
        codes, numbers = self._codes(dated)
        ends = np.array([_last_year(str(period)) for period in numbers], dtype=int)
        return ends[codes]


def as_csv(rows: pd.DataFrame) -> str:
    r"""Write rows as CSV with a header, as pandas does, in a quarter of its time for a few rows.

    >>> rows = pd.DataFrame({"port": ["Panjang", "a, b"], "value": [1.5, None], "sure": True})
    >>> as_csv(rows) == rows.to_csv(index=False, lineterminator="\n")
    True

    """
    return "".join(_written([rows.columns, *_records(rows)]))


def _records(rows: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    return zip(*(_cells(rows[name]) for name in rows), strict=True)


def _written(records: Iterable[Iterable[object]]) -> list[str]:
    """Write records as CSV, a text each."""
    lines: list[str] = []
    writer = csv.writer(SimpleNamespace(write=lines.append), lineterminator="\n")
    writer.writerows(records)
    return lines


def _cells(column: pd.Series) -> list[object]:
    """List the cells of a column; a missing number, which differs from itself, is blank."""
    cells = column.tolist()
    if column.dtype.kind != "f":
        return cells
    return [cell if cell == cell else None for cell in cells]


def _last_year(time_period: str) -> int:
    return int(time_period.rpartition("/")[2][:4])
