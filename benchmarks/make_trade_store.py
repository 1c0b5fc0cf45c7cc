"""Make a large store of synthetic trade by HS8, port, country and month, to measure reads with.

`python benchmarks/make_trade_store.py --rows 50_000_000 --out DIR` writes a data directory that
declares the store and is marked as synthetic, so that no report is published from it.
"""

import argparse
import csv
import json
import multiprocessing
import shutil
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from analysis.catalog.package import DESCRIPTOR, read_package, seal
from analysis.catalog.store import Partition
from analysis.catalog.store_builder import PLACE, commit, declare, write_partition
from analysis.errors import NeracaError
from analysis.parameters.provinces import load_provinces
from analysis.project import data_directory

SEED = 20_250_101
YEARS = range(2015, 2025)

#: The one source of the figures, which says what they are.
SOURCE = "s00000000"
TITLE = "Synthetic figures for measurements, made up at random"

# What a table of this kind has: codes in use, countries, and ports of a province.
GOODS, COUNTRIES, PORTS = 5_000, 200, 8
EXPORT_SHARE = 0.6


@dataclass(frozen=True)
class Part:
    """The rows to make for one province and year."""

    directory: Path
    province_code: str
    year: int
    rows: int


def main() -> int:
    """Make the store and say how large it is."""
    asked = _arguments()
    start = time.perf_counter()
    try:
        partitions = make_store(asked.rows, asked.out, asked.workers)
    except NeracaError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    rows, size = sum(each.rows for each in partitions), sum(each.bytes for each in partitions)
    sys.stdout.write(
        f"{rows:,} rows in {len(partitions)} files, {size / 1e6:,.0f} MB, "
        f"{time.perf_counter() - start:.0f} s\n"
    )
    return 0


def make_store(rows: int, out: Path, workers: int) -> list[Partition]:
    """Make a data directory with a store of synthetic rows, and nothing else in it.

    Args:
        rows: number of rows in all, the same for each province and year but for the remainder.
        out: the directory, which must not exist or be empty.
        workers: processes that make rows at the same time; the bytes do not depend on it.

    Raises:
        NeracaError: if the directory holds anything, or the rows are too many to be different.

    """
    if out.exists() and any(out.iterdir()):
        raise NeracaError(f"{out} is not empty. Give a directory that does not exist.")
    _make_package(out)
    codes = [each.code for each in load_provinces(out).all if not each.is_country]
    directory = out / PLACE
    parts = list(_parts(directory, codes, rows))
    if workers == 1:
        partitions = [_write(part) for part in parts]
    else:
        # Fresh processes, as Arrow has threads and may not be forked.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers, mp_context=context) as pool:
            partitions = list(pool.map(_write, parts))
    commit(directory, partitions)
    declare(out)
    return partitions


