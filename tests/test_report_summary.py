"""The summary: cards with direction and certainty, what is known, what changed, how to rerun."""

import re
from dataclasses import replace

import pandas as pd
import pytest
from report_samples import (
    COUNTS,
    LEVEL,
    NO_COUNTS,
    NOT_COMPUTED,
    SOURCES,
    TARGETS,
    in_year,
    interval,
    kinds,
    rows_of,
    sound,
    texts,
)

from analysis.catalog import Catalog
from analysis.catalog.certainty import basis_before, revisions, year_range
from analysis.catalog.coverage import (
    MONTHLY_SUBJECTS,
    YEARLY_SUBJECTS,
    State,
    known_by_month,
    known_by_year,
)
from analysis.catalog.industry import Reading, SeriesBreak
from analysis.catalog.statements import statements
from analysis.catalog.territory import TerritoryBreak
from analysis.catalog.trade import trade_flows
from analysis.errors import NeracaError
from analysis.indicators.headline import Direction, YearFigure, balance_of, cover_of, direction
from analysis.models.completion import CompletedYear
from analysis.models.readings import judge
from analysis.parameters import ReportParameters
from analysis.report import display, figures, narrative, sections
from analysis.report.narrative import summary as sentences
from analysis.report.tables.summary import spans

NONE_MODELLED = {"export": NOT_COMPUTED, "import": NOT_COMPUTED}
NATIONAL = {"export_rank": "5", "export_of": "30", "balance_rank": "3", "balance_of": "20"}
NO_MONTHS = pd.DataFrame(columns=["subject", "time_period", "state"])
NOTHING_REVISED = pd.DataFrame(
    columns=["time_period", "flow", "basis", "before", "now", "source_before", "source_now"]
)


def year_of(value: float, year: int = 2025, spread: float = 0.0, status: str = "published"):
    return YearFigure(year, value - spread, value, value + spread, status, SOURCES)


def reading(*values: float, breaks: tuple[SeriesBreak, ...] = ()) -> Reading:
    years = range(2025 - len(values) + 1, 2026)
    points = pd.Series(values, index=pd.Index(years, name="year"), dtype=float)
    return Reading("imk_establishments", points, (), breaks)


def card_count(shown) -> int:
    return texts(shown).count("::: {.card}")


@pytest.mark.parametrize(
    "row",
    [
        {"export_rank": "", "export_of": "30", "balance_rank": "", "balance_of": "20"},
        {"export_rank": "5", "export_of": "30", "balance_rank": "", "balance_of": "20"},
        {"export_rank": "5", "export_of": "30", "balance_rank": "3", "balance_of": "20"},
    ],
)
def test_rank(page, row):
    text = sound(page, narrative.provinces.rank(page, row, 2025))
    assert ("30" in text) is bool(row["export_rank"])


@pytest.mark.parametrize("balance", ["3", ""])
def test_balance_rank(page, balance):
    row = NATIONAL | {"balance_rank": balance}
    text = sound(page, narrative.provinces.balance_rank(page, row, 2025))
    assert bool(text) is bool(balance)
    assert not balance or ("FOB" in text and "CIF" in text and "20" in text)


def test_a_rank_among_few_provinces_is_none(page, shown, flows):
    few = {"export_rank": "1", "export_of": "4", "balance_rank": "1", "balance_of": "2"}
    sections.summary.show(page, flows, "origin", NONE_MODELLED, NO_COUNTS, (), None, None, few)
    text = sound(page, texts(shown))
    assert {"en": "Too few provinces", "id": "Terlalu sedikit provinsi"}[page.language.code] in text
    assert "national_export_rank" not in page.indicators


def test_titles(page):
    for text in (narrative.report.title(page), narrative.report.description(page)):
        assert "Lampung" in sound(page, text)
        assert "2025" in text
    assert "data/observations/trade.csv" in narrative.report.add_a_figure(page, "trade")


def test_how_figures_are_added_is_said_once_a_section_and_table(page, shown):
    assert narrative.report.add_a_figure(page, "trade")
    assert narrative.report.add_a_figure(page, "industry")
    assert narrative.report.add_a_figure(page, "trade") == ""
    page.heading("Next", "next")
    assert narrative.report.add_a_figure(page, "trade")


def test_headline_without_any_figure(page, shown, empty):
    sections.summary.show(page, empty, "origin", NONE_MODELLED, NO_COUNTS, (), None, None, None)
    assert card_count(shown) == 5
    assert page.indicators == {}


