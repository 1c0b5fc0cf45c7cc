"""Sections that compare the report's province with all others."""

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.catalog.basis import ORIGIN
from analysis.catalog.national import ComparedWorkers, months_compared
from analysis.indicators.series import NotComputed, Unit
from analysis.models.panel import PooledGrowth
from analysis.report.figures import provinces as figures
from analysis.report.narrative import provinces as narrative
from analysis.report.narrative.report import add_a_figure
from analysis.report.national import FLOWS, LEAST_PROVINCES
from analysis.report.page import Page
from analysis.report.sections.base import lacking
from analysis.report.tables import provinces as tables

# Frames of months that a reader can take in: the own province and those nearest to it.
FRAMES = 12

# A survey older than this, in years, compares nobody's present where the own figure lacks too.
OLD_SURVEY_YEARS = 5

# What small industry is shown by, in this order.
SHOWN = (
    "establishments",
    "workers",
    "value_added_per_worker",
    "labour_cost_per_worker",
    "using_internet_share",
    "with_loans_share",
    "in_partnership_share",
)

# The table lists amounts too, which in a picture would only repeat the size of the province.
LISTED = (*SHOWN[:2], "input", "output", "value_added", "labour_cost", *SHOWN[2:])


def trade(page: Page, compared: pd.DataFrame | None, basis: str) -> None:
    """Show the year's exports, imports and balance beside those of all provinces.

    Args:
        page: the page.
        compared: as `catalog.national.provinces_compared` gives it; None where it was not made.
        basis: basis of exports that the rest of the page uses.

    """
    page.heading(page.say("Compared with other provinces"), "provinces-trade")
    if compared is None:
        _not_made(page)
        return
    known = int(compared["export"].notna().sum())
    if known < LEAST_PROVINCES:
        page.missing(
            NotComputed("provinces_compared", LEAST_PROVINCES, known, Unit.SERIES),
            page.say("trade of the provinces compared"),
            page.say("A series is a province whose exports of {year} are complete.", year=page.year)
            + " "
            + add_a_figure(page, "trade"),
            inputs=[_totals_series(page, "export")],
        )
        return
    names = _names(page, compared.index)
    own = compared.loc[page.province.code]
    complete = compared.dropna(subset=["export", "import"])
    page.text(
        " ".join(
            [
                narrative.rank(page, _ranks(own), page.year),
                narrative.export_share(page, own["export_share"]),
            ]
        ).strip(),
        narrative.sums(
            page,
            complete["export"].sum(),
            complete["import"].sum(),
            complete["balance"].sum(),
            int((complete["balance"] > 0).sum()),
            len(complete),
        ),
        narrative.port_effect(page, basis, ORIGIN),
    )
    _record_trade(page, own, complete)
    shown = compared[compared[list(FLOWS)].notna().any(axis="columns")]
    figures.trade(
        page,
        shown.sort_values(["export", "import"], ascending=False, na_position="last"),
        names,
        ORIGIN,
        sorted(
            {name for flow in FLOWS for ids in shown[f"{flow}_sources"] for name in ids.split()}
        ),
    )
    page.text(_unshown(page, compared, names), _included(page, compared, names))
    _months(page, compared, names)


def industry(
    page: Page,
    measures: pd.DataFrame | None,
    workers: ComparedWorkers | None,
    growth: PooledGrowth | NotComputed | None,
) -> None:
    """Show the province's micro and small industry beside that of all provinces, and its growth.

    Args:
        page: the page.
        measures: as `catalog.national.imk_compared` gives them; None where not made.
        workers: as `catalog.national.workers_compared` gives them; None where not made.
        growth: the pooled growth of their counts; None where not made.

    """
    page.heading(page.say("Compared with other provinces"), "provinces-industry")
    if measures is None or workers is None or growth is None:
        _not_made(page)
        return
    _measures(page, measures)
    page.heading(page.say("Growth compared"), "provinces-growth")
    if isinstance(growth, NotComputed):
        page.missing(
            growth,
            page.say("growth of the provinces compared"),
            page.say("The collection has workers by province of few years only.")
            + " "
            + add_a_figure(page, "industry"),
            inputs=[_workers_series(page)],
        )
        return
    _growth(page, workers, growth)


def _not_made(page: Page) -> None:
    page.note(
        page.say("Not computed: comparison of the provinces"),
        page.say(
            "This page was run without the national comparison; "
            "`neraca report {province} {year}` makes it first.",
            province=page.province.slug,
            year=page.year,
        ),
    )


def _names(page: Page, codes: pd.Index) -> dict[str, str]:
    provinces = page.catalog.provinces
    return {code: provinces.by_code(code).name(page.language.code) for code in codes}


