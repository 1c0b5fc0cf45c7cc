"""What is known of a province: by month and by year, subject by subject."""

from enum import StrEnum

import pandas as pd

from analysis.catalog.basis import link_basis
from analysis.catalog.commodities import COFFEE, loaded_by_month
from analysis.catalog.composition import MINIMUM_COVERAGE_PERCENT
from analysis.catalog.industry import LARGE_AND_MEDIUM
from analysis.catalog.tables import Catalog
from analysis.catalog.trade import VALUE, TradeFlows, checked_links
from analysis.parameters.provinces import Province

#: What is known by month, in the order of the report.
MONTHLY_SUBJECTS = (
    "export",
    "import",
    "balance",
    "export_products",
    "import_products",
    "partners",
    "coffee_loaded",
)

# Of the survey's counts only those of all its establishments: names that go on otherwise are of
# one branch, one district or one difficulty (`imk_establishments_food`).
_ALL_AND_BY_SCALE = r"(_micro|_small)?"

#: What is known by year: the table, and the pattern that the names of its indicators match whole.
YEARLY_SUBJECTS = {
    "imk_establishments": ("industry", f"imk_establishments{_ALL_AND_BY_SCALE}"),
    "imk_workers": ("industry", f"imk_workers{_ALL_AND_BY_SCALE}"),
    "imk_output": (
        "industry",
        f"(imk_output|imk_value_added_market_prices){_ALL_AND_BY_SCALE}",
    ),
    "ibs": ("industry", "|".join(LARGE_AND_MEDIUM)),
    "agency_counts": ("industry", "((large_)?industry|ikm)_units_agency.*"),
    "manufacturing": ("economy", "grdp_manufacturing.*"),
    "pad": ("revenue", "pad_realised.*"),
    "targets": ("targets", ".*"),
    "villages": ("villages", "(?!.*rattan).*"),
    "rattan": ("villages", ".*rattan.*"),
}


class State(StrEnum):
    """How a figure is known; of a list `listed` where it covers enough, else `part`."""

    PUBLISHED = "published"
    DERIVED = "derived"
    APPROXIMATE = "approximate"
    DOUBTFUL = "doubtful"
    LISTED = "listed"
    PART = "part"


_COLUMNS = ["subject", "time_period", "state"]


def known_by_month(
    catalog: Catalog, province: Province, flows: TradeFlows, basis: str, until: int
) -> pd.DataFrame:
    """List the months for which a figure of each subject is known, and how.

    Args:
        catalog: the figures.
        province: whose figures.
        flows: its totals up to the same year.
        basis: basis of exports.
        until: last year.

    Returns:
        Rows with `subject` (one of `MONTHLY_SUBJECTS`), `time_period` and `state`, each subject and
        month once. A balance is known only where it was printed as such; a product list counts as
        `listed` where its chapters cover enough of the month's total to be shown, else, and for
        partners always, as `part`.

    Raises:
        NeracaError: if a declared link of bases no longer holds.

    >>> from analysis.catalog.trade import trade_flows
    >>> catalog = Catalog()
    >>> lampung = catalog.province("lampung")
    >>> flows = trade_flows(catalog, lampung, 2020)
    >>> known = known_by_month(catalog, lampung, flows, "origin", 2020)
    >>> known.loc[known["time_period"] == "2020-01", "subject"].tolist()
    ['export', 'import', 'balance', 'partners', 'coffee_loaded']

    """
    totals = [_total_months(flows, flow, basis) for flow in ("export", "import", "balance")]
    rows = catalog.read(
        "trade",
        province_code=province.code,
        dimension=["hs", "partner"],
        period_type="month",
        until=until,
    )
    lists = [_list_months(catalog, province, flows, rows, flow) for flow in ("export", "import")]
    partners = rows[(rows["dimension"] == "partner") & (rows["flow"] == "export")]
    loaded = loaded_by_month(catalog, COFFEE, until, province)
    coffee = {
        row.time_period: State.DOUBTFUL if row.doubtful else State(row.obs_status)
        for row in loaded.itertuples()
    }
    named = dict.fromkeys(partners["time_period"].unique(), State.PART)
    found = dict(zip(MONTHLY_SUBJECTS, [*totals, *lists, named, coffee], strict=True))
    return pd.DataFrame(
        [
            (subject, month, months[month])
            for subject, months in found.items()
            for month in sorted(months)
        ],
        columns=_COLUMNS,
    )


def known_by_year(catalog: Catalog, province: Province, until: int) -> pd.DataFrame:
    """List for each of `YEARLY_SUBJECTS` the years of which a figure is known.

    Returns:
        Rows with `subject`, `table`, `years` (a tuple, oldest first) and `figures` (their number),
        in that order; a subject without any has none.

    >>> catalog = Catalog()
    >>> known = known_by_year(catalog, catalog.province("lampung"), 2025)
    >>> known.set_index("subject").loc["imk_establishments", "years"]
    (2020, 2021, 2023, 2025)

    """
    tables = {table for table, _ in YEARLY_SUBJECTS.values()}
    rows = {
        table: catalog.read(table, province_code=province.code, until=until)
        for table in sorted(tables)
    }
    found = []
    for subject, (table, names) in YEARLY_SUBJECTS.items():
        sound = rows[table][~rows[table]["doubtful"].astype(bool)]
        own = sound[sound["indicator"].str.fullmatch(names)]
        years = tuple(sorted({int(period[-4:]) for period in _ends(own["time_period"])}))
        found.append((subject, table, years, len(own)))
    return pd.DataFrame(found, columns=["subject", "table", "years", "figures"])


def _ends(periods: pd.Series) -> list[str]:
    """Give the year in which each period ends."""
    return [str(period).rpartition("/")[2][:4] for period in periods]


def _total_months(flows: TradeFlows, flow: str, basis: str) -> dict[str, State]:
    rows = flows.monthly_rows(flow, basis)
    if flow == "balance":
        rows = rows[rows["filled_by"] == ""]
    return {
        row.time_period: State.DOUBTFUL if row.doubtful else State(row.obs_status)
        for row in rows.itertuples()
    }


def _list_months(
    catalog: Catalog, province: Province, flows: TradeFlows, rows: pd.DataFrame, flow: str
) -> dict[str, State]:
    """Hold each month's list of chapters against the month's total."""
    chapters = rows[
        (rows["flow"] == flow)
        & rows["item"].str.fullmatch(r"\d\d")
        & ~rows["item_name"].str.contains("(", regex=False)
    ]
    if chapters.empty:
        return {}
    linked = link_basis(chapters, checked_links(catalog.data, (province.code,)))
    key = ["time_period", "flow", "basis", "item"]
    chosen = catalog.reconcile(linked, key, VALUE)
    found: dict[str, State] = {}
    for (month, basis), listed in chosen.groupby(["time_period", "basis"])["value"].sum().items():
        total = flows.value(month, flow, basis)
        # As in `composition`: more than the total and its rounding is not a list of it.
        enough = (
            total is not None
            and total["value"] > 0
            and MINIMUM_COVERAGE_PERCENT <= 100 * listed / total["value"] <= 100.5
        )
        if enough or month not in found:
            found[month] = State.LISTED if enough else State.PART
    return found