@pytest.mark.parametrize("national", [None, NATIONAL, NATIONAL | {"export_rank": ""}])
@pytest.mark.parametrize("target", [None, *TARGETS.values()], ids=["none", *TARGETS])
def test_headline_of_lampung(page, shown, flows, national, target):
    judged = None if target is None else judge(reading(1.0, 2.0, 3.0, 5.0), target, 2025, LEVEL)
    sections.summary.show(
        page, flows, "origin", NONE_MODELLED, COUNTS, (), target, judged, national
    )
    assert card_count(shown) == (7 if target is None else 8)
    text = texts(shown)
    assert page.language.number(121385) in text
    assert page.language.money(6637.71) in text
    change = page.indicators["headline_export_change"]["value"]
    assert change == pytest.approx(100 * 6637.71 / 5588.3 - 100, abs=1e-6)


def test_an_incomplete_year_is_an_estimate_and_says_so(page, shown, flows):
    table = flows.table
    gap = table["time_period"].str.startswith("2025") & (
        (table["period_type"] != "month") | table["time_period"].isin(["2025-04", "2025-05"])
    )
    lacking = replace(flows, table=table[~gap | (table["flow"] == "import")])
    parts = pd.DataFrame({"modelled": [False] * 10 + [True] * 2})
    estimates = NONE_MODELLED | {
        "export": CompletedYear(2025, interval(6000.0, 6500.0, 7000.5), parts)
    }
    sections.summary.show(page, lacking, "origin", estimates, NO_COUNTS, (), None, None, None)
    text = texts(shown)
    assert page.say("{name} {year}, estimated", name=page.say("Exports"), year=2025) in text
    assert page.language.figure(7000.5, 1) in text
    assert page.indicators["headline_export"]["obs_status"] == "estimated"
    assert page.indicators["headline_export_months_known"]["value"] == 10
    balance = page.indicators["headline_balance"]
    assert balance["obs_status"] == "estimated"
    assert page.indicators["headline_balance_upper"]["value"] > balance["value"]


def test_the_latest_complete_year_serves_where_the_own_one_is_not_known(page, shown, flows):
    before = replace(flows, table=flows.table[flows.table["time_period"] < "2025"])
    sections.summary.show(page, before, "origin", NONE_MODELLED, NO_COUNTS, (), None, None, None)
    assert page.indicators["headline_export"]["time_period"] == "2024"
    assert page.say("No later year up to {year} has both totals.", year=2025) in texts(shown)


def test_a_balance_of_an_earlier_year_records_its_own_flows(page, shown, flows):
    table = flows.table
    later = (table["flow"] == "import") & (table["time_period"] >= "2025")
    sections.summary.show(
        page, replace(flows, table=table[~later]), "origin", NONE_MODELLED, NO_COUNTS, (),
        None, None, None,
    )  # fmt: skip
    assert page.indicators["headline_export"]["time_period"] == "2025"
    assert page.indicators["headline_balance_export"]["time_period"] == "2024"
    assert page.language.money(5588.3) in texts(shown)


def test_the_latest_month_serves_where_no_year_is_complete(page, shown, flows):
    few = replace(flows, table=flows.table[flows.table["time_period"].isin(["2025-01", "2025-02"])])
    sections.summary.show(page, few, "origin", NONE_MODELLED, NO_COUNTS, (), None, None, None)
    assert page.language.month("2025-02") in texts(shown)
    assert page.indicators["headline_export_month"]["time_period"] == "2025-02"


@pytest.mark.parametrize(
    ("kinds_of_break", "english"),
    [
        ("s", "the survey changed in between"),
        ("t", "the territory changed in between"),
        ("st", "the survey and the territory changed in between"),
    ],
)
def test_a_card_names_what_parts_its_counts(page, shown, empty, catalog, kinds_of_break, english):
    reasons = {"id": "a", "en": "b"}
    breaks = {
        "s": SeriesBreak("imk", 2023, 2025, reasons),
        "t": SeriesBreak("imk", 2023, 2025, {}, (catalog.province("papua-selatan"),)),
    }
    parted = tuple(breaks[kind] for kind in kinds_of_break)
    sections.summary.show(page, empty, "origin", NONE_MODELLED, COUNTS, parted, None, None, None)
    expected = page.say(f"Not compared with {{year}}: {english}.", year=int(COUNTS.index[-2]))
    assert expected in texts(shown)


