"""Parameters: what a report can be asked for, and the one sentence that refuses the rest."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from analysis.errors import NeracaError
from analysis.parameters import (
    NationalParameters,
    ReportParameters,
    from_notebook,
    load_provinces,
    national_from_notebook,
    report_years,
)

GOOD = {"province": "lampung", "year": 2025}


def refusal(**changes: object) -> str:
    with pytest.raises(NeracaError) as caught:
        ReportParameters.parse(GOOD | changes)
    return str(caught.value)


def test_defaults():
    assert ReportParameters.parse(GOOD).model_dump() == {
        "province": "lampung",
        "year": 2025,
        "language": "id",
        "horizon_months": 12,
        "interval_level": 0.80,
        "ikm_growth_target": None,
        "raw_export_cut": 10.0,
    }


def test_cannot_be_changed_afterwards():
    parameters = ReportParameters.parse(GOOD)
    with pytest.raises(ValueError, match="frozen"):
        parameters.year = 2024


@pytest.mark.parametrize(
    ("asked", "nearest"),
    [
        ("lampun", "lampung"),
        ("Lampung", "lampung"),
        ("north-kalimantan", "kalimantan-utara"),
        ("North Kalimantan", "kalimantan-utara"),
        ("central-java", "jawa-tengah"),
        ("kalimantan-utra", "kalimantan-utara"),
    ],
)
def test_unknown_province_names_the_nearest(asked, nearest):
    message = refusal(province=asked)
    assert message.startswith(f"There is no province {asked!r}. Did you mean ")
    assert nearest in message.removeprefix(f"There is no province {asked!r}. ")


def test_province_like_nothing_is_sent_to_the_list():
    assert refusal(province="zzz") == (
        "There is no province 'zzz'. `neraca provinces` lists all of them."
    )


@pytest.mark.parametrize("province", ["", "18", "../aceh", "lampung "])
def test_province_is_never_guessed(province):
    assert "There is no province" in refusal(province=province)


def test_indonesia_is_no_province():
    assert "Indonesia is no province" in refusal(province="indonesia")


def test_every_province_can_be_asked_for():
    first, last = report_years()
    provinces = [province for province in load_provinces().all if not province.is_country]
    assert len(provinces) == 38
    for province in provinces:
        asked = {"province": province.slug, "year": last}
        assert ReportParameters.parse(asked).province == province.slug
    assert first < last


@pytest.mark.parametrize("year", [0, -2025, 2026, 20255, 1999])
def test_year_outside_the_figures(year):
    first, last = report_years()
    assert refusal(year=year) == (
        f"There is no report for {year}: the figures allow {first} to {last}."
    )


def test_first_and_last_year_are_inside():
    for year in report_years():
        assert ReportParameters.parse(GOOD | {"year": year}).year == year


def test_years_are_those_of_the_data_package(project_root: Path):
    package = json.loads((project_root / "data" / "datapackage.json").read_text())
    assert report_years() == (package["report_years"]["first"], package["report_years"]["last"])


def test_year_before_founding():
    assert refusal(province="kalimantan-utara", year=2011).startswith(
        "Kalimantan Utara was founded in 2012; before that its figures are inside Kalimantan Timur"
    )


def test_year_before_founding_says_what_to_ask_for():
    message = refusal(province="papua-selatan", year=2021)
    assert message.endswith("Ask for papua, or for 2022 or later.")


def test_year_of_founding_is_allowed():
    assert ReportParameters.parse({"province": "kalimantan-utara", "year": 2012}).year == 2012


@pytest.mark.parametrize("language", ["fr", "ID", "", "id-ID", None, 1])
def test_unknown_language(language):
    assert refusal(language=language) == f"language must be one of 'id' or 'en', not {language!r}."


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("provinsi", "Did you mean province?"),
        ("horizon_month", "Did you mean horizon_months?"),
        ("interval", "Did you mean interval_level?"),
        ("Year", "Did you mean year?"),
    ],
)
def test_mistyped_name(name, hint):
    assert refusal(**{name: 1}) == f"There is no parameter {name!r}. {hint}"


def test_unknown_name_lists_what_there_is():
    message = refusal(colour="red")
    assert "There is no parameter 'colour'." in message
    for name in ReportParameters.model_fields:
        assert name in message


@pytest.mark.parametrize("name", ["province", "year"])
def test_missing_parameter(name):
    with pytest.raises(NeracaError, match=rf"^The parameter {name} is missing\.$"):
        ReportParameters.parse({key: value for key, value in GOOD.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value", "requirement"),
    [
        ("horizon_months", 0, "must be at least 1"),
        ("horizon_months", 25, "must be at most 24"),
        ("interval_level", 0.49, "must be at least 0.5"),
        ("interval_level", 1.0, "must be at most 0.99"),
        ("interval_level", 80, "must be at most 0.99"),
        ("ikm_growth_target", -100, "must be more than -100"),
        ("ikm_growth_target", 1001, "must be at most 1000"),
        ("raw_export_cut", -0.1, "must be at least 0"),
        ("raw_export_cut", 100.1, "must be at most 100"),
    ],
)
def test_out_of_range(name, value, requirement):
    assert refusal(**{name: value}) == f"{name} is {value!r}, but {requirement}."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("horizon_months", 1),
        ("horizon_months", 24),
        ("interval_level", 0.5),
        ("interval_level", 0.99),
        ("raw_export_cut", 0),
        ("raw_export_cut", 100),
        ("ikm_growth_target", -99.9),
    ],
)
def test_ends_of_the_ranges_are_inside(name, value):
    assert getattr(ReportParameters.parse(GOOD | {name: value}), name) == value


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize(
    "name", ["year", "horizon_months", "interval_level", "ikm_growth_target", "raw_export_cut"]
)
def test_no_number_that_is_not_finite(name, value):
    assert refusal(**{name: value}).startswith(f"{name} is {value!r}, but ")


@pytest.mark.parametrize("value", [True, False])
@pytest.mark.parametrize(
    "name", ["year", "horizon_months", "interval_level", "ikm_growth_target", "raw_export_cut"]
)
def test_true_and_false_are_no_numbers(name, value):
    expected = f"{name} is {value!r}, but it must be a number, not true or false."
    assert refusal(**{name: value}) == expected


def test_year_as_text_becomes_a_whole_number():
    year = ReportParameters.parse(GOOD | {"year": "2025"}).year
    assert year == 2025
    assert type(year) is int


@pytest.mark.parametrize("value", ["twenty", "2025.5", 2025.5, "", None, [2025]])
def test_year_that_is_no_whole_number(value):
    assert refusal(year=value) == f"year is {value!r}, but must be a whole number."


@pytest.mark.parametrize("value", ["0,8", "much", [0.8]])
def test_level_that_is_no_number(value):
    assert refusal(interval_level=value) == f"interval_level is {value!r}, but must be a number."


def test_province_that_is_no_text():
    assert refusal(province=18).startswith("province is 18, but ")


def test_several_errors_are_told_at_once():
    message = refusal(language="fr", horizon_months=99, raw_export_cut=True, provnce="aceh")
    for part in (
        "language must be one of 'id' or 'en'",
        "horizon_months is 99, but must be at most 24.",
        "raw_export_cut is True",
        "There is no parameter 'provnce'. Did you mean province?",
    ):
        assert part in message
    assert "\n" not in message


def test_notebook_ignores_modules_objects_and_names_of_ipython():
    names = GOOD | {
        "In": ["", "province = 'lampung'"],
        "Out": {1: "lampung"},
        "_": 5,
        "__": "text",
        "_i": "text",
        "_i1": "text",
        "_1": 3,
        "_ih": [],
        "_oh": {},
        "_dh": ["here"],
        "_exit_code": 0,
        "__name__": "__main__",
        "__builtins__": {"len": len},
        "np": np,
        "get_ipython": len,
        "quit": object(),
        "ReportParameters": ReportParameters,
    }
    assert from_notebook(names) == ReportParameters.parse(GOOD)


@pytest.mark.parametrize(
    "value", ["aceh", 2024, 1.5, True, None, [], {}, (), np.float64(1)], ids=repr
)
def test_notebook_refuses_any_plain_value_that_is_no_parameter(value):
    with pytest.raises(NeracaError, match="There is no parameter 'provnce'"):
        from_notebook(GOOD | {"provnce": value})


def test_notebook_refuses_a_wrong_value():
    with pytest.raises(NeracaError, match=r"There is no province 'aceeh'\. Did you mean aceh"):
        from_notebook(GOOD | {"province": "aceeh"})


def test_notebook_refuses_a_parameter_with_an_underscore_in_front():
    with pytest.raises(NeracaError, match="_province"):
        from_notebook(GOOD | {"_province": "aceh"})


def test_national_parameters():
    assert national_from_notebook({"year": 2024, "np": np, "_": 1}) == NationalParameters(year=2024)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ({"year": 2030}, "There is no report for 2030"),
        ({"year": True}, "must be a number, not true or false"),
        ({}, "The parameter year is missing."),
        ({"year": 2025, "province": "aceh"}, "There is no parameter 'province'"),
        ({"year": 2025, "language": "en"}, "There is no parameter 'language'"),
    ],
)
def test_national_parameters_refused(names, message):
    with pytest.raises(NeracaError) as caught:
        national_from_notebook(names)
    assert message in str(caught.value)


def test_provinces_have_what_a_report_needs():
    provinces = load_provinces()
    assert len({province.slug for province in provinces.all}) == 39
    assert provinces.all[0].is_country
    for province in provinces.all:
        assert set(province.names) == {"id", "en"}
        assert all(province.names.values())
        assert (province.founded is None) == (province.parent is None)
    north = provinces.by_slug("kalimantan-utara")
    assert (north.code, north.founded, provinces.by_code(north.parent).slug) == (
        "65",
        2012,
        "kalimantan-timur",
    )
    papua = provinces.by_slug("papua")
    assert [child.code for child in provinces.children(papua)] == ["95", "96", "97"]


def test_unknown_code():
    with pytest.raises(NeracaError, match="No province has the BPS code '99'"):
        load_provinces().by_code("99")


def test_missing_list_of_provinces_names_the_file(tmp_path: Path):
    with pytest.raises(NeracaError, match=r"provinces\.csv is missing"):
        load_provinces(tmp_path)


def test_a_notebook_can_be_run_again_in_the_same_kernel():
    names = dict(GOOD)
    names["parameters"] = from_notebook(names)
    names |= {"title": "its own", "rows": [1], "year": 2024}
    assert from_notebook(names).year == 2024
    with pytest.raises(NeracaError, match="provnce"):
        from_notebook(GOOD | {"parameters": "injected", "provnce": "aceh"})
