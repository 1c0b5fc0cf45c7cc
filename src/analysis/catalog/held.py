"""A table held in memory: its rows found by what stands in their columns, and written as CSV."""

import csv
import hashlib
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.errors import NeracaError

Filter = str | int | Collection[str] | Collection[int]


class _Places(NamedTuple):
    """Where the values of a column stand.

    Attributes:
        codes: the number of each row's value; of a missing one −1.
        numbers: value to its number.
        rows: positions of all rows, those with the same value together.
        starts: where in `rows` those of each number begin, and where the last end.

    """

    codes: np.ndarray
    numbers: dict[object, int]
    rows: np.ndarray
    starts: np.ndarray

    def numbers_of(self, wanted: Filter) -> list[int]:
        """Give the numbers of wanted values, as far as the column has them."""
        values = {wanted} if isinstance(wanted, str | int) else set(wanted)
        return [self.numbers[value] for value in values if value in self.numbers]

    def count(self, numbers: list[int]) -> int:
        """Count the rows with some values."""
        return int((self.starts[1:] - self.starts[:-1])[numbers].sum())

    def rows_of(self, numbers: list[int]) -> np.ndarray:
        """Give the positions of the rows with some values, in the table's order."""
        if not numbers:
            return self.rows[:0]
        found = [self.rows[self.starts[number] : self.starts[number + 1]] for number in numbers]
        return found[0] if len(found) == 1 else np.sort(np.concatenate(found))

    def have(self, numbers: list[int], positions: np.ndarray) -> np.ndarray:
        """Mark those of some rows that have one of some values."""
        admitted = np.zeros(len(self.numbers) + 1, dtype=bool)
        # A missing value has the code −1, which is the last place: nobody asks for it.
        admitted[numbers] = True
        return np.asarray(admitted[self.codes[positions]])


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
        self._found: dict[str, _Places] = {}
        self._lines: list[str | None] = [None] * len(frame)

    def find(self, filters: Mapping[str, Filter], until: int | None) -> np.ndarray:
        """Give the positions of the rows that match all filters, in their order.

        Args:
            filters: column to the value, or the collection of values, that it may have.
            until: keep rows whose period (of a statement: its date) ends in this year or before.

        Raises:
            NeracaError: for an unknown column, or `until` for a table without periods.

        """
        asked: list[tuple[_Places, list[int]]] = []
        for column, wanted in filters.items():
            if column not in self.frame:
                raise NeracaError(
                    f"The table {self.name!r} has no column {column!r}; it has "
                    f"{', '.join(self.frame.columns)}."
                )
            places = self._places(column)
            asked.append((places, places.numbers_of(wanted)))
        if asked:
            # What leaves the fewest rows goes first, so that few are held against the others.
            asked.sort(key=lambda each: each[0].count(each[1]))
            positions = asked[0][0].rows_of(asked[0][1])
        else:
            positions = np.arange(len(self.frame))
        for places, numbers in asked[1:]:
            positions = positions[places.have(numbers, positions)]
        if until is not None:
            positions = positions[self._last_years[positions] <= until]
        return positions

    def find_quickly(self) -> None:
        """Find out now which value each row has, in all columns, and not as each is asked for."""
        for column in self.frame:
            self._places(str(column))

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
            columns = [_blanks(cells[unwritten]) for cells in self._cells.values()]
            written = _written(zip(*columns, strict=True))
            for position, line in zip(unwritten, written, strict=True):
                lines[position] = line
        text = "".join([self._header, *(lines[position] or "" for position in asked)])
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def _header(self) -> str:
        return _written([self.frame.columns])[0]

    def columns(self, positions: np.ndarray) -> dict[str, list[object]]:
        """List the cells of the rows at some positions, by column.

        >>> held = HeldTable("ports", pd.DataFrame({"port": ["Panjang", "Belawan"]}))
        >>> held.columns(np.array([1]))
        {'port': ['Belawan']}

        """
        return {name: cells[positions].tolist() for name, cells in self._cells.items()}

    @cached_property
    def _cells(self) -> dict[str, np.ndarray]:
        return {str(name): self.frame[name].to_numpy() for name in self.frame}

    def _places(self, column: str) -> _Places:
        if column not in self._found:
            codes, values = pd.factorize(self.frame[column])
            rows = np.argsort(codes, kind="stable")
            starts = np.searchsorted(codes[rows], np.arange(len(values) + 1))
            numbers: dict[object, int] = {value: number for number, value in enumerate(values)}
            self._found[column] = _Places(codes, numbers, rows, starts)
        return self._found[column]

    @cached_property
    def _last_years(self) -> np.ndarray:
        dated = next((name for name in ("date", "time_period") if name in self.frame), None)
        if dated is None:
            raise NeracaError(
                f"The table {self.name!r} has no time_period, so it cannot be read until a year."
            )
        # A table has few distinct periods, so each is taken apart once.
        places = self._places(dated)
        ends = np.array([_last_year(str(period)) for period in places.numbers], dtype=int)
        return ends[places.codes]


def as_csv(rows: pd.DataFrame) -> str:
    r"""Write rows as CSV with a header, as pandas does, in a quarter of its time for a few rows.

    >>> rows = pd.DataFrame({"port": ["Panjang", "a, b"], "value": [1.5, None], "sure": True})
    >>> as_csv(rows) == rows.to_csv(index=False, lineterminator="\n")
    True

    """
    columns = (_blanks(rows[name]) for name in rows)
    return "".join(_written([rows.columns, *zip(*columns, strict=True)]))


def _written(records: Iterable[Iterable[object]]) -> list[str]:
    """Write records as CSV, a text each."""
    lines: list[str] = []
    writer = csv.writer(SimpleNamespace(write=lines.append), lineterminator="\n")
    writer.writerows(records)
    return lines


def _blanks(column: pd.Series | np.ndarray) -> list[object]:
    """List the cells of a column; a missing number, which differs from itself, is blank."""
    cells: list[object] = column.tolist()
    if column.dtype.kind != "f":
        return cells
    return [cell if cell == cell else None for cell in cells]


def _last_year(time_period: str) -> int:
    return int(time_period.rpartition("/")[2][:4])