def test_no_change_is_told_across_a_change_of_territory(page, shown, flows, catalog):
    split = TerritoryBreak("2025-03", "2025-04", (catalog.province("papua-selatan"),))
    broken = replace(flows, breaks=(split,))
    sections.summary.show(page, broken, "origin", NONE_MODELLED, NO_COUNTS, (), None, None, None)
    assert page.say("Not compared with {year}: the territory changed.", year=2024) in texts(shown)
    assert "headline_export_change" not in page.indicators


def test_counts_are_not_compared_across_a_break(page, shown, empty):
    broken = SeriesBreak("imk", 2023, 2025, {"id": "a", "en": "b"})
    for breaks in ((broken,), ()):
        page.indicators.clear()
        sections.summary.show(
            page, empty, "origin", NONE_MODELLED, COUNTS, breaks, None, None, None
        )
        assert ("headline_imk_establishments_change" in page.indicators) is not bool(breaks)
    one = COUNTS.tail(1)
    page.indicators.clear()
    sections.summary.show(page, empty, "origin", NONE_MODELLED, one, (), None, None, None)
    assert page.say("The only count there is.") in texts(shown)


@pytest.mark.parametrize(
    ("now", "before"),
    [
        (year_of(110), year_of(100, 2024)),
        (year_of(90), year_of(100, 2024)),
        (year_of(100), year_of(100, 2024)),
        (year_of(0), year_of(0, 2024)),
        (year_of(110, spread=20), year_of(100, 2024)),
        (year_of(110, spread=20, status="estimated"), year_of(100, 2024)),
        (year_of(-90), year_of(-100, 2024)),
        (year_of(-110), year_of(-100, 2024)),
        (year_of(10), year_of(-100, 2024)),
        (year_of(-10), year_of(100, 2024)),
        (year_of(10), None),
    ],
)
@pytest.mark.parametrize("split", [False, True])
def test_every_direction_has_words(page, now, before, split):
    for word in (sentences.change, sentences.balance_change, sentences.ratio_change):
        text = sound(page, word(page, now, before, split=split))
        compared = before is not None and min(now.value, before.value) > 0
        assert not compared or "2024" in text


def test_a_deficit_that_grows_is_called_larger(page):
    say = page.say
    larger, smaller = (
        sentences.balance_change(page, year_of(value), year_of(-100, 2024), split=False)
        for value in (-110, -90)
    )
    amount = page.language.money(100)
    assert larger == say("Larger than in {year} ({amount}).", year=2024, amount=amount)
    assert smaller == say("Smaller than in {year} ({amount}).", year=2024, amount=amount)


@pytest.mark.parametrize("status", ["published", "derived", "approximate", "estimated"])
@pytest.mark.parametrize("spread", [0.0, 0.01, 40.0])
def test_how_sure_has_words(page, status, spread):
    figure = year_of(300.0, spread=spread, status=status)
    for text in (
        sentences.sureness(page, figure, "x"),
        sentences.made_of_both(page, figure),
        sentences.ratio_sureness(page, figure),
        sentences.estimate(page, figure, 7),
        sentences.lead(page, figure, figure, figure, "origin"),
    ):
        assert sound(page, text)
    assert bool(sentences.range_of(page, figure)) is (spread > 1)


def test_a_range_too_narrow_for_its_digits_is_not_told(page):
    assert sentences.range_of(page, YearFigure(2025, 7.301, 7.302, 7.304, "published")) == ""


def test_the_lead_tells_an_open_sign(page):
    open_sign = sentences.lead(
        page, year_of(5), year_of(4), YearFigure(2025, -3, 1, 5, "estimated"), "origin"
    )
    assert page.say("The interval leaves open whether it was a surplus.") in open_sign


@pytest.mark.parametrize("target", [TARGETS["national range"], TARGETS["national"]])
def test_chance_of_the_target(page, target):
    growing = judge(reading(100.0, 104.0, 111.0, 116.0), target, 2025, LEVEL)
    chance, rests_on = sentences.chance(page, growing)
    assert re.search(r"\d", sound(page, chance))
    assert "3" in sound(page, rests_on)
    far_apart = replace(target, lower=-50.0, upper=60.0)
    _, both = sentences.chance(
        page, judge(reading(100.0, 104.0, 111.0, 116.0), far_apart, 2025, LEVEL)
    )
    assert re.search(r"\d+ (percent|persen)", sound(page, both))


def test_why_no_chance_is_given(page):
    broken = SeriesBreak("imk", 2023, 2024, {"id": "a", "en": "b"})
    for breaks in ((), (broken,)):
        short = judge(reading(1.0, 2.0, 3.0, breaks=breaks), TARGETS["national"], 2025, LEVEL)
        chance, reason = sentences.chance(page, short)
        assert chance == page.say("not computed")
        assert (page.say("Steps across a break do not count.") in reason) is bool(breaks)


