"""Measure Quarto on the executed reports of a project: one render each, and all in shards.

`python benchmarks/quarto_shards.py` prints the seconds of both on the clock as JSON.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

from analysis.errors import NeracaError
from neraca.pipeline.project import Project
from neraca.publish import publish, publish_many
from neraca.publish.renewal import executed_reports


def main() -> int:
    """Render all reports twice, into directories of their own."""
    root = Project.find(Path.cwd()).root
    indexes = [directory / "index.ipynb" for directory in executed_reports(root)]
    with tempfile.TemporaryDirectory(prefix="neraca-") as directory:
        start = time.perf_counter()
        for index in indexes:
            publish(index, root, Path(directory) / "alone")
        alone = time.perf_counter() - start
        start = time.perf_counter()
        published = publish_many(indexes, root, Path(directory) / "together")
        together = time.perf_counter() - start
    for error in published.failures.values():
        raise NeracaError(f"Quarto failed while it was measured: {error}")
    json.dump({"alone": alone, "together": together, "reports": len(indexes)}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
