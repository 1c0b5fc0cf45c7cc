"""The summary's first screen: the headline cards, each with its direction and how sure it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from analysis.catalog.certainty import year_range
from analysis.catalog.industry import SeriesBreak
from analysis.catalog.targets import GrowthTarget
from analysis.catalog.trade import TradeFlows
from analysis.indicators.headline import (
    YearFigure,
    balance_of,
    change_percent,
    cover_of,
)
from analysis.indicators.series import NotComputed
from analysis.models.completion import CompletedYear
from analysis.models.readings import JudgedReading
from analysis.report import narrative, words
from analysis.report.lineage import flow_name
from analysis.report.narrative import summary as sentences
from analysis.report.national import LEAST_PROVINCES
from analysis.report.page import Page
from analysis.report.sections.base import Card, cards, establishments_series, target_series

FLOWS = ("export", "import")


def show(
    page: Page,
    flows: TradeFlows,
    basis: str,
    estimates: Mapping[str, CompletedYear | NotComputed],
    counts: pd.DataFrame,
    breaks: Sequence[SeriesBreak],
    target: GrowthTarget | None,
    judged: JudgedReading | None,
    national: Mapping[str, str] | None,
) -> None:
    """Show the headline figures as cards under one sentence on the balance.

    Args:
        page: the page.
        flows: exports and imports up to the report's year.
        basis: basis of exports.
        estimates: by flow the report's year, completed by a model where months lack.
        counts: micro and small establishments by year, as `establishments` gives them.
        breaks: declared breaks of these counts.
        target: the growth target; None where none is known.
        judged: the counts held against the target; None without a target.
        national: the province's row of the national comparison; None where none was made.

    """
    for flow in FLOWS:
        page.flow(flows, flow, basis)
    trade = _Trade(page, flows, basis, estimates)
    facts = [trade.flow_card(flow) for flow in FLOWS]
    both = trade.both()
    if both is None:
        page.text(sentences.no_balance(page))
    else:
        balance = balance_of(*both)
        page.text(sentences.lead(page, *both, balance, basis))
        facts += trade.balance_cards(*both)
    facts += [_rank_card(page, national), _count_card(page, counts, breaks)]
    facts += _target_cards(page, target, judged)
    cards(page, facts)
    if national is not None and int(national["balance_of"] or 0) >= LEAST_PROVINCES:
        page.text(narrative.provinces.balance_rank(page, national, page.year))


@dataclass(frozen=True)
class _Trade:
    """The yearly totals of one page, and the cards made of them."""

    page: Page
    flows: TradeFlows
    basis: str
    estimates: Mapping[str, CompletedYear | NotComputed]

    @cached_property
    def annual(self) -> dict[str, pd.DataFrame]:
        """Exports and imports by year, as the catalog knows them."""
        return {flow: self.flows.annual(flow, self.basis) for flow in FLOWS}

    @cached_property
    def headlines(self) -> dict[str, YearFigure | None]:
        """The year of each flow that its card shows."""
        return {flow: self._headline(flow) for flow in FLOWS}

    def known(self, flow: str, year: int) -> YearFigure | None:
        """Give the total of a year with the range that its sources allow; None if not known."""
        table = self.annual[flow]
        if year not in table.index or pd.isna(table.loc[year, "value"]):
            return None
        row = table.loc[year]
        value = float(row["value"])
        low, high = year_range(self.flows, flow, self.basis, year) or (value, value)
        ids = tuple(sorted(set(row["source_ids"])))
        return YearFigure(year, min(low, value), value, max(high, value), row["obs_status"], ids)

    def _headline(self, flow: str) -> YearFigure | None:
        """Give the report's year, completed by a model if need be, else the latest complete one."""
        year = self.page.year
        own = self.known(flow, year)
        if own is not None:
            return own
        estimate = self.estimates[flow]
        if isinstance(estimate, CompletedYear):
            total = estimate.total
            return YearFigure(year, total.lower, total.estimate, total.upper, "estimated")
        years = self.annual[flow]["value"].dropna().index
        return self.known(flow, int(years[-1])) if len(years) else None

    def both(self) -> tuple[YearFigure, YearFigure] | None:
        """Give exports and imports of the latest year that has both."""
        exports, imports = (self.headlines[flow] for flow in FLOWS)
        if exports is not None and imports is not None and exports.year == imports.year:
            return exports, imports
        sold, bought = (set(self.annual[flow]["value"].dropna().index) for flow in FLOWS)
        if not sold & bought:
            return None
        exports, imports = (self.known(flow, int(max(sold & bought))) for flow in FLOWS)
        return (exports, imports) if exports is not None and imports is not None else None

    def row(self) -> tuple[YearFigure, ...]:
        """Give the yearly figures whose cards stand in one row."""
        both = self.both()
        headlines = tuple(item for item in self.headlines.values() if item is not None)
        return headlines if both is None else (*headlines, balance_of(*both))

    def before(self, flow: str, year: int) -> YearFigure | None:
        """Give the total of the year before, of the same territory."""
        return None if self.split(year) else self.known(flow, year - 1)

    def split(self, year: int) -> bool:
        """Tell if the territory changed after the year before began, up to the year's end."""
        starts = [f"{item.first_without}-01"[:7] for item in self.flows.breaks]
        return any(f"{year - 1}-01" < start <= f"{year}-12" for start in starts)

    def flow_card(self, flow: str) -> Card:
        """Show a flow's year, else its latest month."""
        page, figure = self.page, self.headlines[flow]
        if figure is None:
            return self._month_card(flow)
        before = self.before(flow, figure.year)
        direction = sentences.change(page, figure, before, split=self.split(figure.year))
        own_basis = self.basis if flow == "export" else None
        estimate = self.estimates[flow]
        if figure.obs_status == "estimated" and isinstance(estimate, CompletedYear):
            known = int((~estimate.months["modelled"]).sum())
            sureness = sentences.estimate(page, figure, known)
            method = "analysis.models.completion.complete_year"
            page.indicator(
                f"headline_{flow}_months_known",
                known,
                "months",
                str(figure.year),
                obs_status="derived",
                method=method,
                basis=own_basis,
                inputs=[flow_name(flow, self.basis)],
            )
        else:
            way = words.known_by(page.language, self.annual[flow].loc[figure.year, "known_by"])
            sureness = sentences.sureness(page, figure, way)
            method = "analysis.catalog.trade.TradeFlows.annual"
        series = [flow_name(flow, self.basis)]
        _record(page, f"headline_{flow}", figure, "million USD", method, own_basis, series)
        _record_change(
            page, f"headline_{flow}", figure, before, own_basis, [f"headline_{flow}", *series]
        )
        label = self._label(flow, figure)
        note = f"{self._valuation(flow)} {direction}".strip()
        return Card(label, sentences.amount(page, figure, self.row()), note, sureness)

    def balance_cards(self, exports: YearFigure, imports: YearFigure) -> list[Card]:
        """Show the balance and, where anything was imported, the cover ratio."""
        page, year = self.page, exports.year
        before = [self.before(flow, year) for flow in FLOWS]
        sold, bought = before
        balance = balance_of(exports, imports)
        earlier = balance_of(sold, bought) if sold is not None and bought is not None else None
        series = [flow_name(flow, self.basis) for flow in FLOWS]
        parts = []
        for flow, figure, own in zip(FLOWS, (exports, imports), series, strict=True):
            if figure == self.headlines[flow]:
                parts.append(f"headline_{flow}")
                continue
            method = "analysis.catalog.trade.TradeFlows.annual"
            own_basis = self.basis if flow == "export" else None
            part = f"headline_balance_{flow}"
            _record(page, part, figure, "million USD", method, own_basis, [own])
            parts.append(part)
        name = "analysis.indicators.headline.balance_of"
        _record(page, "headline_balance", balance, "million USD", name, self.basis, parts)
        if earlier is not None:
            _record(
                page, "headline_balance_before", earlier, "million USD", name, self.basis, series
            )
        split = self.split(year)
        found = [
            Card(
                page.say("Balance {year}", year=year),
                sentences.amount(page, balance, (exports, imports, balance)),
                f"{sentences.word_of(page, balance)} "
                f"{sentences.balance_change(page, balance, earlier, split=split)}",
                sentences.made_of_both(page, balance),
            )
        ]
        ratio = cover_of(exports, imports)
        if ratio is None:
            return found
        earlier = cover_of(sold, bought) if sold is not None and bought is not None else None
        name = "analysis.indicators.headline.cover_of"
        _record(page, "headline_cover_ratio", ratio, "percent", name, self.basis, parts)
        if earlier is not None:
            _record(
                page, "headline_cover_ratio_before", earlier, "percent", name, self.basis, series
            )
        card = Card(
            page.say("Cover ratio {year}", year=year),
            page.language.percent(ratio.value, sentences.ratio_digits(ratio)),
            sentences.ratio_change(page, ratio, earlier, split=split),
            sentences.ratio_sureness(page, ratio),
        )
        return [*found, card]

    def _label(self, flow: str, figure: YearFigure) -> str:
        name = words.flow(self.page.language, flow)
        if figure.obs_status == "estimated":
            return self.page.say("{name} {year}, estimated", name=name, year=figure.year)
        return self.page.say("{name} {year}", name=name, year=figure.year)

    def _valuation(self, flow: str) -> str:
        if flow == "export":
            return self.page.say("FOB, {basis}.", basis=words.basis(self.page.language, self.basis))
        return self.page.say("CIF, by port of unloading.")

    def _month_card(self, flow: str) -> Card:
        page, name = self.page, words.flow(self.page.language, flow)
        months = self.flows.monthly(flow, self.basis).dropna()
        if months.empty:
            return Card(name, page.say("not known"), page.say("No month is in the collection."))
        rows = self.flows.monthly_rows(flow, self.basis).set_index("time_period", drop=False)
        row = rows.loc[str(months.index[-1])]
        page.indicator(
            f"headline_{flow}_month",
            row["value"],
            "million USD",
            row["time_period"],
            obs_status=row["obs_status"],
            sources=row["source_ids"],
            basis=self.basis if flow == "export" else None,
            inputs=[flow_name(flow, self.basis)],
        )
        page.source_ids.add(row["source_id"])
        only = page.say("The latest month; no year is complete.")
        return Card(
            page.say("{name}, {month}", name=name, month=page.language.month(months.index[-1])),
            page.language.money(float(months.iloc[-1])),
            f"{self._valuation(flow)} {only}",
            page.say(
                "{status}.", status=words.status(page.language, row["obs_status"]).capitalize()
            ),
        )


