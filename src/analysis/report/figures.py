"""The report's figures: each draws one result and words it for those who cannot see it."""

from collections.abc import Sequence

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.ticker import Formatter, MaxNLocator

from analysis.catalog.composition import Composition
from analysis.catalog.industry import SeriesBreak
from analysis.catalog.targets import GrowthTarget
from analysis.catalog.territory import TerritoryBreak
from analysis.catalog.trade import TradeFlows
from analysis.indicators.trade import trade_balance
from analysis.report import display, theme, words
from analysis.report.locale import Language
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
            upper.plot(dates, table[flow], color=colour, linestyle=style, label=_flow(page, flow))
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
        _months_axis(lower)
        _numbers_axis(page, upper, lower)
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
        data=_with_period(table),
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
        long["variable"] = long["variable"].map(lambda flow: _flow(page, flow))
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
            _draw_break(
                axes, list(table.index), int(item.last_with[:4]), page.say("change of territory")
            )
        names = [_flow(page, flow) for flow in ("export", "import")]
        figure.legend(
            [bars[0] for bars in axes.containers], names, loc="outside lower center", ncols=2
        )
        axes.margins(y=0.15)
        _numbers_axis(page, axes)
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
        _months_axis(all_axes[-1])
        _numbers_axis(page, *all_axes)
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
            [_with_period(frame).assign(flow=flow) for flow, frame in levels_by_flow.items()]
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
                else page.say("{flow}, million USD", flow=_flow(page, flow))
            )
            if flow == "balance":
                axes.axhline(0, color=theme.QUIET, linewidth=0.8)
        names = [page.say("published"), page.say("forecast")]
        figure.legend(all_axes[-1].lines[:2], names, loc="outside lower center", ncols=2)
        _months_axis(all_axes[-1])
        _numbers_axis(page, *all_axes)
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
        data=pd.concat([_with_period(fan).assign(flow=flow) for flow, fan in fans.items()]),
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
    name = page.say("Balance") if flow == "balance" else _flow(page, flow)
    return page.say(
        "{flow} in {month}: {median}, interval {lower} to {upper}.",
        flow=name,
        month=page.language.month(fan.index[-1]),
        median=page.language.money(fan["median"].iloc[-1]),
        lower=page.language.money(fan["lower"].iloc[-1]),
        upper=page.language.money(fan["upper"].iloc[-1]),
    )


def composition(page: Page, shown: Composition) -> None:
    """Draw the listed products of one period by size, with their stage and what is not listed."""
    products = shown.products.sort_values("value")
    unlisted = max(shown.total - products["value"].sum(), 0.0)
    labels = [
        page.say("not listed"),
        *(
            f"{row['item']} {_short(row[f'name_{page.language.code}'])}"
            for _, row in products.iterrows()
        ),
    ]
    values = [unlisted, *products["value"]]
    stages = ["unlisted", *products["stage"].replace("unclassified", "unlisted")]
    with theme.styled():
        figure = theme.new_figure(1.1 + 0.42 * len(values))
        axes = figure.subplots()
        bars = axes.barh(labels, values, color=[theme.STAGES[s] for s in stages], edgecolor="white")
        for bar, stage in zip(bars, stages, strict=True):
            bar.set_hatch(theme.STAGE_HATCHES[stage])
        axes.bar_label(
            bars, [page.language.number(100 * v / shown.total, 1) + "%" for v in values], padding=4
        )
        axes.grid(visible=False)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        axes.margins(x=0.15)
        axes.set_title(page.say("Percent of exports"))
        used = [s for s in theme.STAGES if s in stages and s != "unlisted"]
        handles = [bars[stages.index(stage)] for stage in used]
        figure.legend(
            handles,
            [words.stage(page.language, stage) for stage in used],
            loc="outside lower center",
            ncols=2,
        )
    largest = products.iloc[-1]
    display.show_figure(
        figure,
        "composition",
        caption=page.say(
            "Exports of {province} by product (HS chapter), {period}: {coverage} percent of the "
            "total is listed. Exports FOB, {basis}.",
            province=page.place,
            period=page.language.period(shown.time_period),
            coverage=page.language.number(shown.coverage_percent),
            basis=words.basis(page.language, shown.basis),
        ),
        alt=page.language.count(
            "A bar for the one listed product, {product}, with {share} percent of exports; "
            "{unlisted} percent are not listed.",
            "Bars of {number} listed products. The largest is {product} with {share} percent of "
            "exports; {unlisted} percent are not listed.",
            len(products),
            product=largest[f"name_{page.language.code}"],
            share=page.language.number(100 * largest["value"] / shown.total, 1),
            unlisted=page.language.number(100 * unlisted / shown.total, 1),
        ),
        source=page.source_line(shown.source_ids),
        data=pd.DataFrame(
            {
                "hs": ["", *products["item"]],
                "name": [page.say("not listed"), *products[f"name_{page.language.code}"]],
                "stage": stages,
                "value_usd_million": values,
            }
        ).iloc[::-1],
    )


