"""The comparison of all provinces of a year: what it is made of, and its tables read again."""

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from analysis.catalog.industry import FIGURE, KEY, SCALE_MEASURES, LeftOut
from analysis.catalog.tables import Catalog
from analysis.errors import NeracaError
from analysis.parameters.provinces import Province

# The tables of a comparison; each is a file of `reports/national/<year>/`.
TOTALS = "national"
MONTHS = "national_months"
MEASURES = "national_imk"
COUNTS = "national_imk_workers"
TERRITORIES = "national_imk_territories"

# What BPS's survey of micro and small industry (IMK) is compared by, and the name of its figures.
MEASURED = {
    **SCALE_MEASURES,
    "using_internet": "imk_using_internet",
    "with_loans": "imk_with_loans",
    "in_partnership": "imk_in_partnership",
}


@dataclass(frozen=True)
class ComparedWorkers:
    """Workers of micro and small industry by territory, as the comparison of a year has them.

    Attributes:
        figures: a row per territory and year with `province_code`, `year`, `value` (persons),
            `obs_status` and `source_ids`.
        members: provinces that a territory takes in, by its code; itself first.
        left_out: why a territory takes no part, by its code.

    """

    figures: pd.DataFrame
    members: dict[str, tuple[Province, ...]]
    left_out: dict[str, LeftOut]

    @property
    def counts(self) -> pd.DataFrame:
        """The values, with a row per territory and a column per year."""
        figures = self.figures
        return figures.pivot(index="province_code", columns="year", values="value")  # noqa: PD010

    def territory(self, province: Province) -> str | None:
        """Give the code of the territory that a province belongs to; None where it has none."""
        return next((code for code, all_of in self.members.items() if province in all_of), None)


def imk_figures(catalog: Catalog, until: int) -> pd.DataFrame:
    """Give what the survey of micro and small industry (IMK) found in all provinces, if ever.

    Each measure is of the latest year in which at least half of all provinces have a figure of it;
    a figure that is doubtful is left out.

    Args:
        catalog: where to read.
        until: last year.

    Returns:
        Rows with `province_code`, `measure` (the keys of `MEASURED`) and those of
        `catalog.industry.FIGURE`: establishments in units, workers in persons, money in million
        IDR.

    >>> rows = imk_figures(Catalog(), 2025)
    >>> rows.groupby("measure").size().loc[["establishments", "with_loans"]].tolist()
    [38, 38]
    >>> imk_figures(Catalog(), 2024)[["measure", "year"]].drop_duplicates().to_numpy().tolist()
    [['workers', 2014]]

    """
    codes = [province.code for province in catalog.provinces.all if not province.is_country]
    measures = {indicator: measure for measure, indicator in MEASURED.items()}
    observations = catalog.read(
        "industry", province_code=codes, indicator=list(measures), sub_period="", until=until
    )
    chosen = catalog.reconcile(observations, KEY, "value")
    chosen = chosen[~chosen["doubtful"].astype(bool)]
    chosen = chosen.assign(
        year=chosen["time_period"].str[:4].astype(int), measure=chosen["indicator"].map(measures)
    )
    known = chosen.groupby(["measure", "year"])["province_code"].transform("nunique")
    wide = chosen[known >= len(codes) / 2]
    latest = wide[wide["year"] == wide.groupby("measure")["year"].transform("max")]
    return latest[["province_code", "measure", *FIGURE]].sort_values(
        ["measure", "province_code"], ignore_index=True
    )


def provinces_compared(catalog: Catalog, year: int) -> pd.DataFrame | None:
    """Give the year's trade of all provinces by code; None if no comparison has been made.

    Returns:
        A frame indexed by code with `export`, `import`, `balance`, `cover_ratio` and
        `export_share` (percent of the sum over provinces); of both totals the known months, the
        status, the way of knowing and the sources; ranks; `window` (first month of those
        compared), `window_months` (months of it that have both flows) and `inside` (code of the
        province whose figures include these, or blank).

    """
    rows = catalog.read_national(TOTALS, year)
    if rows is None:
        return None
    texts = [
        name
        for name in rows
        if name in ("province_code", "window", "inside")
        or name.endswith(("_status", "_known_by", "_sources"))
    ]
    return _numbers(rows, texts).set_index("province_code")


def months_compared(catalog: Catalog, year: int, codes: Collection[str]) -> pd.DataFrame:
    """Give the months of some provinces that the comparison of a year has.

    Returns:
        Rows with `province_code`, `time_period`, `export`, `import`, `balance` (million USD) and
        `source_ids`.

    Raises:
        NeracaError: if no comparison of that year has been made.

    """
    rows = catalog.read_national(MONTHS, year, province_code=sorted(codes))
    if rows is None:
        raise NeracaError(
            f"There is no comparison of the provinces of {year}; `neraca report` makes it."
        )
    return _numbers(rows, ["province_code", "time_period", "source_ids"])


def imk_compared(catalog: Catalog, year: int) -> pd.DataFrame | None:
    """Give what the IMK survey found in all provinces; None if no comparison has been made.

    Returns:
        Rows with `province_code`, `measure`, `year`, `value`, `unit`, `obs_status`, `rank`, `of`
        and `source_ids`.

    """
    rows = catalog.read_national(MEASURES, year)
    if rows is None:
        return None
    return _numbers(rows, ["province_code", "measure", "unit", "obs_status", "source_ids"])


def workers_compared(catalog: Catalog, year: int) -> ComparedWorkers | None:
    """Give the workers that the comparison of a year counts; None if none has been made."""
    rows = catalog.read_national(COUNTS, year)
    territories = catalog.read_national(TERRITORIES, year)
    if rows is None or territories is None:
        return None
    by_code = territories.set_index("province_code")
    provinces = catalog.provinces
    return ComparedWorkers(
        figures=_numbers(rows, ["province_code", "unit", "obs_status", "source_ids"]).astype(
            {"year": int}
        ),
        members={
            str(code): tuple(provinces.by_code(member) for member in members.split())
            for code, members in by_code["members"].items()
        },
        left_out={
            str(code): LeftOut(reason) for code, reason in by_code["left_out"].items() if reason
        },
    )


def _numbers(rows: pd.DataFrame, texts: Collection[str]) -> pd.DataFrame:
    """Turn the columns that are not texts into numbers, blank ones into missing."""
    numbers = {
        name: pd.to_numeric(rows[name].replace("", None)) for name in rows if name not in texts
    }
    return rows.assign(**numbers)
