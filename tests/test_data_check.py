"""Deliberately broken copies of the data: each kind of problem is found, and all at once."""

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
import yaml

from analysis.catalog.check import Problem, check, seal
from analysis.errors import NeracaError

DATA = Path(__file__).resolve().parents[1] / "data"

# A publication that prints the twelve months of a year, and its total.
COMPILED = "s74ef48ad"

# Tables that are cut to their first lines in the copies, so that a check of one takes no time.
LONG = {
    "observations/trade.csv": 120,
    "observations/economy.csv": 40,
    "observations/industry.csv": 40,
}


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """Give a small sound copy: the first lines of the long tables, and what corrections select."""
    data = tmp_path_factory.mktemp("sound") / "data"
    shutil.copytree(DATA, data)
    declared = yaml.safe_load((DATA / "corrections.yml").read_text(encoding="utf-8"))
    keys = [entry["key"] for part in declared.values() for entry in part]
    for path, length in LONG.items():
        with (data / path).open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        kept = [
            row
            for number, row in enumerate(rows)
            if number < length or any(key.items() <= row.items() for key in keys)
        ]
        with (data / path).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(kept)
    seal(data)
    return data


@pytest.fixture
def data(sound, tmp_path):
    """Give a copy that a test may break."""
    return Path(shutil.copytree(sound, tmp_path / "data"))


def edit_cell(data: Path, path: str, column: str, value: str, line: int = 2) -> None:
    """Put a value into one cell and seal, so that only the cell is wrong."""
    with (data / path).open(encoding="utf-8", newline="") as stream:
        table = list(csv.reader(stream))
    table[line - 1][table[0].index(column)] = value
    with (data / path).open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(table)
    seal(data)


def edit_text(data: Path, path: str, old: str, new: str) -> None:
    """Replace the first occurrence of a text in a file and seal."""
    text = (data / path).read_text(encoding="utf-8")
    assert old in text
    (data / path).write_text(text.replace(old, new, 1), encoding="utf-8")
    seal(data)


def line_of(data: Path, path: str, text: str) -> int:
    """Give the line of a file that holds a text first."""
    lines = (data / path).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def only(problems: list[Problem]) -> Problem:
    """Give the one problem."""
    assert len(problems) == 1, "\n".join(map(str, problems))
    return problems[0]


def test_the_committed_data_has_no_problem():
    assert check(DATA) == []


def test_the_small_copy_has_no_problem(sound):
    assert check(sound) == []


@pytest.mark.slow
def test_the_committed_package_is_valid_for_frictionless_itself():
    from frictionless import Package

    report = Package(str(DATA / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "rowNumber", "fieldName", "message"])


@pytest.mark.parametrize(
    ("path", "column", "value", "message"),
    [
        ("observations/trade.csv", "value_usd_million", "12,5", "is no number"),
        ("observations/trade.csv", "value_usd_million", "NaN", "is no number"),
        ("classifications/series_breaks.csv", "year_after", "2025.5", "is no whole number"),
        ("observations/industry.csv", "obs_status", "publised", "Did you mean published?"),
        ("observations/economy.csv", "unit", "million rupiah", "is none of"),
        ("observations/trade.csv", "flow", "", "it is blank"),
        ("observations/targets.csv", "value", "", "it is blank"),
        ("observations/revenue.csv", "time_period", "2022-13", "has not the right form"),
        ("observations/trade.csv", "time_period", "2017-13", "has not the right form"),
        ("observations/trade.csv", "net_weight_kg", "-4", "is below 0"),
        ("observations/trade.csv", "value_usd_million", "-285.29", "is below 0"),
        ("observations/trade.csv", "source_id", "s00000000", "data/sources.csv has no"),
        ("observations/villages.csv", "province_code", "99", "provinces.csv has no '99'"),
        ("classifications/ports.csv", "province_code", "90", "provinces.csv has no '90'"),
        ("observations/trade.csv", "time_period", "2017", "'2017' is no month"),
        ("observations/trade.csv", "item", "0901", "has 1 members, the dimension 0"),
        ("observations/trade.csv", "value_usd_million", "", "neither value nor weight"),
    ],
)
def test_a_wrong_cell_is_named_with_its_place(data, path, column, value, message):
    edit_cell(data, path, column, value)
    problem = only(check(data))
    assert (problem.file, problem.row, problem.field) == (f"data/{path}", 2, column)
    assert message in str(problem)
    assert problem.remedy.endswith((".", "?"))