def establishments(page: Page, counts: pd.DataFrame, breaks: Sequence[SeriesBreak]) -> None:
    """Draw establishments by year and scale, with declared breaks as gaps between the bars.

    Args:
        counts: indexed by year with `total`, `micro` and `small`; a missing scale is NaN.
        breaks: declared changes of the definition between the counts.

    """
    years = list(counts.index)
    with theme.styled():
        figure = theme.new_figure(3.6)
        axes = figure.subplots()
        split = counts["micro"].notna() & counts["small"].notna()
        positions = np.arange(len(years))
        micro = counts["micro"].where(split, 0.0)
        small = counts["small"].where(split, 0.0)
        whole = counts["total"].where(~split, 0.0)
        axes.bar(positions, micro, color=theme.EXPORT, label=page.say("micro (1–4 workers)"))
        axes.bar(
            positions,
            small,
            bottom=micro,
            color=theme.IMPORT,
            hatch="//",
            edgecolor="white",
            label=page.say("small (5–19 workers)"),
        )
        if (~split).any():
            axes.bar(
                positions,
                whole,
                color="#9AA5B1",
                label=page.say("scale not published"),
            )
        for position, total in zip(positions, counts["total"], strict=True):
            axes.annotate(
                page.language.number(total),
                (position, total),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
                fontsize=theme.POINTS - 1,
            )
        for item in breaks:
            name = (
                page.say("change of territory")
                if item.children
                else page.say("break in the survey")
            )
            _draw_break(axes, years, item.after, name)
        axes.set_xticks(positions, [str(year) for year in years])
        axes.set_title(page.say("Establishments"))
        axes.margins(y=0.22)
        figure.legend(loc="outside lower center", ncols=2)
        _numbers_axis(page, axes)
    display.show_figure(
        figure,
        "establishments",
        caption=page.say(
            "Micro and small manufacturing establishments of {province} by year and scale (BPS, "
            "IMK). Years without a published count are left out.",
            province=page.place,
        )
        + (
            " "
            + page.say(
                "A dashed line marks a break in the series: the step across it is no growth."
            )
            if breaks
            else ""
        ),
        alt=page.language.count(
            "A bar for one year: {counts}.",
            "Bars for {number} years: {counts}.",
            len(years),
            counts=_counts_by_year(page, counts["total"]),
        ),
        source=page.source_line(sorted({s for ids in counts["source_ids"] for s in ids})),
        data=counts.drop(columns="source_ids").reset_index(names="year"),
    )


def target_path(
    page: Page,
    observed: pd.Series,
    path: pd.DataFrame,
    target: GrowthTarget,
    sources: Sequence[str],
    after_break: pd.Series,
) -> None:
    """Draw the counts against the path that a growth target demands of them.

    Args:
        observed: comparable counts by year.
        path: indexed by year with `lower` and `upper`, equal where the target is one number.
        target: the target.
        sources: of the counts and of the target.
        after_break: counts after a break in the survey, which the path says nothing of.

    """
    with theme.styled():
        figure = theme.new_figure(3.4)
        axes = figure.subplots()
        axes.plot(
            observed.index,
            observed,
            marker="o",
            color=theme.EXPORT,
            label=page.say("published count"),
        )
        if (path["lower"] != path["upper"]).any():
            axes.fill_between(
                path.index, path["lower"], path["upper"], color=theme.TARGET, alpha=0.2
            )
        axes.plot(
            path.index,
            path["upper"],
            color=theme.TARGET,
            linestyle="--",
            label=page.say("path of the target"),
        )
        if len(after_break):
            axes.plot(
                after_break.index,
                after_break,
                marker="D",
                linestyle="none",
                markerfacecolor="white",
                color=theme.EXPORT,
                label=page.say("count after a break, not comparable"),
            )
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.set_title(page.say("Establishments"))
        axes.set_ylim(bottom=0)
        axes.margins(y=0.15)
        figure.legend(loc="outside lower center", ncols=1)
        _numbers_axis(page, axes)
    last = int(path.index[-1])
    display.show_figure(
        figure,
        "target-path",
        caption=page.say(
            "Micro and small establishments of {province} against a growth of {target} a year from "
            "{start} on: the target read as a number of establishments, and going on every year.",
            province=page.place,
            target=target_words(page, target),
            start=int(path.index[0]),
        ),
        alt=page.say(
            "A dashed line rises from {start} in {first} to {end} in {last}; the published counts "
            "are {counts}.",
            start=page.language.number(path["upper"].iloc[0]),
            first=int(path.index[0]),
            end=page.language.number(path["upper"].iloc[-1]),
            last=last,
            counts=_counts_by_year(page, observed),
        ),
        source=page.source_line(sources),
        data=path.join(observed.rename("observed"), how="outer").reset_index(names="year"),
    )


