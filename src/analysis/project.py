"""Where the figures lie: the `data` directory of the project that a caller stands in."""

from pathlib import Path

from analysis.errors import NeracaError


def data_directory(start: Path | None = None) -> Path:
    """Find the directory that holds `datapackage.json`.

    Looks for `data/datapackage.json` in `start` (default: the current directory) and upward, so
    that a notebook opened anywhere in a project reads that project's figures and no other's.

    Raises:
        NeracaError: if none of these places belongs to a project.

    """
    origin = (start or Path.cwd()).resolve()
    for place in (origin, *origin.parents):
        if (place / "data" / "datapackage.json").is_file():
            return place / "data"
    raise NeracaError(
        f"No data/datapackage.json in {origin} or above it. "
        "Change into the project's directory, or pass the data directory."
    )