def test_figures_of_two_years_make_no_balance():
    with pytest.raises(NeracaError, match="of one year"):
        balance_of(year_of(1.0), year_of(1.0, 2024))
    assert cover_of(year_of(1.0), year_of(0.0)) is None
    assert balance_of(year_of(1.0, status="approximate"), year_of(1.0)).obs_status == "approximate"
    assert direction(year_of(1.0), year_of(1.0, 2024)) is Direction.SAME


def test_year_range_takes_every_source_in(flows):
    low, high = year_range(flows, "import", "origin", 2025)
    assert low <= flows.annual("import", "origin").loc[2025, "value"] <= high
    assert year_range(flows, "export", "origin", 1999) is None


def test_revisions_need_two_dated_releases(catalog):
    flows = trade_flows(catalog, catalog.province("lampung"), 2017)
    found = revisions(catalog, flows, 2017).set_index(["time_period", "flow"])
    assert found.loc[("2016-01", "export"), ["before", "now"]].tolist() == [292.3, 273.54]
    assert revisions(catalog, flows, 1999).empty
    nothing = replace(flows, table=flows.table.head(0))
    assert revisions(catalog, nothing, 2017).empty
    assert basis_before(nothing, 2017) == "origin"


@pytest.mark.parametrize(("province", "year"), [("lampung", 2025), ("gorontalo", 2024)])
def test_coverage_holds_what_the_flows_hold(catalog, province, year):
    place = catalog.province(province)
    flows = trade_flows(catalog, place, year)
    known = known_by_month(catalog, place, flows, "origin", year)
    assert not known.duplicated(["subject", "time_period"]).any()
    assert set(known["subject"]) <= set(MONTHLY_SUBJECTS)
    exports = flows.monthly_rows("export", "origin")
    assert (known["subject"] == "export").sum() == len(exports)
    imports = known[known["subject"] == "import"]
    doubtful = flows.monthly_rows("import", "")["doubtful"].astype(bool)
    assert (imports["state"] == State.DOUBTFUL).sum() == doubtful.sum()


def test_years_of_a_survey_are_those_of_its_whole_counts(catalog):
    # 2022 has a count of one branch only (KBLI 16), which is none of all establishments.
    known = known_by_year(catalog, catalog.province("kalimantan-utara"), 2024)
    years = known.set_index("subject")["years"]
    assert years["imk_establishments"] == (2020, 2023)
    assert years["agency_counts"] == (2019, 2020)


def test_rattan_is_not_counted_as_a_village_cooperative(catalog):
    known = known_by_year(catalog, catalog.province("kalimantan-utara"), 2024)
    years = known.set_index("subject")["years"]
    assert years["villages"] == ()
    assert years["rattan"] == (2020, 2023)


def test_coverage_of_lampung(page, shown, catalog, flows):
    place = catalog.province("lampung")
    known = known_by_month(catalog, place, flows, "origin", 2025)
    sections.coverage.show(page, known, known_by_year(catalog, place, 2025))
    assert kinds(shown) == ["heading", "text", "figure", "table"]
    rows = rows_of(shown[2][1])
    assert {row["subject"] for row in rows} == set(MONTHLY_SUBJECTS)
    assert len(rows) == 120 * len(MONTHLY_SUBJECTS)
    january = {row["subject"]: row["state"] for row in rows if row["time_period"] == "2025-12"}
    assert january["export"] == "published"
    assert january["export_products"] == "missing"
    assert page.indicators["months_known_export"]["value"] == 116
    assert len(rows_of(shown[3][1])) == len(YEARLY_SUBJECTS)


def test_coverage_in_every_state(page, shown):
    known = pd.DataFrame(
        [("export", f"2025-0{number}", state) for number, state in enumerate(State, start=1)],
        columns=NO_MONTHS.columns,
    )
    years = pd.DataFrame(
        [("pad", "revenue", (2022, 2023), 2), ("villages", "villages", (), 0)],
        columns=["subject", "table", "years", "figures"],
    )
    sections.coverage.show(page, known, years)
    assert len(rows_of(shown[2][1])) == 60, "five years are drawn where ten hold nothing"
    listed = known[known["state"] == State.LISTED]
    sections.coverage.show(replace(page, indicators={}), listed, years)


