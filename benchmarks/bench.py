"""Measure the pipeline beside what it replaces, in one run, and write what came out.

`python benchmarks/bench.py` takes about an hour on two cores that nothing else uses; it
writes `results.md` and `results.json` beside this file. `--only` and `--quick` measure a part, or
little; what they find is printed, and written only where `--out` says.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from measurements import MEASUREMENTS, Bench
from results import Entry, line, machine, not_measured, write

from analysis.errors import NeracaError
from neraca.pipeline.project import Project

HERE = Path(__file__).parent
RUNS, PROVINCES, MOST, ROWS = 3, 8, 38, 50_000_000
QUICK_RUNS, QUICK_PROVINCES, QUICK_MOST, QUICK_ROWS = 1, 1, 2, 500_000


def main() -> int:
    """Measure what is asked for; fail where a bar is missed or a measurement fails."""
    asked = _arguments()
    names = asked.only or list(MEASUREMENTS)
    partial = bool(asked.only) or asked.quick
    try:
        project = Project.find(Path.cwd()).root
    except NeracaError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    with tempfile.TemporaryDirectory(prefix="neraca-bench-") as name:
        directory = Path(name).resolve()
        out = asked.out or (directory / "results" if partial else HERE)
        bench = Bench(
            project=project,
            directory=directory,
            runs=QUICK_RUNS if asked.quick else RUNS,
            loop_reports=asked.loop_reports,
            provinces=QUICK_PROVINCES if asked.quick else PROVINCES,
            most=QUICK_MOST if asked.quick else MOST,
            store=(asked.store or directory / "store").resolve(),
            rows=QUICK_ROWS if asked.quick else ROWS,
            results=out,
        )
        entries: list[Entry] = []
        for measurement in names:
            entries += _measured(bench, measurement)
            # What is known so far stays if the rest is interrupted.
            write(entries, out)
    return 0 if all(entry["met"] is not False and not _failed(entry) for entry in entries) else 1


def _measured(bench: Bench, name: str) -> list[Entry]:
    """Measure one thing; a failure is a line of the table, and stops no other."""
    start = time.perf_counter()
    try:
        results = MEASUREMENTS[name](bench)
    except NeracaError as error:
        # What else it says may name places on this machine, which are nothing to publish.
        reason = str(error).partition("\n")[0]
        sys.stderr.write(f"{error}\n")
        results = [not_measured(name, 0, "at most", _FAILED, reason)]
    entries = [result.entry(machine()) for result in results]
    for entry in entries:
        sys.stdout.write(f"{line(entry)}\n")
        sys.stdout.writelines(f"  {each}\n" for each in (entry["note"],) if each)
    sys.stdout.write(f"  ({name}: {time.perf_counter() - start:.0f} s)\n")
    sys.stdout.flush()
    return entries


_FAILED = "(failed)"  # stands where a unit would


def _failed(entry: Entry) -> bool:
    return bool(entry["unit"] == _FAILED)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", nargs="+", choices=MEASUREMENTS, help="measure these alone")
    parser.add_argument("--quick", action="store_true", help="one run, one province, to try it")
    parser.add_argument("--out", type=Path, help="directory of the results")
    parser.add_argument("--store", type=Path, help="directory of the large store, kept if given")
    parser.add_argument(
        "--loop-reports", type=int, default=PROVINCES, help="how many reports the loop makes"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
