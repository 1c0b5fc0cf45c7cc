"""Sections on the level of exports and imports, its trend and its breaks."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analysis.catalog.events import Event
from analysis.catalog.trade import TradeFlows
from analysis.indicators.series import NotComputed
from analysis.models.breaks import Coincidence, LevelShift
from analysis.models.trend import AdjustedLevel, TrendGrowth
from analysis.report.figures import trend as figures
from analysis.report.lineage import flow_name
from analysis.report.narrative import trend as narrative
from analysis.report.page import Page
from analysis.report.sections.trade import monthly_sources, window

Shifts = Mapping[str, tuple[LevelShift, ...] | NotComputed]


def levels(
    page: Page,
    results: Mapping[str, AdjustedLevel | NotComputed],
    growth: Mapping[str, TrendGrowth | NotComputed],
    shifts: Shifts,
    flows: TradeFlows,
    basis: str,
) -> None:
    """Show the seasonally adjusted level of each flow that has enough months, and its trend.

    Args:
        page: the page.
        results: the level by flow.
        growth: the growth of the straight line through the flow.
        shifts: by flow the shifts of its level; those that count as breaks are drawn.
        flows: where the months come from.
        basis: basis of exports.

    """
    page.heading(page.say("Trend"), "trend")
    computed = {
        flow: result for flow, result in results.items() if isinstance(result, AdjustedLevel)
    }
    for flow, result in results.items():
        if isinstance(result, NotComputed):
            _missing(page, result, flow, _level_of(page, flow), flows, basis)
    if not computed:
        return
    for flow, result in computed.items():
        sentences = [narrative.level(page, flow, result.table, result.latest_growth)]
        found = growth[flow]
        if isinstance(found, TrendGrowth):
            first = result.table.index[0]
            if _breaks(shifts[flow]):
                sentences.append(narrative.no_trend(page, first))
            else:
                sentences.append(narrative.trend_growth(page, first, found))
                _record_trend(page, flow, result, found, basis)
        page.text(" ".join(sentences))
        if isinstance(found, NotComputed):
            _missing(page, found, flow, _trend_of(page, flow), flows, basis)
        _record_level(page, flow, result, basis)
    figures.levels(
        page,
        {flow: result.table for flow, result in computed.items()},
        basis,
        monthly_sources(flows, basis),
        {flow: _breaks(shifts[flow]) for flow in computed},
    )


def breaks(
    page: Page,
    shifts: Shifts,
    coincidences: Mapping[str, Sequence[Coincidence]],
    events: Mapping[str, Sequence[Event]],
    basis: str,
) -> None:
    """Say where the level of each flow breaks, and which known events that coincides with.

    A flow with too few months has no part here: the trend says what it lacks.

    Args:
        page: the page.
        shifts: by flow the shifts of its level.
        coincidences: by flow the events near each of its shifts.
        events: by flow the known events that concern it.
        basis: basis of exports.

    """
    tested = {flow: found for flow, found in shifts.items() if not isinstance(found, NotComputed)}
    if not tested:
        return
    page.heading(page.say("Breaks"), "breaks")
    proofs = {
        flow: narrative.little_proof(page, found[0])
        for flow, found in tested.items()
        if not _breaks(found)
    }
    # Of two flows without a break, known in as many months, what that proves is said once.
    said_once = set(proofs.values()) if len(proofs) > len(set(proofs.values())) else set()
    for flow, found in tested.items():
        by_id = {event.id: event for event in events[flow]}
        known = _breaks(found)
        paragraphs = [
            f"{narrative.level_break(page, flow, shift)} "
            f"{narrative.coincidence(page, shift, near, by_id)}"
            for shift, near in zip(found, coincidences[flow], strict=True)
            if shift.is_break
        ]
        if not known:
            proof = "" if said_once else proofs[flow]
            paragraphs = [f"{narrative.no_break(page, flow, found[0])} {proof}".rstrip()]
        page.text(*paragraphs)
        for number, shift in enumerate(known or found[:1], start=1):
            near = coincidences[flow][number - 1]
            _record_shift(page, f"shift_{flow}_{number}", shift, near, flow, basis)
    if said_once:
        page.text(*said_once)


def _breaks(found: tuple[LevelShift, ...] | NotComputed) -> list[LevelShift]:
    return [] if isinstance(found, NotComputed) else [shift for shift in found if shift.is_break]


def _missing(
    page: Page, result: NotComputed, flow: str, what: str, flows: TradeFlows, basis: str
) -> None:
    # Named by its flow, so that one flow's record does not hide the other's.
    named = replace(result, method=f"{result.method}_{flow}")
    page.missing(
        named, what, window(page, result, flows, flow, basis), inputs=[flow_name(flow, basis)]
    )


def _level_of(page: Page, flow: str) -> str:
    if flow == "export":
        return page.say("level, trend and breaks of exports")
    return page.say("level, trend and breaks of imports")


def _trend_of(page: Page, flow: str) -> str:
    return page.say("trend of exports") if flow == "export" else page.say("trend of imports")


def _record_level(page: Page, flow: str, result: AdjustedLevel, basis: str) -> None:
    last = str(result.table.index[-1])
    values = {bound: result.table[bound].iloc[-1] for bound in ("level", "lower", "upper")}
    growth = {
        f"growth_{bound}": getattr(result.latest_growth, bound)
        for bound in ("estimate", "lower", "upper")
    }
    for name, value in {**values, **growth}.items():
        page.indicator(
            f"adjusted_{flow}_{name}",
            value,
            "percent" if name.startswith("growth") else "million USD",
            last,
            obs_status="estimated",
            method="analysis.models.trend.adjusted_level",
            basis=basis if flow == "export" else None,
            inputs=[flow_name(flow, basis)],
        )


def _record_trend(
    page: Page, flow: str, result: AdjustedLevel, found: TrendGrowth, basis: str
) -> None:
    for bound in ("estimate", "lower", "upper"):
        page.indicator(
            f"trend_{flow}_{bound}",
            getattr(found.growth, bound),
            "percent a year",
            f"{result.table.index[0]}/{result.table.index[-1]}",
            obs_status="estimated",
            method="analysis.models.trend.trend_growth",
            basis=basis if flow == "export" else None,
            inputs=[flow_name(flow, basis)],
        )


def _record_shift(
    page: Page, name: str, shift: LevelShift, near: Coincidence, flow: str, basis: str
) -> None:
    values = {
        "estimate": (shift.shift.estimate, "percent"),
        "lower": (shift.shift.lower, "percent"),
        "upper": (shift.shift.upper, "percent"),
        "times": (shift.times.estimate, "times the level before"),
        "times_lower": (shift.times.lower, "times the level before"),
        "times_upper": (shift.times.upper, "times the level before"),
        "p_value": (shift.p_value, "probability"),
        "months": (shift.months, "months"),
        "near_events_share": (near.chance, "share"),
    }
    events = page.table(f"events_{flow}", "events", flow=["", flow])
    for what, (value, unit) in values.items():
        page.indicator(
            f"{name}_{what}",
            value,
            unit,
            str(shift.date),
            obs_status="estimated",
            method=f"analysis.models.breaks.{_method_of(what)}",
            basis=basis if flow == "export" else None,
            inputs=[flow_name(flow, basis), *([events] if what == "near_events_share" else [])],
        )


def _method_of(what: str) -> str:
    return "coincident_events" if what == "near_events_share" else "level_shifts"
