"""Read ahead what every notebook reads, so that a process forked from this one has it already."""

from pathlib import Path

from analysis.catalog.tables import hold_tables
from analysis.catalog.trade import checked_links
from analysis.parameters import load_provinces
from analysis.project import data_directory


def prepare(data: Path | None = None) -> None:
    """Read the tables of a data directory, and hold declared links against their evidence.

    Nothing is read from what was prepared if its file has changed since. No read is recorded here;
    each catalog records its own.

    Args:
        data: directory with `datapackage.json`; by default the project's own.

    Raises:
        NeracaError: if a table cannot be read, or a link no longer holds. What was prepared by then
            stays, and the notebooks that need the rest say the same.

    >>> prepare()

    """
    data = data or data_directory()
    hold_tables(data)
    checked_links(data, tuple(province.code for province in load_provinces(data).all))