def _ranks(row: pd.Series) -> dict[str, str]:
    """Write the ranks of a row as the texts that stand in its file."""
    names = ("export_rank", "export_of", "balance_rank", "balance_of")
    return {name: "" if pd.isna(row[name]) else str(int(row[name])) for name in names}


def _totals_series(page: Page, flow: str) -> str:
    """Name the provinces' totals of the year as a series of the page."""
    return page.table(
        f"provinces_{flow}", "national", measured_in=(flow,), cited_in=f"{flow}_sources"
    )


def _measure_series(page: Page, measure: str) -> str:
    """Name what the survey found in all provinces as a series of the page."""
    return page.table(f"provinces_{measure}", "national_imk", measure=measure)


def _workers_series(page: Page) -> str:
    """Name the counted workers of the territories as a series of the page."""
    return page.table("counted_workers", "national_imk_workers")


def _record_trade(page: Page, own: pd.Series, complete: pd.DataFrame) -> None:
    year = str(page.year)
    series = {flow: [_totals_series(page, flow)] for flow in FLOWS}
    series["balance"] = series["export"] + series["import"]
    for name in ("export", "balance"):
        if pd.isna(own[f"{name}_rank"]):
            continue
        for part in ("rank", "of"):
            page.indicator(
                f"provinces_{name}_{part}",
                int(own[f"{name}_{part}"]),
                "rank" if part == "rank" else "provinces",
                year,
                obs_status="derived",
                method="analysis.indicators.ranking.rank_known",
                basis=ORIGIN,
                inputs=series[name],
            )
    if pd.notna(own["export_share"]):
        page.indicator(
            "provinces_export_share",
            own["export_share"],
            "percent of the sum over provinces",
            year,
            obs_status="derived",
            method="analysis.indicators.concentration.shares",
            basis=ORIGIN,
            inputs=series["export"],
        )
        if own["export_share"] < narrative.LEAST_SHARE:
            page.indicator(
                "provinces_export_share_below",
                narrative.LEAST_SHARE,
                "percent of the sum over provinces",
                year,
                obs_status="derived",
                method="analysis.report.narrative.provinces.LEAST_SHARE",
                basis=ORIGIN,
            )
    for name in (*FLOWS, "balance"):
        page.indicator(
            f"provinces_sum_{name}",
            complete[name].sum(),
            "million USD, sum over provinces",
            year,
            obs_status="derived",
            method="sum over the provinces with both totals",
            basis=None if name == "import" else ORIGIN,
            inputs=series[name],
        )
    counts = {
        "provinces_complete": len(complete),
        "provinces_with_surplus": int((complete["balance"] > 0).sum()),
    }
    _record_counts(page, counts, year, series["balance"])


def _record_counts(
    page: Page, counts: Mapping[str, int], period: str, inputs: Sequence[str]
) -> None:
    for name, value in counts.items():
        page.indicator(
            name,
            value,
            "provinces",
            period,
            obs_status="derived",
            method="count of provinces",
            basis=ORIGIN,
            inputs=inputs,
        )