def test_coverage_without_any_month(page, shown):
    nothing = pd.DataFrame(columns=["subject", "table", "years", "figures"])
    sections.coverage.show(page, NO_MONTHS, nothing)
    assert kinds(shown) == ["heading", "text", "table"]
    assert "data/observations/trade.csv" in texts(shown)


def test_years_in_runs():
    assert spans(()) == ""
    assert spans((2020, 2021, 2023)) == "2020–2021, 2023"


def test_nothing_changed(page, shown):
    sections.changes.show(
        page, NO_MONTHS, NOTHING_REVISED, ("origin", "origin"), NO_COUNTS, (None, None), ()
    )
    assert kinds(shown) == ["heading", "text"]
    assert "2024" in texts(shown)
    assert page.indicators == {}


def test_changes_of_lampung(page, shown, catalog):
    at = in_year(page, 2022)
    place = catalog.province("lampung")
    flows = trade_flows(catalog, place, 2022)
    known = known_by_month(catalog, place, flows, "origin", 2022)
    revised = revisions(catalog, flows, 2021)
    targets = (TARGETS["national range"], TARGETS["carried on"])
    counts = COUNTS.set_axis(pd.Index([2021, 2022], name="year"))
    claims = statements(catalog, place, 2022)
    sections.changes.show(
        at, known, revised, ("port-of-loading", "origin"), counts, targets, claims
    )
    assert kinds(shown) == ["heading", "text", "table"]
    assert texts(shown).count("\n- ") + 1 >= 7
    assert at.indicators["new_export_months"]["value"] == 12
    assert at.indicators["new_statements"]["value"] == 3
    assert at.indicators["ikm_growth_target_now_upper"]["value"] == 14
    assert len(rows_of(shown[2][1])) == len(revised) > 0


def test_a_first_target_is_called_so(page):
    first = narrative.changes.new_target(page, None, TARGETS["national"])
    assert page.language.figure(4.25) in sound(page, first)
    assert narrative.changes.new_target(page, TARGETS["national"], TARGETS["national"]) == ""


@pytest.mark.parametrize("count", [1, 2])
def test_changes_in_number(page, count):
    for text in (
        narrative.changes.new_lists(page, count),
        narrative.changes.new_statements(page, count),
    ):
        assert str(count) in sound(page, text)


@pytest.mark.parametrize("target", [None, 7.5])
def test_command_that_makes_the_page_again(page, shown, target):
    asked = page.parameters.model_dump() | {"ikm_growth_target": target}
    page.parameters = ReportParameters.parse(asked)
    sections.reproduction.reproduce(page)
    text = texts(shown)
    assert f"neraca report lampung 2025 \\\n    --language {page.language.code}" in text
    assert ("--ikm-growth-target 7.5" in text) is (target is not None)
    assert "requirements.lock" in text


def state_of(page, shown, table: str) -> str:
    shown.clear()
    sections.reproduction.reproduce(page)
    (line,) = [line for line in texts(shown).splitlines() if line.startswith(f"- `{table}` ")]
    return line


def test_state_of_what_was_read(page, shown, project_root):
    catalog = page.catalog = Catalog(project_root / "data")
    catalog.read("trade", province_code="18", until=2012)
    line = state_of(page, shown, "trade")
    assert re.fullmatch(r"- `trade` `[0-9a-f]{12}`", line)
    assert str(project_root) not in texts(shown)
    assert state_of(page, shown, "trade") == line
    # It is of the rows, not of the table: only another question changes it.
    catalog.read("trade", province_code="18", until=2013)
    assert state_of(page, shown, "trade") != line


def test_an_installation_without_a_name_names_no_version(page, shown, monkeypatch):
    def unknown(name: str) -> str:
        raise sections.reproduction.PackageNotFoundError(name)

    monkeypatch.setattr(sections.reproduction, "version", unknown)
    sections.reproduction.reproduce(page)
    assert "neraca 0" not in texts(shown)


def test_coverage_is_drawn_the_same_twice(page, monkeypatch):
    drawn: list[dict] = []
    monkeypatch.setattr(display, "display", lambda data, **_: drawn.append(data))
    known = pd.DataFrame(
        [("export", f"2025-0{number}", state) for number, state in enumerate(State, start=1)],
        columns=NO_MONTHS.columns,
    )
    for _ in range(2):
        figures.summary.coverage(page, known, 2021)
    first, second = drawn
    assert first == second
    assert "<text" not in first["image/svg+xml"], "letters are outlines"
    assert sound(page, first["text/markdown"])