def test_a_code_keeps_its_leading_zero(data):
    edit_cell(data, "observations/trade.csv", "province_code", "0")
    messages = [problem.message for problem in check(data)]
    assert "'0' has not the right form" in messages
    assert "data/classifications/provinces.csv has no '0'" in messages


def test_a_span_that_runs_backward(data):
    line = line_of(data, "observations/trade.csv", ",cumulative,")
    edit_cell(data, "observations/trade.csv", "time_period", "2025-09/2025-01", line)
    assert "does not run forward" in only(check(data)).message


def test_goods_and_partners_that_no_table_classifies(data):
    line = line_of(data, "observations/trade.csv", ",partner,India,")
    edit_cell(data, "observations/trade.csv", "item", "Atlantis", line)
    problem = only(check(data))
    assert (problem.row, problem.message) == (
        line,
        "data/classifications/partners.csv does not list 'Atlantis'",
    )


def test_a_key_that_a_source_prints_twice(data):
    path = data / "observations/trade.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    again = lines[1].replace("285.29", "299.99")
    path.write_text("\n".join([*lines, again]) + "\n", encoding="utf-8")
    seal(data)
    problem = only(check(data))
    assert problem.row == len(lines) + 1
    assert problem.message.endswith("as line 2")


def test_the_same_key_in_two_sources_is_no_problem(data):
    path = data / "observations/trade.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    again = lines[1].replace("s005f4bf1", "s00bd80cd")
    path.write_text("\n".join([*lines, again]) + "\n", encoding="utf-8")
    seal(data)
    assert check(data) == []


def test_a_balance_that_its_own_flows_contradict(data):
    path = data / "observations/trade.csv"
    with path.open("a", encoding="utf-8") as stream:
        for flow, value in (("export", "300.0"), ("import", "100.0"), ("balance", "20.0")):
            stream.write(f"s005f4bf1,18,month,2019-01,{flow},total,,,,{value},,published,\n")
    seal(data)
    assert "are not the balance 20.0" in only(check(data)).message
    edit_text(data, "observations/trade.csv", "balance,total,,,,20.0", "balance,total,,,,200.0")
    assert check(data) == []


def add_trade(data: Path, *rows: tuple[str, str, str, str, float], source="s005f4bf1") -> None:
    """Append totals of Lampung (kind, period, flow, basis, value) and seal."""
    with (data / "observations/trade.csv").open("a", encoding="utf-8") as stream:
        for kind, period, flow, basis, value in rows:
            stream.write(
                f"{source},18,{kind},{period},{flow},total,,,{basis},{value},,published,\n"
            )
    seal(data)


@pytest.mark.parametrize("basis", ["origin", "port-of-loading"])
def test_imports_with_a_basis_of_exports_are_refused(data, basis):
    add_trade(data, ("month", "2003-01", "import", basis, 5.0))
    problem = only(check(data))
    assert (problem.field, problem.message) == ("basis", f"imports have no basis '{basis}'")
    assert "leave it blank" in problem.remedy


@pytest.mark.parametrize("basis", ["", "migas", "nonmigas"])
def test_imports_may_state_the_part_that_they_are(data, basis):
    add_trade(data, ("month", "2003-01", "import", basis, 5.0))
    assert check(data) == []


def months_of_2003(flow: str, *, tenfold: int = 0, count: int = 12) -> list[tuple]:
    basis = "origin" if flow == "export" else ""
    values = {month: 10.0 + month / 4 for month in range(1, count + 1)}
    values |= {month: 10 * values[month] for month in values if month == tenfold}
    return [("month", f"2003-{month:02}", flow, basis, value) for month, value in values.items()]


def year_2003(flow: str, value: float = 139.5) -> tuple:
    return ("year", "2003", flow, "origin" if flow == "export" else "", value)


