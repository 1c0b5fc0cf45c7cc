"""The level of the flows, its trend and its breaks: every branch of the sentences, the sections."""

from dataclasses import replace

import pandas as pd
import pytest
from report_samples import NOT_COMPUTED, interval, kinds, months, rows_of, sound, texts

from analysis.catalog.events import known_events
from analysis.catalog.trade import TradeFlows
from analysis.models.breaks import Coincidence, LevelShift, MergedEvent, coincident_events
from analysis.models.trend import AdjustedLevel, TrendGrowth
from analysis.report import Page, narrative, sections

TESTED = pd.period_range("2016-01", periods=96, freq="M")
FLOWS = ("export", "import")


def shift(p_value: float = 0.01, dates: tuple[str, ...] = ("2020-03",), count: int = 120):
    return LevelShift(
        date=pd.Period(dates[0], "M"),
        dates=pd.PeriodIndex(dates, freq="M"),
        shift=interval(37.3, 57.0, 79.6),
        p_value=p_value,
        statistic=9.0,
        months=count,
        tested=TESTED,
        earlier=(),
        persistence=0.85,
        noise_share=0.5,
        draws=1999,
    )


def adjusted() -> AdjustedLevel:
    columns = {
        "level": (100.0, 1001.5),
        "lower": (90.0, 900.0),
        "upper": (110.0, 1100.0),
        "adjusted": (101.0, None),
    }
    frame = pd.DataFrame({name: months(*values) for name, values in columns.items()})
    return AdjustedLevel(frame, interval(-1, 0.5, 2), interval(0, 1, 2), 0.0)


def growth(lower: float = 1.0, upper: float = 3.0) -> TrendGrowth:
    return TrendGrowth(interval(lower, (lower + upper) / 2, upper), 130, 15, 0.7)


@pytest.mark.parametrize("growth", [interval(1, 2, 3), interval(-3, -2, -1), interval(-1, 0.0, 1)])
@pytest.mark.parametrize("flow", ["export", "import"])
def test_level(page, growth, flow):
    table = pd.DataFrame({"level": months(1100.5), "lower": months(9.1), "upper": months(1200.0)})
    sound(page, narrative.trend.level(page, flow, table, growth))


@pytest.mark.parametrize(
    ("bounds", "english"),
    [((1, 3), "rises"), ((-3, -1), "falls"), ((-1, 1), "rises or falls is not certain")],
)
def test_trend_growth(page, bounds, english):
    text = sound(page, narrative.trend.trend_growth(page, TESTED[0], growth(*bounds)))
    assert page.language.code == "id" or english in text


def test_no_trend_is_stated_across_a_break(page):
    text = sound(page, narrative.trend.no_trend(page, TESTED[0]))
    assert page.language.month(TESTED[0]) in text
    assert "%" not in text and not any(mark in text for mark in ("+", "−"))


@pytest.mark.parametrize(
    ("percent", "told"), [(57.0, "+57"), (199.9, "+199"), (416.9, "5"), (-30.0, "−30")]
)
def test_a_shift_of_several_hundred_percent_is_told_in_times(page, percent, told):
    found = replace(shift(), shift=interval(percent - 10, percent, percent + 10))
    text = sound(page, narrative.trend.level_break(page, "import", found))
    times = {"en": "times what it was", "id": "kali tingkat sebelumnya"}[page.language.code]
    assert (times in text) is (percent > 200)
    assert told in text
    assert found.times.estimate == pytest.approx(1 + percent / 100)


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("count", [36, 120])
def test_no_break_is_weak_evidence(page, flow, count):
    found = shift(0.059, count=count)
    assert page.language.number(0.06, 2) in sound(page, narrative.trend.no_break(page, flow, found))
    weak = {"en": "weak evidence", "id": "bukti lemah"}[page.language.code]
    assert (weak in sound(page, narrative.trend.little_proof(page, found))) is (count == 36)


@pytest.mark.parametrize(("months", "said"), [((48, 48), 1), ((48, 47), 2), ((48, None), 1)])
def test_what_no_break_proves_is_said_once_of_both_flows(page, shown, months, said):
    shifts = {
        flow: (shift(0.5, count=count) if count else shift(0.01),)
        for flow, count in zip(FLOWS, months, strict=True)
    }
    nothing = {flow: (Coincidence((), 0.0),) for flow in FLOWS}
    sections.trend.breaks(page, shifts, nothing, {flow: [] for flow in FLOWS}, "origin")
    weak = {"en": "weak evidence", "id": "bukti lemah"}[page.language.code]
    assert texts(shown).count(weak) == said


@pytest.mark.parametrize(
    ("p_value", "english"),
    [
        (0.0005, "in fewer than one of a hundred series"),
        (0.012, "in one of a hundred series"),
        (0.0595, "in 6 of a hundred series"),
        (1.0, "in 100 of a hundred series"),
    ],
)
def test_a_chance_is_put_in_words(page, p_value, english):
    text = sound(page, narrative.trend.by_chance(page, p_value))
    assert page.language.code == "id" or english in text


