"""Figures of exports, imports and their balance, by month and by year."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from analysis.catalog.territory import TerritoryBreak
from analysis.catalog.trade import TradeFlows
from analysis.indicators.trade import trade_balance
from analysis.models.completion import CompletedYear
from analysis.report import display, theme, words
from analysis.report.figures.axes import draw_breaks, months_axis, numbers_axis, with_period
from analysis.report.page import Page

FLOWS = ("export", "import")
COLOURS = {"export": theme.EXPORT, "import": theme.IMPORT}
# A hatch tells imports from exports where colour cannot.
HATCHES = {"export": "", "import": "//"}

# A longer span would press the months of a phone's screen into one another.
MONTHLY_YEARS = 8


ANNUAL_YEARS = 12

# Of the width that a month has in the picture, its bar takes this share; in points.
_PICTURE_POINTS = 300
_BAR_SHARE = 0.75

_BAR_WIDTH = 0.4


def monthly_flows(page: Page, flows: TradeFlows, basis: str) -> None:
    """Draw exports and imports by month over the balance."""
    table = _monthly_table(page, flows, basis)
    with theme.styled():
        figure = theme.new_figure(5.0)
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
        dates = table.index.to_timestamp()
        for flow, style in (("export", "-"), ("import", "--")):
            upper.plot(
                dates,
                table[flow],
                color=COLOURS[flow],
                linestyle=style,
                label=words.flow(page.language, flow),
            )
            lone = _lone(table[flow])
            upper.plot(
                dates[lone], table.loc[lone, flow], color=COLOURS[flow], marker=".", linestyle=""
            )
            _mark_doubtful(upper, dates, table, flow)
        upper.set_title(page.say("Million USD a month"))
        upper.set_ylim(bottom=0)
        width = min(12.0, _BAR_SHARE * _PICTURE_POINTS / len(table))
        # As lines, which are drawn at once: a patch for every month takes as long as all the rest.
        lower.vlines(dates, 0, table["balance"], colors=_signs(table["balance"]), linewidth=width)
        lower.axhline(0, color=theme.QUIET, linewidth=0.8)
        lower.set_title(page.say("Balance: exports less imports"))
        figure.legend(*upper.get_legend_handles_labels(), loc="outside lower center", ncols=2)
        months_axis(lower)
        numbers_axis(page, upper, lower)
    known = table["balance"].dropna()
    surplus = int((known > 0).sum())
    display.show_figure(
        figure,
        "monthly-flows",
        caption=page.say(
            "Exports, imports and trade balance of {province} by month, {first} to {last}. "
            "{valuation} Gaps are months without a sound figure in the collection.",
            province=page.place,
            first=page.language.month(table.index[0]),
            last=page.language.month(table.index[-1]),
            valuation=words.valuation(page.language, basis),
        )
        + _doubt_note(page, table),
        alt=page.say(
            "Two charts over the same months. Above, lines of exports (lowest {export_low}, "
            "highest {export_high} million USD) and imports (lowest {import_low}, highest "
            "{import_high}). Below, bars of the balance; months with both figures: {known}, of "
            "which with a surplus: {surplus}.",
            export_low=page.language.number(table["export"].min(), 1),
            export_high=page.language.number(table["export"].max(), 1),
            import_low=page.language.number(table["import"].min(), 1),
            import_high=page.language.number(table["import"].max(), 1),
            surplus=surplus,
            known=len(known),
        ),
        source=page.source_line(_flow_sources(flows, basis, table.index)),
        # Counted up to each month, so that the counts of the words above stand in the file too.
        data=with_period(table).assign(
            surplus_months=(table["balance"] > 0).cumsum().to_numpy(),
            known_months=table["balance"].notna().cumsum().to_numpy(),
        ),
    )


def annual_flows(
    page: Page,
    annual: pd.DataFrame,
    basis: str,
    sources: Sequence[str],
    breaks: Sequence[TerritoryBreak],
    completed: Mapping[str, Mapping[int, CompletedYear]],
) -> None:
    """Draw exports beside imports by year, modelled totals hollow, over the balance.

    Args:
        page: the page.
        annual: indexed by year with `export`, `import` and `balance`, million USD, and
            `export_known_by` and `import_known_by`.
        basis: basis of exports.
        sources: of the totals.
        breaks: declared changes of the territory, which no bar across them is compared over.
        completed: by flow the years that a model completes.

    """
    table = _annual_table(annual, completed)
    with theme.styled():
        figure = theme.new_figure(4.4)
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
        for flow, side in (("export", -1), ("import", 1)):
            _draw_years(upper, table, flow, side)
        _mark_sums(upper, table)
        lower.bar(range(len(table)), table["balance"], width=0.7, color=_signs(table["balance"]))
        lower.axhline(0, color=theme.QUIET, linewidth=0.8)
        lower.set_title(page.say("Balance: exports less imports"))
        upper.set_title(page.say("Million USD a year"))
        lower.set_xticks(range(len(table)), _year_labels(table.index))
        name = page.say("change of territory")
        ends = [(int(item.last_with[:4]), name) for item in breaks]
        draw_breaks(upper, list(table.index), ends)
        _annual_legend(page, figure, table)
        numbers_axis(page, upper, lower)
    display.show_figure(
        figure,
        "annual-flows",
        caption=" ".join(
            [
                page.say(
                    "Exports, imports and balance of {province} by year. {valuation}",
                    province=page.place,
                    valuation=words.valuation(page.language, basis),
                ),
                *_annual_notes(page, table),
            ]
        ),
        alt=_annual_words(page, table),
        source=page.source_line(sources),
        data=table.drop(columns=["export_modelled", "import_modelled"]).reset_index(names="year"),
    )


def _annual_table(
    annual: pd.DataFrame, completed: Mapping[str, Mapping[int, CompletedYear]]
) -> pd.DataFrame:
    """Give every calendar year of the picture, published totals apart from modelled ones."""
    columns = ["export", "import", "balance", "export_known_by", "import_known_by"]
    years = annual.index[annual[["export", "import"]].notna().any(axis="columns")]
    modelled = [year for totals in completed.values() for year in totals]
    last = max([*years, *modelled])
    first = max(min([*years, *modelled]), last - ANNUAL_YEARS + 1)
    table = annual[columns].reindex(range(first, last + 1))
    for flow in FLOWS:
        totals = completed.get(flow, {})
        for name, bound in (("estimate", "estimate"), ("lower", "lower"), ("upper", "upper")):
            table[f"{flow}_{name}"] = pd.Series(
                {year: getattr(item.total, bound) for year, item in totals.items()}, dtype=float
            )
        table[f"{flow}_modelled"] = table[f"{flow}_estimate"].notna()
        how = table[f"{flow}_known_by"].fillna("")
        table[f"{flow}_known_by"] = how.mask(table[f"{flow}_modelled"], "modelled")
    return table


def _draw_years(axes: Axes, table: pd.DataFrame, flow: str, side: int) -> None:
    positions = np.arange(len(table)) + side * _BAR_WIDTH / 2
    known = table[flow].notna().to_numpy()
    axes.bar(
        positions[known],
        table.loc[known, flow],
        width=_BAR_WIDTH,
        color=COLOURS[flow],
        hatch=HATCHES[flow],
        edgecolor="white",
        linewidth=0,
    )
    modelled = table[f"{flow}_modelled"].to_numpy()
    if not modelled.any():
        return
    estimates = table.loc[modelled, f"{flow}_estimate"]
    reach = [
        estimates - table.loc[modelled, f"{flow}_lower"],
        table.loc[modelled, f"{flow}_upper"] - estimates,
    ]
    axes.bar(
        positions[modelled],
        estimates,
        width=_BAR_WIDTH,
        facecolor="white",
        edgecolor=COLOURS[flow],
        linestyle="--",
        linewidth=1.2,
        yerr=reach,
        error_kw={"ecolor": theme.INK, "elinewidth": 1.2, "capsize": 2.5},
    )


def _mark_sums(axes: Axes, table: pd.DataFrame) -> None:
    """Mark at their foot the bars of totals that no release prints for the year."""
    foot = 0.05 * float(table[["export", "import"]].max().max())
    for flow, side in (("export", -1), ("import", 1)):
        added = _is_added(table, flow)
        if not added.any():
            continue
        axes.plot(
            np.flatnonzero(added) + side * _BAR_WIDTH / 2,
            np.full(added.sum(), foot),
            marker="o",
            markersize=4,
            markeredgewidth=0.8,
            linestyle="none",
            markerfacecolor="white",
            color=theme.INK,
        )


def _is_added(table: pd.DataFrame, flow: str) -> np.ndarray:
    known = table[flow].notna()
    return np.asarray(known & table[f"{flow}_known_by"].isin(["months", "cumulative"]))


def _annual_legend(page: Page, figure: Figure, table: pd.DataFrame) -> None:
    handles = [
        Patch(
            facecolor=COLOURS[flow],
            hatch=HATCHES[flow],
            edgecolor="white",
            linewidth=0,
            label=words.flow(page.language, flow),
        )
        for flow in FLOWS
    ]
    if table[["export_modelled", "import_modelled"]].any(axis=None):
        handles.append(
            Patch(
                facecolor="white",
                edgecolor=theme.INK,
                linestyle="--",
                label=page.say("modelled, with interval"),
            )
        )
    figure.legend(handles=handles, loc="outside lower center", ncols=3, columnspacing=1.2)


def _year_labels(years: pd.Index) -> list[str]:
    """Write every year where there is room, else every second one."""
    step = 1 if len(years) <= 8 else 2
    return [
        str(year) if (years[-1] - year) % step == 0 else "" for year in years.astype(int).tolist()
    ]


def _annual_notes(page: Page, table: pd.DataFrame) -> list[str]:
    notes = []
    if any((table[flow].isna() & ~table[f"{flow}_modelled"]).any() for flow in FLOWS):
        notes.append(page.say("Where a bar is missing, no total is known."))
    if any(_is_added(table, flow).any() for flow in FLOWS):
        notes.append(page.say("A dot at a bar's foot: the total is added up from months."))
    if table[["export_modelled", "import_modelled"]].any(axis=None):
        notes.append(
            page.say(
                "Hollow bars are modelled totals with their {level} percent interval; no balance "
                "is made of them.",
                level=page.language.number(100 * page.parameters.interval_level),
            )
        )
    return notes


def _annual_words(page: Page, table: pd.DataFrame) -> str:
    complete = table.dropna(subset=["export", "import"])
    sentences = [page.say("Bars of exports and imports by year over bars of the balance.")]
    if len(complete):
        last = complete.iloc[-1]
        amounts = last[["export", "import", "balance"]].tolist()
        sentences.append(
            page.say(
                "In {last} exports were {exports}, imports {imports}, the balance {balance}.",
                last=complete.index[-1],
                exports=page.language.money(last["export"], amounts),
                imports=page.language.money(last["import"], amounts),
                balance=page.language.money(last["balance"], amounts),
            )
        )
        surplus = complete.index[complete["balance"] > 0]
        if len(surplus) == len(complete):
            sentences.append(page.say("Every year with both totals has a surplus."))
        elif len(surplus) == 0:
            sentences.append(page.say("No year with both totals has a surplus."))
        else:
            sentences.append(
                page.say(
                    "Of the years with both totals these have a surplus: {years}.",
                    years=page.language.listing([str(year) for year in surplus]),
                )
            )
    else:
        sentences.append(page.say("In no year are both totals known."))
    for flow in FLOWS:
        years = table.index[table[f"{flow}_modelled"]]
        if len(years):
            totals = table.loc[years, f"{flow}_estimate"]
            listed = [
                f"{year} {page.language.money(total, totals)}" for year, total in totals.items()
            ]
            sentences.append(
                page.say(
                    "{flow} modelled, as hollow bars: {items}.",
                    flow=words.flow(page.language, flow),
                    items=page.language.listing(listed),
                )
            )
    return " ".join(sentences)


def _signs(balance: pd.Series) -> np.ndarray:
    return np.where(balance >= 0, theme.SURPLUS, theme.DEFICIT)


def _monthly_table(page: Page, flows: TradeFlows, basis: str) -> pd.DataFrame:
    columns = {flow: flows.monthly(flow, basis, with_doubtful=True) for flow in FLOWS}
    doubtful = {f"{flow}_doubtful": _doubtful_months(flows, flow, basis) for flow in FLOWS}
    table = pd.DataFrame(columns).sort_index()
    table = table.reindex(pd.period_range(table.index[0], table.index[-1], freq="M"))
    table["balance"] = trade_balance(table["export"], table["import"])
    for name, months in doubtful.items():
        table[name] = [str(month) in months for month in table.index]
    uncertain = table["export_doubtful"] | table["import_doubtful"]
    table["balance"] = table["balance"].mask(uncertain)
    return table[
        table.index >= pd.Period(str(page.year - MONTHLY_YEARS + 1), freq="Y").asfreq("M", "start")
    ]


def _lone(series: pd.Series) -> np.ndarray:
    """Mark the known months between unknown ones, of which a line shows nothing."""
    known = series.notna()
    beside = known.shift(1, fill_value=False) | known.shift(-1, fill_value=False)
    return (known & ~beside).to_numpy()


def _doubtful_months(flows: TradeFlows, flow: str, basis: str) -> set[str]:
    rows = flows.monthly_rows(flow, basis)
    return set(rows.loc[rows["doubtful"].astype(bool), "time_period"])


def _doubt_note(page: Page, table: pd.DataFrame) -> str:
    """Name the months whose figure is doubtful; nothing where none is."""
    months = table.index[table["export_doubtful"] | table["import_doubtful"]]
    if months.empty:
        return ""
    return " " + page.say(
        "Hollow points are doubtful and take no part in any calculation: {months}.",
        months=page.language.listing([page.language.month(month) for month in months]),
    )


def _mark_doubtful(axes: Axes, dates: pd.DatetimeIndex, table: pd.DataFrame, flow: str) -> None:
    doubtful = table[f"{flow}_doubtful"].to_numpy()
    if doubtful.any():
        axes.plot(
            dates[doubtful],
            table.loc[doubtful, flow],
            marker="o",
            linestyle="none",
            markerfacecolor="white",
            color=COLOURS[flow],
        )


def _flow_sources(flows: TradeFlows, basis: str, months: pd.PeriodIndex) -> list[str]:
    shown = {str(month) for month in months}
    ids: set[str] = set()
    for flow in FLOWS:
        rows = flows.monthly_rows(flow, basis)
        for source_ids in rows.loc[rows["time_period"].isin(shown), "source_ids"]:
            ids.update(source_ids[:1])
    return sorted(ids)