def _record(
    page: Page,
    name: str,
    figure: YearFigure,
    unit: str,
    method: str,
    basis: str | None,
    inputs: Sequence[str],
) -> None:
    """Record a yearly figure with its range, and remember its sources."""
    page.source_ids.update(figure.source_ids)
    ends = {"": figure.value, "_lower": figure.lower, "_upper": figure.upper}
    for ending, value in ends.items():
        page.indicator(
            f"{name}{ending}",
            value,
            unit,
            str(figure.year),
            obs_status=figure.obs_status,
            sources=figure.source_ids,
            method=method,
            basis=basis,
            inputs=inputs,
        )


def _record_change(
    page: Page,
    name: str,
    now: YearFigure,
    before: YearFigure | None,
    basis: str | None,
    inputs: Sequence[str],
) -> None:
    amount = None if before is None else change_percent(now, before)
    if before is None or amount is None:
        return
    page.indicator(
        f"{name}_change",
        amount,
        "percent",
        f"{before.year}/{now.year}",
        obs_status="estimated" if now.obs_status == "estimated" else "derived",
        sources=[*now.source_ids, *before.source_ids],
        method="analysis.indicators.headline.change_percent",
        basis=basis,
        inputs=inputs,
    )


def _rank_card(page: Page, national: Mapping[str, str] | None) -> Card:
    label = page.say("Rank by exports {year}", year=page.year)
    if national is None:
        return Card(
            label, page.say("not computed"), page.say("Run without the national comparison.")
        )
    if national["export_rank"] and int(national["export_of"]) < LEAST_PROVINCES:
        return Card(
            label,
            page.say("no rank"),
            page.say("Too few provinces have complete exports of the year."),
        )
    if not national["export_rank"]:
        return Card(label, page.say("no rank"), page.say("The year's exports are not complete."))
    series = {
        flow: page.table(
            f"provinces_{flow}", "national", measured_in=(flow,), cited_in=f"{flow}_sources"
        )
        for flow in FLOWS
    }
    for name in ("export_rank", "export_of", "balance_rank", "balance_of"):
        if national[name]:
            page.indicator(
                f"national_{name}",
                int(national[name]),
                "provinces" if name.endswith("of") else "rank",
                str(page.year),
                obs_status="derived",
                method="analysis.indicators.ranking.rank_known",
                basis="origin",
                inputs=[series["export"]] if name.startswith("export") else series.values(),
            )
    value = page.say("{rank} of {of}", rank=national["export_rank"], of=national["export_of"])
    return Card(
        label,
        value,
        page.say("Among the provinces whose exports of the year are complete."),
        page.say("By province of origin; derived."),
    )


