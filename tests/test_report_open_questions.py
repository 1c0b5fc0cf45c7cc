"""The chapter on what few figures answer: every branch of its sentences, and its sections."""

import pandas as pd
import pytest
from report_samples import SOURCES, in_year, kinds, sound, texts

from analysis.catalog import local_economy as economy
from analysis.indicators.revenue import percents_of
from analysis.report import narrative, sections

SOURCE = SOURCES[0]

STEPS = pd.DataFrame(
    {
        "step": ["certificate_of_origin", "quarantine"],
        "figures": [58, 1],
        "first": [2010, 2024],
        "last": [2018, 2024],
        "items": [("0901", "0904"), ("03",)],
        "source_ids": [SOURCES, SOURCES],
    }
)

LOADED = pd.DataFrame(
    {
        "item": ["0901", "27", "26"],
        "port": ["PANJANG", "TARAHAN", "BRANTI (U)"],
        "year": [2025, 2025, 2024],
        "value": [1799.56, 43.0, 0.001],
        "obs_status": ["published", "approximate", "published"],
        "source_ids": [SOURCES, SOURCES, SOURCES],
    }
)

WAYS = pd.DataFrame(
    {
        "kind": ["inside", "outside", "province", "port", "province"],
        "name": ["", "", "East Java", "DEO Sorong airport", "Atlantis"],
        "time_period": "2025-01/2025-09",
        "basis": "",
        "value": [3754.0, 1072.0, 10.0, 5.0, 1.0],
        "obs_status": "published",
        "source_id": SOURCE,
    }
)


def ports(*assigned: str, loaded: pd.DataFrame = LOADED, ways: pd.DataFrame = WAYS):
    names = [f"PORT {number}" for number in range(len(assigned))]
    table = pd.DataFrame({"port": names, "assigned_by": assigned}, dtype=object)
    return economy.Ports(table, loaded, ways)


@pytest.mark.parametrize("figures", [STEPS, STEPS.head(0)])
@pytest.mark.parametrize("year", [2016, 2020, 2025])
def test_export_procedure(page, shown, figures, year):
    page = in_year(page, year)
    sections.open_questions.export_procedure(page, figures)
    assert kinds(shown) == ["heading", "text", "text"]
    text = texts(shown)
    assert text.count("\n- **") == len(narrative.open_questions.RULES)
    for rules in narrative.open_questions.RULES.values():
        for rule in rules:
            assert (rule.url in text) is (rule.since <= year), "no rule of a later year"
    assert len(page.indicators) == len(figures)
    assert "data/observations/targets.csv" in text


def test_rules_stand_at_public_addresses():
    rules = [rule for rules in narrative.open_questions.RULES.values() for rule in rules]
    for rule in (*rules, narrative.open_questions.INDUSTRY_REPORTING):
        assert rule.url.startswith("https://")
        assert rule.title
        assert 1995 <= rule.since <= 2025


@pytest.mark.parametrize(
    ("assigned", "english"),
    [
        ((), "No port of loading in Lampung"),
        (("source",), "1 port or airport of loading in Lampung: Port 0."),
        (("geography",), "1 of them is assigned"),
        (("source", "geography", "geography"), "2 of them are assigned"),
        (("source",) * 13, "13 ports and airports of loading in Lampung."),
    ],
)
def test_ports(page, assigned, english):
    text = sound(page, narrative.open_questions.ports(page, ports(*assigned)))
    if page.language.code == "en":
        assert english in text


def test_roads_and_ports_with_everything(page, shown):
    found = ports("source", "geography")
    both = found.inside_and_outside
    shares = percents_of(both, both.sum())
    sections.open_questions.roads_and_ports(page, found, shares)
    assert kinds(shown) == ["heading", "text", "table", "table", "text"]
    text = texts(shown)
    english = page.language.code == "en"
    for name in ("East Java", "Sorong airport", "Atlantis", "below 0.01") if english else (
        "Jawa Timur", "Bandara DEO Sorong", "Atlantis", "di bawah 0,01"
    ):  # fmt: skip
        assert name in text
    assert page.indicators["exports_by_own_ports"]["value"] == pytest.approx(77.787, abs=0.001)
    assert page.indicators["ports_of_loading"]["value"] == 2