def _counts_by_year(page: Page, counts: pd.Series) -> str:
    return page.language.listing(
        [
            page.say("{total} in {year}", total=page.language.number(total), year=year)
            for year, total in counts.items()
        ]
    )


def target_words(page: Page, target: GrowthTarget) -> str:
    """Write a target as a percentage or a range of them."""
    if target.lower == target.upper:
        return page.say("{amount} percent", amount=page.language.figure(target.lower))
    return page.say(
        "{lower} to {upper} percent",
        lower=page.language.figure(target.lower),
        upper=page.language.figure(target.upper),
    )


def _flow(page: Page, flow: str) -> str:
    return page.say("Exports") if flow == "export" else page.say("Imports")


class _LanguageFormatter(Formatter):
    """Write an axis's numbers in the report's language, all with the decimals that one needs."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, value: float, position: int | None = None) -> str:
        """Write one number."""
        return self.language.figure(value)

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Write all numbers of an axis."""
        digits = next((n for n in range(3) if all(abs(v - round(v, n)) < 1e-9 for v in values)), 3)
        return [self.language.number(value, digits) for value in values]


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
    axes.set_title(page.say("{flow}, million USD a month", flow=_flow(page, flow)))


def _level_words(page: Page, flow: str, frame: pd.DataFrame) -> str:
    first, last = frame.iloc[0], frame.iloc[-1]
    return page.say(
        "{flow}: the level goes from {start} in {first} to {end} in {last}, with an interval from "
        "{lower} to {upper}.",
        flow=_flow(page, flow),
        start=page.language.money(first["level"]),
        first=page.language.month(frame.index[0]),
        end=page.language.money(last["level"]),
        last=page.language.month(frame.index[-1]),
        lower=page.language.money(last["lower"]),
        upper=page.language.money(last["upper"]),
    )


def _draw_break(axes: Axes, years: list[int], last_before: int, name: str) -> None:
    """Mark a break between two bars, where there are bars on both sides of it."""
    before = sum(year <= last_before for year in years)
    if before in (0, len(years)):
        return
    position = before - 0.5
    axes.axvline(position, color=theme.DEFICIT, linestyle="--", linewidth=1.4)
    axes.annotate(
        name,
        (position, 0.99),
        xycoords=("data", "axes fraction"),
        xytext=(-4, 0),
        textcoords="offset points",
        ha="right",
        va="top",
        rotation=90,
        fontsize=theme.POINTS - 2,
        color=theme.DEFICIT,
    )


def _flow_sources(flows: TradeFlows, basis: str, months: pd.PeriodIndex) -> list[str]:
    shown = {str(month) for month in months}
    ids: set[str] = set()
    for flow in ("export", "import"):
        rows = flows.monthly_rows(flow, basis)
        for source_ids in rows.loc[rows["time_period"].isin(shown), "source_ids"]:
            ids.update(source_ids[:1])
    return sorted(ids)


def _months_axis(axes: Axes) -> None:
    axes.xaxis.set_major_locator(mdates.AutoDateLocator(minticks=3, maxticks=9))
    axes.xaxis.set_major_formatter(
        mdates.ConciseDateFormatter(
            axes.xaxis.get_major_locator(),
            formats=["%Y", "%m/%y", "%d", "%H", "%M", "%S"],
            zero_formats=["", "%Y", "%m/%y", "%d", "%H", "%M"],
            show_offset=False,
        )
    )


def _numbers_axis(page: Page, *all_axes: Axes) -> None:
    for axes in all_axes:
        axes.yaxis.set_major_formatter(_LanguageFormatter(page.language))


def _with_period(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.reset_index(names="time_period").assign(
        time_period=lambda table: table["time_period"].astype(str)
    )


def _short(name: str) -> str:
    return name if len(name) <= 34 else name[:33].rstrip(" ,") + "…"