def _count_card(page: Page, counts: pd.DataFrame, breaks: Sequence[SeriesBreak]) -> Card:
    if counts.empty:
        label = page.say("Micro and small establishments")
        return Card(label, page.say("not known"), page.say("No count is in the collection."))
    year, last = int(counts.index[-1]), counts.iloc[-1]
    page.source_ids.update(last["source_ids"])
    page.indicator(
        "headline_imk_establishments",
        last["total"],
        "establishments",
        str(year),
        obs_status=last["obs_status"],
        sources=last["source_ids"],
        inputs=[establishments_series(page)],
    )
    status = words.status(page.language, last["obs_status"]).capitalize()
    return Card(
        page.say("Micro and small establishments {year}", year=year),
        page.language.number(last["total"]),
        _count_change(page, counts, breaks),
        page.say("{status}; BPS survey (IMK).", status=status),
    )


def _count_change(page: Page, counts: pd.DataFrame, breaks: Sequence[SeriesBreak]) -> str:
    """Say how the latest count stands to the one before it, unless a break parts them."""
    if len(counts) < 2:
        return page.say("The only count there is.")
    first, last = int(counts.index[-2]), int(counts.index[-1])
    # A break with children is one of territory.
    kinds = {bool(item.children) for item in breaks if first <= item.after and item.before <= last}
    if kinds == {True, False}:
        return page.say(
            "Not compared with {year}: the survey and the territory changed in between.",
            year=first,
        )
    if kinds == {True}:
        return page.say("Not compared with {year}: the territory changed in between.", year=first)
    if kinds:
        return page.say("Not compared with {year}: the survey changed in between.", year=first)
    earlier, later = (
        YearFigure(year, value, value, value, status, tuple(ids))
        for year, value, status, ids in zip(
            (first, last),
            counts["total"].iloc[-2:],
            counts["obs_status"].iloc[-2:],
            counts["source_ids"].iloc[-2:],
            strict=True,
        )
    )
    counted = [establishments_series(page)]
    _record_change(page, "headline_imk_establishments", later, earlier, None, counted)
    return sentences.change(page, later, earlier, split=False)