@pytest.mark.parametrize("flow", ["export", "import"])
def test_a_month_that_is_misprinted_tenfold(data, flow):
    lines = len((data / "observations/trade.csv").read_text(encoding="utf-8").splitlines())
    add_trade(data, *months_of_2003(flow, tenfold=5))
    add_trade(data, year_2003(flow), source="s00bd80cd")
    problem = only(check(data))
    assert (problem.row, problem.field) == (lines + 5, "value_usd_million")
    assert "in s005f4bf1 add up to 240.75, the year's total is 139.5" in problem.message
    assert "the largest month is 2003-05" in problem.message
    assert "corrections.yml" in problem.remedy


def test_a_real_compilation_with_a_month_multiplied_by_ten(tmp_path):
    data = Path(shutil.copytree(DATA, tmp_path / "data"))
    path = data / "observations/trade.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    (spoilt,) = [
        row
        for row in rows
        if (row["source_id"], row["province_code"], row["dimension"]) == (COMPILED, "18", "total")
        and (row["flow"], row["time_period"]) == ("import", "2023-05")
    ]
    spoilt["value_usd_million"] = str(10 * float(spoilt["value_usd_million"]))
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    seal(data)
    problems = [problem for problem in check(data) if "add up to" in problem.message]
    assert only(problems).row == rows.index(spoilt) + 2
    assert "2023-05" in only(problems).message


@pytest.mark.parametrize(
    "rows",
    [
        [*months_of_2003("import", tenfold=5)],
        [*months_of_2003("import", count=11, tenfold=5), year_2003("import")],
        [*months_of_2003("import"), year_2003("import", 125.0)],
        [*months_of_2003("import", tenfold=5), year_2003("export")],
        [*months_of_2003("import", tenfold=5), ("year", "2004", "import", "", 139.5)],
        [*months_of_2003("import", tenfold=5), ("year", "2003", "import", "nonmigas", 99.0)],
    ],
    ids=["no total", "eleven months", "revised", "another flow", "another year", "a part"],
)
def test_months_that_no_total_contradicts(data, rows):
    add_trade(data, *rows)
    assert check(data) == []


def test_months_fit_any_of_several_totals(data):
    add_trade(data, *months_of_2003("import"), year_2003("import", 400.0))
    assert "add up to 139.50" in only(check(data)).message
    add_trade(data, year_2003("import"), source="s00bd80cd")
    assert check(data) == []


def test_a_changed_file_until_it_is_sealed(data):
    path = data / "observations/revenue.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("3.44", "3.45"), encoding="utf-8")
    problem = only(check(data))
    assert (problem.file, problem.row) == ("data/observations/revenue.csv", None)
    assert "neraca data seal" in problem.remedy
    assert seal(data) == ["revenue"]
    assert check(data) == []
    assert seal(data) == []


def test_sealing_changes_nothing_but_hash_and_size(data):
    before = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    edit_cell(data, "observations/revenue.csv", "value", "3.4567")
    after = json.loads((data / "datapackage.json").read_text(encoding="utf-8"))
    for resource in (*before["resources"], *after["resources"]):
        if resource["name"] == "revenue":
            del resource["hash"], resource["bytes"]
    assert after == before


def test_a_missing_and_an_undeclared_file(data):
    (data / "classifications/ports.csv").rename(data / "classifications/harbours.csv")
    missing, undeclared = sorted(check(data), key=lambda problem: problem.message)
    assert missing.file == "data/classifications/ports.csv"
    assert missing.message == "it is declared, but missing"
    assert undeclared.file == "data/classifications/harbours.csv"
    assert undeclared.message == "no resource declares it"


def test_a_file_that_the_system_hides_is_left_alone(data):
    (data / ".DS_Store").write_bytes(b"")
    assert check(data) == []


def test_a_broken_header(data):
    edit_text(data, "observations/targets.csv", "obs_status", "status")
    problem = only(check(data))
    assert problem.row == 1
    assert "lacks obs_status" in problem.message
    assert "'status'" in problem.message