@pytest.mark.parametrize(
    ("dates", "english"),
    [
        (("2020-03",), ""),
        (("2020-03", "2020-04", "2020-05"), "about as likely are: March–May 2020."),
        (("2020-03", "2020-07"), "about as likely are: March 2020 and July 2020."),
        (("2020-01", "2020-03", "2020-05", "2020-07"), "others between January 2020 and July 2020"),
    ],
)
@pytest.mark.parametrize("flow", FLOWS)
def test_the_months_about_as_likely_need_not_follow_one_another(page, dates, english, flow):
    text = sound(page, narrative.trend.level_break(page, flow, shift(dates=dates)))
    if page.language.code == "en":
        assert english in text
    assert ("about as likely" in text or "sama mungkinnya" in text) is bool(english)


def test_months_between_which_none_was_tested_follow_one_another(page):
    gap = TESTED.delete(TESTED.get_loc(pd.Period("2020-04", "M")))
    found = replace(shift(dates=("2020-03", "2020-05")), tested=gap)
    text = narrative.trend.level_break(page, "export", found)
    assert page.language.period("2020-03/2020-05") in text


def events_of(page: Page, flow: str = "export") -> dict:
    found = known_events(page.catalog, page.province, flow, page.year)
    return {event.id: event for event in found}


def test_a_coincidence_is_no_cause(page):
    events = events_of(page)
    covid = MergedEvent(TESTED[50], TESTED[50], ("covid-19-2020",))
    text = narrative.trend.coincidence(page, shift(), Coincidence((covid,), 0.23), events)
    sound(page, text)
    name = {"en": "COVID-19 declared", "id": "COVID-19 dinyatakan"}[page.language.code]
    assert name in text
    assert page.language.percent(23, 0) in text
    assert not {"because", "caused", "karena", "akibat"} & set(text.lower().split())


@pytest.mark.parametrize("chance", [0.0, 0.23])
def test_no_event_near(page, chance):
    text = sound(page, narrative.trend.coincidence(page, shift(), Coincidence((), chance), {}))
    assert (page.language.percent(23, 0) in text) is (chance > 0)


def test_levels(page, shown, flows):
    sections.trend.levels(
        page,
        {"export": adjusted(), "import": NOT_COMPUTED},
        {"export": growth(), "import": NOT_COMPUTED},
        {"export": (shift(dates=("2025-02",)), shift(0.5)), "import": NOT_COMPUTED},
        flows,
        "origin",
    )
    ((_, drawn),) = [item for item in shown if item[0]["kind"] == "figure"]
    assert [row["level_break"] for row in rows_of(drawn)] == ["False", "True"]
    assert page.language.month("2025-02") in drawn["text/markdown"]
    assert page.indicators["adjusted_export_level"]["value"] == 1001.5
    # The level breaks, so that no straight line is told.
    assert "trend_export_estimate" not in page.indicators
    told = narrative.trend.no_trend(page, adjusted().table.index[0])
    assert told.rpartition("](#term-trend)")[2] in texts(shown)
    assert page.indicators["not_computed_a method_import"]["value"] == NOT_COMPUTED.has
    assert texts(shown).count("callout-note") == 1


def test_a_trend_through_an_unbroken_level(page, shown, flows):
    sections.trend.levels(
        page,
        {"export": adjusted()},
        {"export": growth()},
        {"export": (shift(0.5),)},
        flows,
        "origin",
    )
    assert page.indicators["trend_export_estimate"]["value"] == 2
    told = narrative.trend.trend_growth(page, adjusted().table.index[0], growth())
    assert told.rpartition("](#term-trend)")[2] in texts(shown)


def test_a_level_without_a_trend(page, shown, flows):
    sections.trend.levels(
        page,
        {"export": adjusted()},
        {"export": NOT_COMPUTED},
        {"export": (shift(0.5),)},
        flows,
        "origin",
    )
    assert kinds(shown).count("figure") == 1
    assert texts(shown).count("callout-note") == 1
    assert "trend_export_estimate" not in page.indicators


def test_breaks(page, shown):
    shifts = {"export": (shift(), shift(0.6)), "import": (shift(0.2),)}
    events = {flow: list(events_of(page, flow).values()) for flow in FLOWS}
    near = {
        flow: [
            coincident_events(each, {item.id: item.date for item in events[flow]}) for each in found
        ]
        for flow, found in shifts.items()
    }
    sections.trend.breaks(page, shifts, near, events, "origin")
    text = texts(shown)
    assert narrative.trend.level_break(page, "export", shifts["export"][0]).split("[")[0] in text
    assert narrative.trend.no_break(page, "import", shifts["import"][0]).split("[")[0] in text
    # The shift that may be chance is no break, and is told only where there is none.
    assert page.indicators["shift_export_1_p_value"]["value"] == 0.01
    assert "shift_export_2_p_value" not in page.indicators
    assert page.indicators["shift_import_1_p_value"]["value"] == 0.2
    assert page.indicators["shift_export_1_months"]["value"] == 120


def test_breaks_of_nothing_are_left_to_the_trend(page, shown):
    shifts = {"export": NOT_COMPUTED, "import": NOT_COMPUTED}
    sections.trend.breaks(page, shifts, {}, {"export": [], "import": []}, "origin")
    assert not shown


def test_nothing_is_drawn_without_a_level(page, shown, empty: TradeFlows):
    nothing = {"export": NOT_COMPUTED, "import": NOT_COMPUTED}
    sections.trend.levels(page, nothing, nothing, nothing, empty, "origin")
    assert "figure" not in kinds(shown)
    assert texts(shown).count("callout-note") == 2