def _target_cards(
    page: Page, target: GrowthTarget | None, judged: JudgedReading | None
) -> list[Card]:
    """Show the target of small industry, and the chance of reaching it or why none is given."""
    label = page.say("Growth target of small industry")
    if target is None or judged is None:
        return [Card(label, page.say("not known"), page.say("No target is in the collection."))]
    page.source_ids.update(target.source_ids)
    for end in ("lower", "upper"):
        page.indicator(
            f"headline_ikm_growth_target_{end}",
            getattr(target, end),
            "percent a year",
            str(target.year),
            obs_status="published" if target.source_ids else "derived",
            sources=target.source_ids,
            method=None if target.source_ids else "parameter ikm_growth_target",
            inputs=target_series(page, target),
        )
    _record_chance(page, judged, [establishments_series(page), *target_series(page, target)])
    value = page.say("{percent} a year", percent=words.growth_target(page.language, target))
    stated = sentences.stated_by(page, target)
    chance, rests_on = sentences.chance(page, judged)
    return [
        Card(label, value, page.say("{stated}.", stated=stated[0].upper() + stated[1:])),
        Card(
            page.say("Chance of reaching the target"),
            chance[0].upper() + chance[1:],
            rests_on,
            page.say("Of establishments (BPS, IMK)."),
        ),
    ]


def _record_chance(page: Page, judged: JudgedReading, inputs: Sequence[str]) -> None:
    outlook, method = judged.outlook, "analysis.models.target.range_outlook"
    year = str(judged.target_year)
    if isinstance(outlook, NotComputed):
        found = {"known": outlook.has, "needed": outlook.needs}
        for name, value in found.items():
            page.indicator(
                f"ikm_target_chance_{name}",
                value,
                outlook.unit.value,
                year,
                obs_status="derived",
                method=method,
                inputs=inputs,
            )
        return
    for end in ("lower", "upper"):
        page.indicator(
            f"ikm_target_chance_at_{end}",
            words.points(getattr(outlook, end).probability),
            "percent, to the nearest 5",
            year,
            obs_status="estimated",
            method=method,
            inputs=inputs,
        )
    page.indicator(
        "ikm_target_chance_steps",
        outlook.upper.walk.increments,
        "steps of growth",
        year,
        obs_status="derived",
        method=method,
        inputs=inputs,
    )