def test_columns_in_another_order(data):
    edit_text(data, "sources.csv", "source_id,kind", "kind,source_id")
    assert "in another order" in only(check(data)).message


@pytest.mark.parametrize(
    ("tail", "message"),
    [
        ("s03b76a83,18,2022\n", "the line has 3 cells, the header 8"),
        ("\n", "the line is blank"),
        ('s03b76a83,18,2022,"open\n', "no valid CSV"),
    ],
)
def test_a_broken_line(data, tail, message):
    path = data / "observations/revenue.csv"
    lines = len(path.read_text(encoding="utf-8").splitlines())
    with path.open("a", encoding="utf-8") as stream:
        stream.write(tail)
    seal(data)
    problem = only(check(data))
    assert problem.message.startswith(message)
    assert problem.row == lines + 1


def test_a_file_in_another_encoding(data):
    path = data / "classifications/hs.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("latin-1"))
    seal(data)
    assert "is not UTF-8" in only(check(data)).message


def test_a_package_that_cannot_be_read(data):
    (data / "datapackage.json").write_text("{", encoding="utf-8")
    assert "no valid JSON" in only(check(data)).message
    with pytest.raises(NeracaError, match="no valid JSON"):
        seal(data)
    (data / "datapackage.json").unlink()
    assert only(check(data)).message == "it is missing"
    (data / "datapackage.json").write_text('{"resources": [1]}', encoding="utf-8")
    assert "a name and a path" in only(check(data)).message


def test_a_package_that_frictionless_refuses(data):
    descriptor = data / "datapackage.json"
    package = json.loads(descriptor.read_text(encoding="utf-8"))
    package["resources"][0]["schema"]["fields"][0]["type"] = "text"
    del package["resources"][1]["schema"]["primaryKey"]
    descriptor.write_text(json.dumps(package), encoding="utf-8")
    message = only(check(data)).message
    assert "no valid data package" in message
    assert "text" in message
    assert "industry declares no schema" in message


FIRST = "gorontalo-imports-2022-11-press"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("expect: 0.9072", "expect: 9.072", "it is 9.072, but data/observations/trade.csv, line"),
        ('time_period: "2022-11"', 'time_period: "2031-11"', "it selects 0 rows"),
        ('province_code: "75"', "province_code: 75", "province_code is 75, not text"),
        ("period_type: month", "perio_type: month", "has no column 'perio_type'"),
        ("action: doubt", "action: guess", "there is no action 'guess'"),
        ("action: doubt", "action: replace", "it is missing. Give a number"),
        ("action: doubt", "action: doubt\n    value: 9.1", "there is no such field here"),
        ("expect: 0.9072", "expect: nine", "'nine' is of another kind"),
        ("resource: trade", "resource: ports", "'ports' is no table of observations"),
    ],
)
def test_a_correction_that_does_not_hold(data, old, new, message):
    edit_text(data, "corrections.yml", old, new)
    problem = only(check(data))
    assert problem.file == "data/corrections.yml"
    assert problem.row == line_of(data, "corrections.yml", f"id: {FIRST}")
    assert FIRST in problem.field
    assert message in str(problem)


def test_a_correction_that_selects_two_rows(data):
    # Without the source, the month of Gorontalo has the press figure and the compiled one.
    edit_text(data, "corrections.yml", "      source_id: s4b971d0f\n", "")
    assert "it selects 2 rows" in only(check(data)).message


def test_a_confirmed_figure_that_changes(data):
    text = (data / "corrections.yml").read_text(encoding="utf-8")
    expected = re.findall(r"expect: (\S+)", text.partition("\nconfirmed:")[2])[0]
    edit_text(data, "corrections.yml", f"expect: {expected}", "expect: 4321")
    problem = only(check(data))
    assert problem.field == "expect of papua-exports-2020-01-ports"


def test_a_correction_without_reason_or_with_the_id_of_another(data):
    edit_text(data, "corrections.yml", "source: >-\n      Mimoza", "origin: >-\n      Mimoza")
    edit_text(data, "corrections.yml", f"{FIRST[:-5]}compilation", FIRST)
    problems = {(problem.field, problem.message) for problem in check(data)}
    assert problems == {
        (f"source of {FIRST}", "it is missing"),
        (f"origin of {FIRST}", "there is no such field here"),
        (f"id of {FIRST}", f"line {line_of(data, 'corrections.yml', FIRST)} has the same id"),
    }


