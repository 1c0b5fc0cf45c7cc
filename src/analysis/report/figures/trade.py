"""Figures of exports, imports and their balance: by month, by year, their level and forecast."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from analysis.catalog.territory import TerritoryBreak
from analysis.catalog.trade import TradeFlows
from analysis.indicators.trade import trade_balance
from analysis.report import display, theme, words
from analysis.report.figures.axes import draw_break, months_axis, numbers_axis, with_period
from analysis.report.page import Page

# A longer span would press the months of a phone's screen into one another.
MONTHLY_YEARS = 8


ANNUAL_YEARS = 12


def monthly_flows(page: Page, flows: TradeFlows, basis: str) -> None:
    """Draw exports and imports by month over the balance."""
    table = _monthly_table(page, flows, basis)
    with theme.styled():
        figure = theme.new_figure(5.0)
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=[3, 2])
        dates = table.index.to_timestamp()
        for flow, colour, style in (("export", theme.EXPORT, "-"), ("import", theme.IMPORT, "--")):
            upper.plot(
                dates,
                table[flow],
                color=colour,
                linestyle=style,
                label=words.flow(page.language, flow),
            )
            lone = _lone(table[flow])
            upper.plot(dates[lone], table.loc[lone, flow], color=colour, marker=".", linestyle="")
            _mark_doubtful(upper, dates, table, flow, colour)
        upper.set_title(page.say("Million USD a month"))
        upper.set_ylim(bottom=0)
        colours = np.where(table["balance"] >= 0, theme.SURPLUS, theme.DEFICIT)
        lower.bar(dates, table["balance"], width=25, color=colours)
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
            "{valuation} Gaps are months without a sound published figure.",
            province=page.place,
            first=page.language.month(table.index[0]),
            last=page.language.month(table.index[-1]),
            valuation=words.valuation(page.language, basis),
        )
        + _doubt_note(page, table),
        alt=page.say(
            "Two charts over the same months. Above, lines of exports and imports: exports range "
            "from {export_low} to {export_high} million USD, imports from {import_low} to "
            "{import_high}. Below, bars of the balance: a surplus in {surplus} of the {known} "
            "months in which both are known.",
            export_low=page.language.number(table["export"].min(), 1),
            export_high=page.language.number(table["export"].max(), 1),
            import_low=page.language.number(table["import"].min(), 1),
            import_high=page.language.number(table["import"].max(), 1),
            surplus=surplus,
            known=len(known),
        ),
        source=page.source_line(_flow_sources(flows, basis, table.index)),
        data=with_period(table),
    )


def annual_flows(
    page: Page,
    annual: pd.DataFrame,
    basis: str,
    sources: Sequence[str],
    breaks: Sequence[TerritoryBreak],
) -> None:
    """Draw the years of which both totals are known: exports beside imports, balance above them.

    Args:
        annual: indexed by year with `export`, `import` and `balance`, million USD.
        breaks: declared changes of the territory, which no bar across them is compared over.

    """
    table = annual.dropna(subset=["export", "import"]).tail(ANNUAL_YEARS)
    with theme.styled():
        figure = theme.new_figure(3.6)
        axes = figure.subplots()
        long = table[["export", "import"]].rename_axis("year").reset_index().melt("year")
        long["variable"] = long["variable"].map(lambda flow: words.flow(page.language, flow))
        sns.barplot(
            long,
            x="year",
            y="value",
            hue="variable",
            palette=[theme.EXPORT, theme.IMPORT],
            saturation=1,
            legend=False,
            ax=axes,
        )
        for bar in axes.containers[1]:
            bar.set_hatch("//")
            bar.set_edgecolor("white")
        for position, balance in enumerate(table["balance"]):
            top = table[["export", "import"]].iloc[position].max()
            axes.annotate(
                page.language.signed(balance, 0),
                (position, top),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
                fontsize=theme.POINTS - 1.5,
                color=theme.SURPLUS if balance > 0 else theme.DEFICIT,
                fontweight="bold",
            )
        axes.set(xlabel="", ylabel="")
        axes.set_title(page.say("Million USD a year; above the bars the balance"), pad=12)
        for item in breaks:
            draw_break(
                axes, list(table.index), int(item.last_with[:4]), page.say("change of territory")
            )
        names = [words.flow(page.language, flow) for flow in ("export", "import")]
        figure.legend(
            [bars[0] for bars in axes.containers], names, loc="outside lower center", ncols=2
        )
        axes.margins(y=0.15)
        numbers_axis(page, axes)
    last = table.iloc[-1]
    display.show_figure(
        figure,
        "annual-flows",
        caption=page.say(
            "Exports, imports and balance of {province} by year, where both totals are complete. "
            "{valuation}",
            province=page.place,
            valuation=words.valuation(page.language, basis),
        ),
        alt=page.language.count(
            "Bars of exports and imports for {last}: exports {exports}, imports {imports}, the "
            "balance {balance}.",
            "Bars of exports and imports for {number} years between {first} and {last}. In {last} "
            "exports were {exports}, imports {imports}, the balance {balance}.",
            len(table),
            first=table.index[0],
            last=table.index[-1],
            exports=page.language.money(last["export"]),
            imports=page.language.money(last["import"]),
            balance=page.language.money(last["balance"]),
        ),
        source=page.source_line(sources),
        data=table.reset_index(names="year"),
    )


def levels(
    page: Page, levels_by_flow: dict[str, pd.DataFrame], basis: str, sources: Sequence[str]
) -> None:
    """Draw the seasonally adjusted level of each flow with its interval over the observed months.

    Args:
        levels_by_flow: by flow a frame indexed by month with `level`, `lower`, `upper` and
            `adjusted` (the observed value without season; missing where none was observed).

    """
    with theme.styled():
        figure = theme.new_figure(2.4 * len(levels_by_flow) + 0.4)
        all_axes = np.atleast_1d(figure.subplots(len(levels_by_flow), 1, sharex=True))
        for axes, (flow, frame) in zip(all_axes, levels_by_flow.items(), strict=True):
            _draw_level(page, axes, flow, frame)
        months_axis(all_axes[-1])
        numbers_axis(page, *all_axes)
    parts = [_level_words(page, flow, frame) for flow, frame in levels_by_flow.items()]
    display.show_figure(
        figure,
        "levels",
        caption=page.say(
            "Seasonally adjusted level of {province}'s trade, with its {level} percent interval. "
            "Dots are published months without their season. {valuation}",
            province=page.place,
            level=page.language.number(100 * page.parameters.interval_level),
            valuation=words.valuation(page.language, basis),
        )
        + (
            " "
            + page.say(
                "Hollow diamonds mark months that the model estimates, as no sound figure is "
                "published."
            )
            if any(frame["adjusted"].isna().any() for frame in levels_by_flow.values())
            else ""
        ),
        alt=" ".join(parts),
        source=page.source_line(sources),
        data=pd.concat(
            [with_period(frame).assign(flow=flow) for flow, frame in levels_by_flow.items()]
        ),
    )


def forecasts(
    page: Page,
    observed: dict[str, pd.Series],
    fans: dict[str, pd.DataFrame],
    basis: str,
    sources: Sequence[str],
) -> None:
    """Draw each forecast as a fan behind the last three years of its flow.

    Args:
        page: the page.
        observed: exports and imports by month.
        fans: by `export`, `import` or `balance`, as far as computed, a frame indexed by month with
            `median`, `lower` and `upper`, million USD.
        basis: basis of exports.
        sources: of the observed months.

    """
    colours = {"export": theme.EXPORT, "import": theme.IMPORT, "balance": theme.INK}
    balance = trade_balance(observed["export"], observed["import"])
    history = observed | {"balance": balance}
    with theme.styled():
        figure = theme.new_figure(0.6 + 1.8 * len(fans))
        all_axes = np.atleast_1d(figure.subplots(len(fans), 1, sharex=True))
        for axes, (flow, fan) in zip(all_axes, fans.items(), strict=True):
            past = history[flow].tail(36)
            axes.plot(past.index.to_timestamp(), past, color=colours[flow])
            months = fan.index.to_timestamp()
            axes.fill_between(months, fan["lower"], fan["upper"], color=colours[flow], alpha=0.2)
            axes.plot(months, fan["median"], color=colours[flow], linestyle=":")
            axes.set_title(
                page.say("Balance, million USD")
                if flow == "balance"
                else page.say("{flow}, million USD", flow=words.flow(page.language, flow))
            )
            if flow == "balance":
                axes.axhline(0, color=theme.QUIET, linewidth=0.8)
        names = [page.say("published"), page.say("forecast")]
        figure.legend(all_axes[-1].lines[:2], names, loc="outside lower center", ncols=2)
        months_axis(all_axes[-1])
        numbers_axis(page, *all_axes)
    display.show_figure(
        figure,
        "forecast",
        caption=page.say(
            "{flows} of {province}: the last three years and the forecast with its {level} percent "
            "interval. {valuation}",
            flows=_fan_names(page, fans),
            province=page.place,
            level=page.language.number(100 * page.parameters.interval_level),
            valuation=words.valuation(page.language, basis),
        ),
        alt=page.say("The published months and, dotted within a shaded interval, the forecast.")
        + " "
        + " ".join(_fan_words(page, flow, fan) for flow, fan in fans.items()),
        source=page.source_line(sources),
        data=pd.concat([with_period(fan).assign(flow=flow) for flow, fan in fans.items()]),
    )


def _fan_names(page: Page, fans: dict[str, pd.DataFrame]) -> str:
    names = {
        "export": page.say("exports"),
        "import": page.say("imports"),
        "balance": page.say("balance"),
    }
    listed = page.language.listing([names[flow] for flow in fans])
    return listed[0].upper() + listed[1:]


def _fan_words(page: Page, flow: str, fan: pd.DataFrame) -> str:
    name = page.say("Balance") if flow == "balance" else words.flow(page.language, flow)
    return page.say(
        "{flow} in {month}: {median}, interval {lower} to {upper}.",
        flow=name,
        month=page.language.month(fan.index[-1]),
        median=page.language.money(fan["median"].iloc[-1]),
        lower=page.language.money(fan["lower"].iloc[-1]),
        upper=page.language.money(fan["upper"].iloc[-1]),
    )


def _monthly_table(page: Page, flows: TradeFlows, basis: str) -> pd.DataFrame:
    columns = {
        flow: flows.monthly(flow, basis, with_doubtful=True) for flow in ("export", "import")
    }
    doubtful = {
        f"{flow}_doubtful": _doubtful_months(flows, flow, basis) for flow in ("export", "import")
    }
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


def _mark_doubtful(
    axes: Axes, dates: pd.DatetimeIndex, table: pd.DataFrame, flow: str, colour: str
) -> None:
    doubtful = table[f"{flow}_doubtful"].to_numpy()
    if doubtful.any():
        axes.plot(
            dates[doubtful],
            table.loc[doubtful, flow],
            marker="o",
            linestyle="none",
            markerfacecolor="white",
            color=colour,
        )


def _draw_level(page: Page, axes: Axes, flow: str, frame: pd.DataFrame) -> None:
    colour = theme.EXPORT if flow == "export" else theme.IMPORT
    dates = frame.index.to_timestamp()
    axes.fill_between(dates, frame["lower"], frame["upper"], color=colour, alpha=0.2, linewidth=0)
    axes.plot(dates, frame["level"], color=colour)
    axes.plot(
        dates, frame["adjusted"], marker=".", markersize=4, linestyle="none", color=theme.QUIET
    )
    modelled = frame["adjusted"].isna()
    axes.plot(
        dates[modelled],
        frame.loc[modelled, "level"],
        marker="D",
        markersize=4,
        linestyle="none",
        markerfacecolor="white",
        color=colour,
    )
    axes.set_ylim(bottom=0)
    axes.set_title(page.say("{flow}, million USD a month", flow=words.flow(page.language, flow)))


def _level_words(page: Page, flow: str, frame: pd.DataFrame) -> str:
    first, last = frame.iloc[0], frame.iloc[-1]
    return page.say(
        "{flow}: the level goes from {start} in {first} to {end} in {last}, with an interval from "
        "{lower} to {upper}.",
        flow=words.flow(page.language, flow),
        start=page.language.money(first["level"]),
        first=page.language.month(frame.index[0]),
        end=page.language.money(last["level"]),
        last=page.language.month(frame.index[-1]),
        lower=page.language.money(last["lower"]),
        upper=page.language.money(last["upper"]),
    )


def _flow_sources(flows: TradeFlows, basis: str, months: pd.PeriodIndex) -> list[str]:
    shown = {str(month) for month in months}
    ids: set[str] = set()
    for flow in ("export", "import"):
        rows = flows.monthly_rows(flow, basis)
        for source_ids in rows.loc[rows["time_period"].isin(shown), "source_ids"]:
            ids.update(source_ids[:1])
    return sorted(ids)
