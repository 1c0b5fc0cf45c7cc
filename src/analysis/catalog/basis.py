"""Which exports a figure without a stated basis belongs to: declared links, and balances."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analysis.catalog.corrections import load_yaml
from analysis.errors import NeracaError

NOT_STATED = ""
ORIGIN = "origin"
PORT_OF_LOADING = "port-of-loading"

# Largest difference between a balance and its own exports − imports, million USD; binary fractions
# may add a little to it.
BALANCE_TOLERANCE = 0.1


@dataclass(frozen=True)
class Link:
    """A declaration that a province's figures without basis are those of a stated basis.

    Attributes:
        id: name of the declaration.
        province_code: BPS code.
        flow: `export`.
        from_basis: basis as printed, usually blank.
        to_basis: basis that it stands for.
        first, last: months of the evidence, `YYYY-MM`.
        tolerance_percent: largest difference allowed in any month that both have.
        minimum_months: least number of months that both must have.

    """

    id: str
    province_code: str
    flow: str
    from_basis: str
    to_basis: str
    first: str
    last: str
    tolerance_percent: float
    minimum_months: int


def load_links(data: Path) -> tuple[Link, ...]:
    """Read the declared links from `links.yml` of a data directory.

    Raises:
        NeracaError: if a declaration lacks a field or has one too many.

    >>> from analysis.project import data_directory
    >>> (link,) = load_links(data_directory())
    >>> link.province_code, link.from_basis, link.to_basis
    ('18', '', 'origin')

    """
    declared = load_yaml(data / "links.yml")["links"]
    return tuple(_link(entry) for entry in declared)


def check_link(link: Link, series: pd.DataFrame) -> None:
    """Refuse a link whose evidence no longer holds.

    Args:
        link: the declaration.
        series: reconciled months of the link's province and flow: `time_period`, `basis`, `value`.

    Raises:
        NeracaError: if too few months are common, or one differs by more than is declared.

    >>> link = Link("l", "18", "export", "", "origin", "2022-01", "2022-01", 0.2, 1)
    >>> series = pd.DataFrame({"time_period": "2022-01", "basis": ["", "origin"],
    ...     "value": [100.0, 103.0]})
    >>> check_link(link, series)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    analysis.errors.NeracaError: data/links.yml, l: in 2022-01 the two differ by ...

    """
    window = series[series["time_period"].between(link.first, link.last)]
    by_basis = window.set_index(["time_period", "basis"])["value"].unstack("basis")  # noqa: PD010
    common = by_basis.reindex(columns=[link.from_basis, link.to_basis]).dropna()
    if len(common) < link.minimum_months:
        raise NeracaError(
            f"data/links.yml, {link.id}: {len(common)} months have both bases, the declaration "
            f"asks for {link.minimum_months}. Correct the declaration or withdraw the link."
        )
    difference = (common[link.from_basis] / common[link.to_basis] - 1).abs() * 100
    if difference.max() > link.tolerance_percent:
        raise NeracaError(
            f"data/links.yml, {link.id}: in {difference.idxmax()} the two differ by "
            f"{difference.max():.2f} percent, more than {link.tolerance_percent:g}. "
            "Look at the new figures, then correct the declaration or withdraw the link."
        )


def link_basis(frame: pd.DataFrame, links: Iterable[Link]) -> pd.DataFrame:
    """Give observations of linked series, and their balances, the basis that they stand for.

    Args:
        frame: observations with `province_code`, `flow` and `basis`; it is not changed.
        links: declared links, their evidence checked.

    Returns:
        The same rows, those of linked series with the basis that they are linked to.

    >>> link = Link("l", "18", "export", "", "origin", "2022-01", "2025-12", 0.2, 32)
    >>> frame = pd.DataFrame({"province_code": "18", "flow": ["export", "import"], "basis": ""})
    >>> link_basis(frame, [link])["basis"].tolist()
    ['origin', '']

    """
    columns = (frame[name].tolist() for name in ("province_code", "flow", "basis"))
    linked = {
        (link.province_code, flow, link.from_basis): link.to_basis
        for link in links
        for flow in (link.flow, "balance")
    }
    bases = [linked.get(place, place[-1]) for place in zip(*columns, strict=True)]
    return frame.assign(basis=pd.Series(bases, frame.index, dtype=frame["basis"].dtype))


def balance_basis(flows: pd.DataFrame) -> pd.DataFrame:
    """Give each published balance the basis whose export it reproduces.

    A balance belongs to the basis for which export − import comes within `BALANCE_TOLERANCE`
    of it (releases round and revise). Where no export or import of its period is known,
    it keeps the basis that it was printed with.

    Args:
        flows: observations of one province with `source_id`, `time_period`, `flow`, `basis` and
            `value_usd_million`, links already applied.

    Returns:
        The same rows, those of the flow `balance` with their basis.

    >>> flows = pd.DataFrame({"source_id": "a", "time_period": "2024-02",
    ...     "flow": ["export", "export", "import", "balance"],
    ...     "basis": ["origin", "port-of-loading", "", ""],
    ...     "value_usd_million": [127.03, 366.80, 123.22, 243.58]})
    >>> balance_basis(flows)["basis"].tolist()
    ['origin', 'port-of-loading', '', 'port-of-loading']

    """
    columns = ["time_period", "flow", "basis", "value_usd_million"]
    rows = list(zip(*(flows[name].tolist() for name in columns), strict=True))
    exports: dict[str, list[tuple[str, float]]] = defaultdict(list)
    imports: dict[str, list[float]] = defaultdict(list)
    for period, flow, basis, value in rows:
        if flow == "export":
            exports[period].append((basis, value))
        elif flow == "import":
            imports[period].append(value)
    bases = [basis for _, _, basis, _ in rows]
    for position, (period, flow, basis, balance) in enumerate(rows):
        if flow != "balance" or basis != NOT_STATED:
            continue
        fitting = {
            basis
            for basis, export in exports[period]
            if any(
                abs(export - value - balance) <= BALANCE_TOLERANCE + 1e-9
                for value in imports[period]
            )
        }
        if len(fitting) == 1:
            bases[position] = fitting.pop()
    return flows.assign(basis=pd.Series(bases, flows.index, dtype=flows["basis"].dtype))


def _link(entry: dict[str, object]) -> Link:
    try:
        return Link(**entry)  # type: ignore[arg-type]
    except TypeError as error:
        raise NeracaError(f"data/links.yml: {error}. Run `neraca data check`.") from None