@pytest.mark.parametrize("path", ["corrections.yml", "links.yml"])
def test_malformed_yaml(data, path):
    with (data / path).open("a", encoding="utf-8") as stream:
        stream.write("  - id: [unclosed\n")
    lines = len((data / path).read_text(encoding="utf-8").splitlines())
    seal(data)
    problem = only(check(data))
    assert problem.file == f"data/{path}"
    assert problem.message.startswith("no valid YAML")
    assert problem.row is not None
    assert lines <= problem.row <= lines + 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("links:\n", "it is no list"),
        ("links: [lampung]\n", "it is no list"),
        ("link: []\n", "something other than the lists links"),
        ("- id: x\n", "something other than the lists links"),
        ("", "something other than the lists links"),
    ],
)
def test_links_that_are_no_list_of_entries(data, content, message):
    (data / "links.yml").write_text(content, encoding="utf-8")
    seal(data)
    assert message in only(check(data)).message


@pytest.mark.parametrize(
    ("old", "new", "field", "message"),
    [
        ('province_code: "18"', 'province_code: "81x"', "province_code", "has no '81x'"),
        ('province_code: "18"', "province_code: 18", "province_code", "of another kind"),
        ("flow: export", "flow: import", "flow", "cannot be linked"),
        ("to_basis: origin", "to_basis: nonmigas", "to_basis", "is no stated basis"),
        ('from_basis: ""', "from_basis: origin", "from_basis", "it is linked to"),
        ('first: "2022-01"', 'first: "2022-1"', "first", "is no month"),
        ('last: "2025-12"', 'last: "2021-12"', "last", "lies before"),
        ("tolerance_percent: 0.2", "tolerance_percent: 0", "tolerance_percent", "no rounding"),
        ("minimum_months: 32", "minimum_months: 7", "minimum_months", "by chance"),
        ("    minimum_months: 32\n", "", "minimum_months", "it is missing"),
    ],
)
def test_a_link_that_is_not_well_formed(data, old, new, field, message):
    text = (data / "links.yml").read_text(encoding="utf-8")
    head, _, entries = text.rpartition("\nlinks:\n")
    assert old in entries
    (data / "links.yml").write_text(
        f"{head}\nlinks:\n{entries.replace(old, new, 1)}", encoding="utf-8"
    )
    seal(data)
    problem = only(check(data))
    assert problem.field == f"{field} of lampung-exports-by-origin"
    assert message in problem.message


def test_all_problems_are_told_at_once(data):
    edit_cell(data, "observations/trade.csv", "flow", "exprot")
    edit_cell(data, "observations/trade.csv", "source_id", "s00000000", line=3)
    edit_cell(data, "observations/industry.csv", "value", "many", line=5)
    edit_text(data, "corrections.yml", "expect: 0.9072", "expect: 9.072")
    edit_text(data, "observations/targets.csv", "obs_status", "status")
    (data / "links.yml").unlink()
    (data / "notes.txt").write_text("to do", encoding="utf-8")
    places = [(problem.file, problem.row, problem.field) for problem in check(data)]
    assert places == [
        (
            "data/corrections.yml",
            line_of(data, "corrections.yml", FIRST),
            f"expect of {FIRST}",
        ),
        ("data/links.yml", None, ""),
        ("data/notes.txt", None, ""),
        ("data/observations/industry.csv", 5, "value"),
        ("data/observations/targets.csv", 1, ""),
        ("data/observations/trade.csv", 2, "flow"),
        ("data/observations/trade.csv", 3, "source_id"),
    ]


def test_a_package_that_allows_no_years_is_refused(data: Path) -> None:
    descriptor = data / "datapackage.json"
    content = json.loads(descriptor.read_text(encoding="utf-8"))
    del content["report_years"]
    descriptor.write_text(json.dumps(content), encoding="utf-8")
    (problem,) = check(data)
    assert "report_years" in problem.message