def _unshown(page: Page, compared: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Name the provinces without a complete total, but none before it was founded."""
    provinces = page.catalog.provinces
    founded = [
        code
        for code in compared.index
        if (provinces.by_code(code).founded or page.year) <= page.year
    ]
    lacks = compared.loc[founded, list(FLOWS)].isna()

    def named(rows: pd.Series) -> list[str]:
        return [names[code] for code in rows.index[rows]]

    return narrative.without_total(
        page,
        named(lacks["export"] & lacks["import"]),
        named(lacks["export"] & ~lacks["import"]),
        named(~lacks["export"] & lacks["import"]),
    )


def _included(page: Page, compared: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Say which provinces' totals include those of others."""
    inside = compared[compared["inside"] != ""]
    return " ".join(
        narrative.inside(page, [names[code] for code in rows.index], names[str(parent)])
        for parent, rows in inside.groupby("inside")
    )


def _months(page: Page, compared: pd.DataFrame, names: Mapping[str, str]) -> None:
    """Show months of the province and those nearest to it in exports, where they are complete."""
    first = compared["window"].iloc[0]
    if not first:
        whole_years = int(compared["window_months"].eq(12).sum())
        page.missing(
            NotComputed("provinces_by_month", LEAST_PROVINCES, whole_years, Unit.SERIES),
            page.say("months of the provinces compared"),
            page.say(
                "A series is a province of which every month of {year} has exports and imports.",
                year=page.year,
            )
            + " "
            + add_a_figure(page, "trade"),
            inputs=[_totals_series(page, flow) for flow in FLOWS],
        )
        return
    length = 12 * (page.year - int(first[:4]) + 1)
    complete = compared[compared["window_months"] == length]
    codes = _nearest(page.province.code, compared, complete)
    rows = months_compared(page.catalog, page.year, codes)
    rows = rows[rows["time_period"] >= first]
    counts = {
        "complete": len(complete),
        "unframed": len(complete) - len(complete.index.intersection(codes)),
        "incomplete": len(compared) - len(complete),
    }
    span = f"{first}/{page.year}-12"
    _record_counts(
        page,
        {f"provinces_months_{name}": n for name, n in counts.items()},
        span,
        [_totals_series(page, flow) for flow in FLOWS],
    )
    page.text(_surpluses(page, rows, length, span))
    ranked = bool(pd.notna(compared.loc[page.province.code, "export_rank"]))
    shown = {code: names[code] for code in codes}
    figures.months(page, rows, shown, ORIGIN, counts, ranked=ranked)


def _surpluses(page: Page, rows: pd.DataFrame, length: int, span: str) -> str:
    """Say and record in how many months the provinces in the frames had a surplus."""
    known = rows.dropna(subset="balance")
    months = known.groupby("province_code").size()
    surplus = (known["balance"] > 0).groupby(known["province_code"]).sum()
    whole = months == length
    counts = {
        "provinces_framed_complete": int(whole.sum()),
        "provinces_always_surplus": int((whole & (surplus == length)).sum()),
        "provinces_never_surplus": int((whole & (surplus == 0)).sum()),
    }
    series = page.table(
        "provinces_months",
        "national_months",
        measured_in=("balance",),
        province_code=sorted(set(rows["province_code"])),
    )
    _record_counts(page, counts, span, [series])
    framed, always, never = counts.values()
    others = narrative.always_or_never(page, always, never, framed)
    own = page.province.code
    if own not in months.index:
        return others
    for name, value in (("surplus", int(surplus[own])), ("known", int(months[own]))):
        page.indicator(
            f"compared_months_{name}",
            value,
            "months",
            span,
            obs_status="derived",
            method="count of months",
            basis=ORIGIN,
            inputs=[series],
        )
    first, _, last = span.partition("/")
    own_words = narrative.surplus_months(page, int(surplus[own]), int(months[own]), first, last)
    return f"{own_words} {others}".lstrip()


def _nearest(own: str, compared: pd.DataFrame, complete: pd.DataFrame) -> list[str]:
    """Choose the provinces nearest in rank by exports that have every month, and the own one.

    Where the own one has no rank the others are the largest; without any month it has no frame.
    """
    ranks = compared["export_rank"]
    place = 0.0 if pd.isna(ranks[own]) else float(ranks[own])
    distance = (ranks[complete.index] - place).abs().drop(own, errors="ignore")
    has_months = compared.loc[own, "window_months"] > 0
    others = distance.sort_values(kind="stable").index[: FRAMES - int(has_months)]
    chosen = [own, *others] if has_months else list(others)
    return sorted(chosen, key=lambda code: float(ranks.fillna(len(compared))[code]))


def _measures(page: Page, measures: pd.DataFrame) -> None:
    shown = [name for name in SHOWN if (measures["measure"] == name).any()]
    if shown:
        rows = measures[measures["measure"].isin(shown)]
        listed = _own_measures(page, measures, LISTED)
        own = listed[listed.index.isin(shown)]
        if own.empty and int(rows["year"].max()) < page.year - OLD_SURVEY_YEARS:
            _only_an_old_survey(page, int(rows["year"].max()))
            return
        page.text(
            _measured(page, rows, own),
            page.say(
                "The figures collected here come without the survey's own error: provinces close "
                "to one another may not differ at all."
            ),
        )
        figures.industry(page, rows, shown, _names(page, pd.Index(rows["province_code"].unique())))
        if len(own) > 1:
            sources = {name for ids in listed["source_ids"] for name in ids.split()}
            columns = ["year", "value", "median", "unit", "rank", "of"]
            tables.industry(page, listed[columns], sources)
        _record_measures(page, listed)
    unknown = [narrative.measure(page, name) for name in SHOWN if name not in shown]
    if unknown:
        lacking(
            page,
            page.say("Not shown: measures that few provinces have"),
            page.say(
                "Up to {year} fewer than half of the provinces have a figure of: {measures}.",
                year=page.year,
                measures=page.language.listing(unknown),
            ),
            "industry",
        )


def _own_measures(page: Page, measures: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Give the province's own figures in the order of their names, with the median of all."""
    rows = measures[measures["measure"].isin(names)]
    own = rows[rows["province_code"] == page.province.code].set_index("measure")
    own = own.reindex([name for name in names if name in own.index])
    middles = rows.groupby("measure")["value"].median()
    return own.assign(median=middles.reindex(own.index))


def _only_an_old_survey(page: Page, year: int) -> None:
    """Say that neither a recent survey nor a figure of the province's own is there to compare."""
    lacking(
        page,
        page.say("Not shown: small industry of the provinces compared"),
        page.say(
            "The latest survey of which the collection has figures of half of the provinces or "
            "more is of {year}, and {province} has none of its own in it.",
            year=year,
            province=page.place,
        ),
        "industry",
    )


def _measured(page: Page, rows: pd.DataFrame, own: pd.DataFrame) -> str:
    """Say of which year the comparison is, how many provinces it has, and the own ranks."""
    year = int(rows["year"].max())
    of = int(rows.loc[rows["year"] == year, "of"].max())
    first = page.language.count(
        "BPS's survey of micro and small industry of {year} gives figures for {number} province.",
        "BPS's survey of micro and small industry of {year} gives figures for {number} provinces.",
        of,
        year=year,
    )
    page.indicator(
        "provinces_in_survey",
        of,
        "provinces",
        str(year),
        obs_status="derived",
        method="count of provinces",
        inputs=[_measure_series(page, str(rows["measure"].iloc[0]))],
    )
    if own.empty:
        second = page.say("{province} has none of its own in it.", province=page.place)
    else:
        second = narrative.industry_rank(page, own)
    return f"{first} {second}"


def _record_measures(page: Page, own: pd.DataFrame) -> None:
    for name, row in own.iterrows():
        series = _measure_series(page, str(name))
        page.indicator(
            f"imk_{name}_compared",
            row["value"],
            row["unit"],
            str(int(row["year"])),
            obs_status=row["obs_status"],
            sources=row["source_ids"].split(),
            inputs=[series],
        )
        for part in ("rank", "of"):
            page.indicator(
                f"imk_{name}_{part}",
                int(row[part]),
                "rank" if part == "rank" else "provinces",
                str(int(row["year"])),
                obs_status="derived",
                method="analysis.indicators.ranking.rank_known",
                inputs=[series],
            )


def _growth(page: Page, workers: ComparedWorkers, growth: PooledGrowth) -> None:
    names = {code: narrative.territory(page, members) for code, members in workers.members.items()}
    own = workers.territory(page.province)
    page.text(
        narrative.common_movement(page, growth, len(growth.provinces)),
        narrative.pooling(page, growth),
        narrative.own_growth(page, names[own], growth.provinces.loc[own])
        if own is not None and own in growth.provinces.index
        else "",
    )
    sources = sorted({name for ids in workers.figures["source_ids"] for name in ids.split()})
    shown = _names(page, growth.provinces.index)
    joined = [code for code, members in workers.members.items() if len(members) > 1]
    figures.growth(page, growth, shown, joined, own, sources)
    # The own province's reason first: it is what its reader looks for.
    reasons = sorted(workers.left_out.items(), key=lambda item: item[0] != own)
    page.text(" ".join(narrative.left_out(page, names[code], why) for code, why in reasons))
    _record_growth(page, growth, own)


def _record_growth(page: Page, growth: PooledGrowth, own: str | None) -> None:
    provinces = growth.provinces
    period = f"{provinces['first_year'].min()}/{provinces['last_year'].max()}"
    values: dict[str, tuple[float, str, str]] = {
        "territories": (len(provinces), "territories", period),
        "raw_lowest": (provinces["raw"].min(), "percent a year", period),
        "raw_highest": (provinces["raw"].max(), "percent a year", period),
        "between": (growth.between, "standard deviation in logarithms", period),
        "shrinkage": (100 * provinces["shrinkage"].mean(), "percent", period),
    }
    for bound in ("estimate", "lower", "upper"):
        values[f"mean_{bound}"] = (getattr(growth.national, bound), "percent a year", period)
    for row in growth.periods.itertuples():
        years = f"{row.first_year}/{row.last_year}"
        for bound in ("growth", "lower", "upper"):
            name = f"common_{row.first_year}_{row.last_year}_{bound}"
            values[name] = (getattr(row, bound), "percent a year", years)
    if own in provinces.index:
        for bound in ("raw", "growth", "lower", "upper"):
            values[f"own_{bound}"] = (provinces.loc[own, bound], "percent a year", period)
    for name, (value, unit, years) in values.items():
        page.indicator(
            f"imk_workers_pooled_{name}",
            value,
            unit,
            years,
            obs_status="derived" if "raw" in name or name == "territories" else "estimated",
            method="analysis.models.panel.pooled_growth",
            inputs=[_workers_series(page)],
        )
