"""Measure reads of a province and year from a large store: the catalog beside pandas.

`python benchmarks/large_store.py --store DIR [--json FILE]` reads the store that
`make_trade_store.py` wrote. Each figure is the median of reads in fresh processes, a process a
read, the sides in turn. They have imported their libraries before the clock starts; what a process
does once at its first read counts, and so does what finds the file (the catalog reads the store's
manifest, pandas lists its directories). Beside it stands the second read of another province in
the same process.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from make_trade_store import names
from memory import own_peak

from analysis.catalog.store_builder import PLACE, STORED, TABLE

YEAR = 2024

#: Read first, and read after it in the same process.
PROVINCES = ("18", "35")

FASTER_BAR, MEMORY_BAR = 2.0, 300.0

#: What is asked of a province and year, beside them; goods and countries are those of most rows.
SLICES: dict[str, dict[str, str | list[str]]] = {
    "a province-year slice": {},
    "a province-year slice, exports to one country": {
        "flow": "export",
        "partner": names()["partner"][0],
    },
    "a province-year slice, twenty goods": {"hs": names()["hs"][:20]},
}

#: `pandas` gives texts as such, as it does unless it is told; the last one is told to give them as
#: categories, as the catalog does.
SIDES = ("catalog", "pandas", "pandas, categories")

#: Columns of text.
TEXTS = [each.name for each in STORED if str(each.type) == "string"]

Measured = dict[str, float]


def main() -> int:
    """Measure both sides in turn, print, write, and fail where a bar is missed."""
    asked = _arguments()
    if asked.side:
        sys.stdout.write(json.dumps(_measure(asked.side, asked.slice, asked.store)))
        return 0
    results = [
        entry
        for name in SLICES
        for entry in _entries(name, read_both(asked.store, name, asked.repeats), asked.repeats)
    ]
    if asked.json:
        asked.json.write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    return 0 if all(each["met"] for each in results) else 1


def read_both(store: Path, name: str, repeats: int) -> dict[str, list[Measured]]:
    """Read a slice so often with each side, in turn; give what each process measured.

    Each round begins with the next side: memory that a process leaves is cheaper for the one after
    it than what has lain idle, above all on a virtual machine.
    """
    runs: dict[str, list[Measured]] = {side: [] for side in SIDES}
    for turn in range(repeats):
        first = turn % len(SIDES)
        for side in (*SIDES[first:], *SIDES[:first]):
            command = [sys.executable, __file__, "--store", store, "--side", side, "--slice", name]
            done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603
            runs[side].append(json.loads(done.stdout))
    return runs


def _measure(side: str, name: str, store: Path) -> Measured:
    """Read one slice of two provinces, one after the other, in this process."""
    read = _reader(side, store, SLICES[name])
    measured: Measured = {}
    for order, province_code in zip(("first", "later"), PROVINCES, strict=True):
        start, start_cpu = time.perf_counter(), time.process_time()
        measured[f"{order}_rows"] = read(province_code)
        measured[order] = time.perf_counter() - start
        measured[f"{order}_cpu"] = time.process_time() - start_cpu
    measured["memory"] = own_peak()
    return measured


def _reader(side: str, store: Path, filters: dict[str, Any]) -> Callable[[str], int]:
    if side == "catalog":
        return _catalog_reader(store, filters)
    options = {"read_dictionary": TEXTS} if side == "pandas, categories" else {}
    return _pandas_reader(store, filters, options)


def _catalog_reader(store: Path, filters: dict[str, Any]) -> Callable[[str], int]:
    import analysis.catalog.store  # noqa: F401
    from analysis.catalog import Catalog

    catalog = Catalog(store)

    def read(province_code: str) -> int:
        return len(catalog.read(TABLE, province_code=province_code, year=YEAR, **filters))

    return read


def _pandas_reader(
    store: Path, filters: dict[str, Any], options: dict[str, Any]
) -> Callable[[str], int]:
    import pandas as pd
    import pyarrow.dataset
    import pyarrow.parquet  # noqa: F401

    place = store / PLACE
    conditions = [
        (name, "in" if isinstance(value, list) else "==", value) for name, value in filters.items()
    ]

    def read(province_code: str) -> int:
        # pandas takes the codes in the paths for numbers.
        files = [("province_code", "==", int(province_code)), ("year", "==", YEAR), *conditions]
        return len(pd.read_parquet(place, filters=files, **options))

    return read


def _entries(name: str, runs: dict[str, list[Measured]], repeats: int) -> list[dict[str, Any]]:
    """Put what was measured of a slice into figures with their bars, and print them."""
    rows = {each["first_rows"] for measured in runs.values() for each in measured}
    if len(rows) != 1:
        raise SystemExit(f"{name}: the two sides give different rows: {sorted(rows)}")
    sys.stdout.write(f"{name}: {int(rows.pop()):,} rows\n")
    entries = []
    for order in ("first", "later"):
        sides = {side: _median(measured, order) for side, measured in runs.items()}
        ratio = sides["pandas"] / sides["catalog"]
        spread = [
            f"{side} {sides[side] * 1000:.0f} ms "
            f"({min(each[order] for each in measured) * 1000:.0f} to "
            f"{max(each[order] for each in measured) * 1000:.0f}; "
            f"CPU {_median(measured, f'{order}_cpu') * 1000:.0f})"
            for side, measured in runs.items()
        ]
        sys.stdout.write(f"  {order} read: {', '.join(spread)}: {ratio:.1f} times faster\n")
        entries.append(_entry(f"{name}, {order} read", ratio, FASTER_BAR, "times faster", repeats))
    memory = {side: max(each["memory"] for each in measured) for side, measured in runs.items()}
    told = ", ".join(f"{side} {most:.0f} MB" for side, most in memory.items())
    sys.stdout.write(f"  memory: {told}\n")
    entries.append(_entry(f"{name}, memory", memory["catalog"], MEMORY_BAR, "MB", repeats))
    return entries


def _median(measured: list[Measured], name: str) -> float:
    return statistics.median(each[name] for each in measured)


def _entry(name: str, value: float, bar: float, unit: str, repeats: int) -> dict[str, Any]:
    met = value < bar if unit == "MB" else value >= bar
    return {
        "name": name,
        "value": round(value, 2),
        "bar": bar,
        "unit": unit,
        "met": met,
        "runs": repeats,
    }


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--store", type=Path, required=True, help="data directory with the store")
    parser.add_argument("--repeats", type=int, default=5, help="processes a side and slice")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--slice", choices=tuple(SLICES), help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