def synthetic_rows(province_code: str, year: int, rows: int) -> pa.Table:
    """Make the rows of a province and year, each key once, in the order of the store.

    Goods and countries are unequal, as in trade: few of them have most of the rows.

    Raises:
        NeracaError: if there are not as many keys.

    """
    generator = np.random.default_rng([SEED, int(province_code), year])
    sizes = (2, GOODS, 12, PORTS, COUNTRIES)
    if rows > np.prod(sizes) // 20:
        raise NeracaError(f"{rows:,} rows a province and year are too many. Ask for fewer.")
    keys = np.empty(0, dtype=np.int64)
    while len(keys) < rows:
        drawn = _drawn_keys(generator, max(rows + rows // 4, 16), sizes)
        keys = np.union1d(keys, drawn)
    keys = np.sort(generator.permutation(keys)[:rows])
    flow, hs, month, port, partner = np.unravel_index(keys, sizes)
    # A lane's size, so that the value and the weight of the same goods belong together.
    size = generator.normal(9.0, 2.0, rows)
    members = names()
    return pa.table(
        {
            "flow": _texts(["export", "import"], flow),
            "hs": _texts(members["hs"], hs),
            "time_period": _texts([f"{year}-{month:02d}" for month in range(1, 13)], month),
            "port": _texts([f"SYNTHETIC PORT {number}" for number in range(PORTS)], port),
            "partner": _texts(members["partner"], partner),
            "value_usd": np.rint(np.exp(size)),
            "net_weight_kg": np.rint(np.exp(size - generator.normal(0.7, 0.5, rows))),
            "source_id": _texts([SOURCE], np.zeros(rows, dtype=np.int64)),
            "obs_status": _texts(["published"], np.zeros(rows, dtype=np.int64)),
        }
    )


@lru_cache(maxsize=1)
def names() -> dict[str, list[str]]:
    """Make codes of goods and countries in their order, the same for every province and year."""
    generator = np.random.default_rng(SEED)
    hs = 1_000_000 + generator.choice(97_000_000, GOODS, replace=False)
    partner = generator.choice(26**3, COUNTRIES, replace=False)
    letters = np.stack(np.unravel_index(np.sort(partner), (26, 26, 26)), axis=1) + ord("A")
    return {
        "hs": [f"{code:08d}" for code in np.sort(hs)],
        "partner": ["".join(map(chr, each)) for each in letters],
    }


def _drawn_keys(generator: np.random.Generator, count: int, sizes: tuple[int, ...]) -> np.ndarray:
    members = (
        generator.random(count) > EXPORT_SHARE,
        generator.random(count) ** 2 * sizes[1],
        generator.integers(0, sizes[2], count),
        generator.random(count) ** 2 * sizes[3],
        generator.random(count) ** 2 * sizes[4],
    )
    return np.ravel_multi_index([each.astype(np.int64) for each in members], sizes)


def _texts(members: list[str], codes: np.ndarray) -> pa.Array:
    return pa.array(members).take(pa.array(codes))


def _parts(directory: Path, codes: list[str], rows: int) -> Iterator[Part]:
    places = [(code, year) for code in codes for year in YEARS]
    each, more = divmod(rows, len(places))
    for number, (code, year) in enumerate(places):
        own = each + (number < more)
        if own:
            yield Part(directory, code, year, own)


def _write(part: Part) -> Partition:
    rows = synthetic_rows(part.province_code, part.year, part.rows)
    return write_partition(part.directory, part.province_code, part.year, rows)


def _make_package(out: Path) -> None:
    """Make a data directory with the provinces, the synthetic source and no figure."""
    published = data_directory(Path(__file__).parent)
    (out / "observations").mkdir(parents=True)
    package = read_package(published)
    kept = {"provinces", "sources", "corrections", "links"}
    package["resources"] = [each for each in package["resources"] if each["name"] in kept]
    for resource in package["resources"]:
        (out / resource["path"]).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(published / resource["path"], out / resource["path"])
    mark_synthetic(package)
    (out / "corrections.yml").write_text("corrections: []\nconfirmed: []\n", encoding="utf-8")
    (out / "links.yml").write_text("links: []\n", encoding="utf-8")
    write_sources(out, package, [SOURCE])
    (out / DESCRIPTOR).write_text(json.dumps(package, indent=2, ensure_ascii=False) + "\n")
    seal(out)


def mark_synthetic(package: dict[str, Any]) -> None:
    """Mark a data package as synthetic, and let its sources be of the kind `synthetic`."""
    package["synthetic"] = True
    package["name"] = "neraca-synthetic"
    package["title"] = "Synthetic figures for measurements: of no province, for no report"
    package["description"] = f"{TITLE}, in the form of the published ones."
    package["sources"] = [{"title": TITLE}]
    (sources,) = [each for each in package["resources"] if each["name"] == "sources"]
    for field in sources["schema"]["fields"]:
        if field["name"] == "kind":
            field["constraints"]["enum"] = ["synthetic"]


def write_sources(out: Path, package: dict[str, Any], source_ids: list[str]) -> None:
    """Write `sources.csv` with synthetic sources of these ids, and nothing else."""
    (sources,) = [each for each in package["resources"] if each["name"] == "sources"]
    columns = [field["name"] for field in sources["schema"]["fields"]]
    with (out / sources["path"]).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
        writer.writeheader()
        for source_id in source_ids:
            writer.writerow(
                {
                    "source_id": source_id,
                    "kind": "synthetic",
                    "title": TITLE,
                    "url": "https://example.org/synthetic",
                    "via": "made by benchmarks",
                }
            )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=50_000_000, help="number of rows")
    parser.add_argument("--out", type=Path, required=True, help="data directory to make")
    parser.add_argument("--workers", type=int, default=2, help="processes at the same time")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