def test_two_spellings_of_a_port_are_one(catalog):
    found = economy.ports_of_loading(catalog, catalog.province("dki-jakarta"), 2023)
    assert [name for name in found.ports["port"] if "PASAR IKAN" in name] == [
        "JAKARTA / PASAR IKAN"
    ]


def test_roads_and_ports_with_nothing(page, shown):
    found = ports(loaded=LOADED.head(0), ways=WAYS.head(0))
    sections.open_questions.roads_and_ports(page, found, pd.Series(dtype=float))
    assert kinds(shown) == ["heading", "text", "text"]
    assert "data/observations/economy.csv" in texts(shown)


def programme(code: str, indicator: str, value: float, sub: str = "", unit: str = "IKM") -> dict:
    return {
        "province_code": code,
        "time_period": "2022",
        "sub_period": sub,
        "indicator": indicator,
        "value": value,
        "unit": unit,
        "obs_status": "published",
        "source_id": SOURCE,
        "source_ids": (SOURCE,),
    }


OWN = programme("18", "ikm_registered_for_lagawi_fest", 9000.0, unit="IKM (more than)")
NATIONAL = programme("00", "esmart_ikm_participants", 1265.0)
LICENCES = programme("00", "new_entrepreneurs_with_business_licence", 2572.0)
TO_MIDYEAR = programme("00", "new_entrepreneurs_with_business_licence", 3648.0, "to Q2")


def frame(*rows: dict) -> pd.DataFrame:
    return pd.DataFrame(rows or None, columns=list(OWN))


@pytest.mark.parametrize("year", [2018, 2022])
@pytest.mark.parametrize(
    ("rows", "own"), [((OWN, NATIONAL), True), ((NATIONAL,), False), ((LICENCES,), None)]
)
def test_registration(page, shown, rows, own, year):
    page = in_year(page, year)
    sections.open_questions.registration(page, frame(*rows))
    known = own is not None
    assert kinds(shown) == ["heading", *["text", "table"] * known, "text"]
    text = texts(shown)
    assert ("SIINas (" in text) is (known and page.language.code == "en" and year >= 2019) or (
        page.language.code == "id"
    )
    over = "over 9,000" if page.language.code == "en" else "lebih dari 9.000"
    assert (over in text) is (own is True)
    assert ("Indonesia" in text) is known


@pytest.mark.parametrize(
    ("rows", "after"),
    [((), 0), ((LICENCES,), 1), ((LICENCES, TO_MIDYEAR), 2)],
)
def test_training(page, shown, rows, after):
    sections.open_questions.training(page, frame(*rows))
    expected = ["heading", "table", "text", "text"] if after == 2 else ["heading", "table", "text"]
    assert kinds(shown) == (expected if after else ["heading", "text"])
    numbers = "3,648" if page.language.code == "en" else "3.648"
    assert (texts(shown).count(numbers) == 2) is (after == 2)


def test_every_programme_is_named(page):
    names = {
        sound(page, narrative.open_questions.programme_name(page, name))
        for name in (*economy.REGISTRATION, *economy.TRAINING)
    }
    assert len(names) == len(economy.REGISTRATION) + len(economy.TRAINING)


@pytest.mark.parametrize("whole", [5970.0, 6100.0, float("nan")])
def test_districts(page, shown, catalog, whole):
    found = economy.district_counts(catalog, catalog.province("kalimantan-utara"), 2024)
    found = found.assign(of_province=whole)
    values = found.set_index("district")["value"]
    sections.open_questions.districts(page, found, percents_of(values, values.sum()))
    assert kinds(shown) == ["heading", "text", "table"]
    number = page.language.number(6100)
    assert (number in texts(shown)) is (whole == 6100)
    assert page.indicators["imk_establishments_of_districts"]["value"] == 5970


def test_districts_with_none(page, shown, catalog):
    found = economy.district_counts(catalog, catalog.province("lampung"), 2025)
    sections.open_questions.districts(page, found, percents_of(found["value"], 0.0))
    assert kinds(shown) == ["heading", "text"]
    assert "data/observations/industry.csv" in texts(shown)
