"""A store of Parquet: built from CSV, read by the catalog's own calls, checked, never half done."""

import csv
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analysis.catalog import Catalog, store_builder
from analysis.catalog.check import check, require_published, seal
from analysis.catalog.package import MANIFEST
from analysis.catalog.store import connect, read_manifest, rows_digest
from analysis.catalog.store_builder import CSV_COLUMNS, PLACE, TABLE, build_store
from analysis.errors import NeracaError
from neraca.cli import run

SOURCE = "s005f4bf1"
COLUMNS = ["time_period", "province_code", "port", "hs", "partner", "flow", "value_usd"]
COLUMNS += ["net_weight_kg", "source_id", "obs_status"]
FIGURES = pd.DataFrame(
    [
        ("2024-03", "18", "PANJANG", "09011110", "DEU", "export", "100.5", "20", SOURCE),
        ("2024-01", "18", "PANJANG", "09011110", "DEU", "export", "7", "", SOURCE),
        ("2024-01", "18", "PANJANG", "15119020", "USA", "export", "30", "4", SOURCE),
        ("2024-01", "18", "PANJANG", "10063099", "THA", "import", "12", "9", SOURCE),
        ("2023-01", "18", "PANJANG", "09011110", "USA", "export", "8", "1", SOURCE),
        ("2024-01", "35", "TANJUNG PERAK", "15119020", "USA", "export", "9", "1", SOURCE),
    ],
    columns=[name for name in COLUMNS if name != "obs_status"],
).assign(obs_status="published")


@pytest.fixture
def data(tmp_path: Path, project_root: Path) -> Path:
    """A data directory with provinces and sources, and no figure."""
    published, data = project_root / "data", tmp_path / "data"
    package = json.loads((published / "datapackage.json").read_text())
    kept = ("provinces", "sources", "corrections", "links")
    package["resources"] = [each for each in package["resources"] if each["name"] in kept]
    (data / "observations").mkdir(parents=True)
    (data / "classifications").mkdir()
    for resource in package["resources"]:
        shutil.copy(published / resource["path"], data / resource["path"])
    (data / "corrections.yml").write_text("corrections: []\nconfirmed: []\n")
    (data / "links.yml").write_text("links: []\n")
    (data / "datapackage.json").write_text(json.dumps(package))
    seal(data)
    return data


@pytest.fixture
def stored(data: Path) -> Path:
    """The same with the store of `FIGURES`."""
    build_store(data, [written(data)])
    return data


def written(data: Path, rows: pd.DataFrame = FIGURES, name: str = "figures.csv") -> Path:
    path = data.parent / name
    rows.to_csv(path, index=False)
    return path


def changed(data: Path, column: str, text: str) -> Path:
    rows = FIGURES.copy()
    rows.loc[2, column] = text
    return written(data, rows)


def files(data: Path) -> dict[str, bytes]:
    place = data / PLACE
    return {
        path.relative_to(place).as_posix(): path.read_bytes()
        for path in place.rglob("*")
        if path.is_file()
    }


def test_rows_come_back_in_the_order_of_their_key_with_texts_as_categories(stored):
    rows = Catalog(stored).read(TABLE)
    key = ["province_code", "year", "flow", "hs", "time_period", "port", "partner", "source_id"]
    assert rows.equals(rows.sort_values(key, ignore_index=True))
    assert rows["value_usd"].tolist() == [8.0, 7.0, 100.5, 30.0, 12.0, 9.0]
    assert rows["net_weight_kg"].isna().tolist() == [False, True, False, False, False, False]
    kinds = {name: str(kind) for name, kind in rows.dtypes.items()}
    numbers = {"year": "int64", "value_usd": "float64", "net_weight_kg": "float64"}
    assert kinds == dict.fromkeys(kinds, "category") | numbers


def test_categories_are_the_texts_that_occur_in_the_order_of_their_code_points(stored):
    catalog = Catalog(stored)
    asked = [{}, {"province_code": "18", "year": 2024}, {"province_code": "18", "partner": "DEU"}]
    for filters in asked:
        rows = catalog.read(TABLE, **filters)
        for _, column in rows.select_dtypes("category").items():
            assert str(column.cat.categories.dtype) == "str"
            assert column.cat.categories.tolist() == sorted(set(column.astype("str")))
    assert rows["hs"].cat.categories.tolist() == ["09011110"]


def test_what_is_read_can_be_changed_in_place(stored):
    rows = Catalog(stored).read(TABLE, province_code="18", year=2024)
    rows.loc[0, "value_usd"] = 1.0
    rows.loc[0, "year"] = 2020
    rows.loc[0, "port"] = "PANJANG"
    assert rows.loc[0, ["year", "value_usd", "port"]].tolist() == [2020, 1.0, "PANJANG"]


@pytest.mark.parametrize(
    "filters",
    [
        {"province_code": "18", "year": 2024},
        {"province_code": ["35", "18"], "hs": {"15119020", "09011110"}},
        {"time_period": "2024-01"},
        {"time_period": ["2024-01", "2023-01"], "flow": "export"},
        {"time_period": "first"},
        {"until": 2023},
        {"until": 2022},
        {"province_code": 18},
        {"value_usd": 30},
        {"value_usd": "30"},
        {"hs": []},
        {"partner": "ABC", "province_code": "18"},
        {"port": "'; drop table x; --"},
    ],
)
def test_filters_select_what_they_select_in_a_csv(stored, filters):
    as_csv = stored / "observations" / "goods.csv"
    whole = Catalog(stored).read(TABLE)
    whole.drop(columns="obs_status").to_csv(as_csv, index=False)
    package = json.loads((stored / "datapackage.json").read_text())
    (store,) = [each for each in package["resources"] if each["name"] == TABLE]
    fields = [each for each in store["schema"]["fields"] if each["name"] != "obs_status"]
    same = {"name": "goods", "path": "observations/goods.csv", "format": "csv"}
    package["resources"].append(same | {"schema": {"fields": fields}})
    (stored / "datapackage.json").write_text(json.dumps(package))
    catalog = Catalog(stored)
    expected = catalog.read("goods", **filters)
    found = catalog.read(TABLE, **filters).drop(columns="obs_status")
    texts = list(found.select_dtypes("category"))
    assert (expected.dtypes[texts].astype(str) == "str").all()
    pd.testing.assert_frame_equal(found.astype(expected.dtypes), expected)


def test_only_the_files_that_can_match_are_opened(stored):
    for partition in read_manifest(stored / PLACE):
        if (partition.province_code, partition.year) != ("18", 2024):
            (stored / PLACE / partition.path).write_bytes(b"no Parquet")
    catalog = Catalog(stored)
    assert len(catalog.read(TABLE, province_code="18", year=2024)) == 4
    assert len(catalog.read(TABLE, province_code="18", time_period="2024-01")) == 3
    with pytest.raises(NeracaError, match="Run `neraca data check`"):
        catalog.read(TABLE, province_code="18", until=2024)


@pytest.mark.parametrize(
    "filters",
    [
        {"hs": "09011110"},
        {"partner": ["DEU", "THA"]},
        {"flow": "import", "hs": ["10063099", "09011110"]},
        {"net_weight_kg": [20, 9]},
        {"partner": "THA", "flow": "export"},
    ],
)
def test_one_file_gives_the_rows_and_the_digest_that_several_give(data, monkeypatch, filters):
    monkeypatch.setattr(store_builder, "ROWS_A_GROUP", 2)
    build_store(data, [written(data)])
    one, several = Catalog(data), Catalog(data)
    found = one.read(TABLE, province_code="18", year=2024, **filters)
    # Province 35 has no row that matches, so the rows are the same.
    expected = several.read(TABLE, province_code=["18", "35"], year=2024, **filters)
    pd.testing.assert_frame_equal(found, expected)
    assert one.reads[0].sha256 == several.reads[0].sha256


def test_a_file_that_cannot_be_read_is_told_alone_as_among_others(stored):
    (path,) = [each.path for each in read_manifest(stored / PLACE) if each.province_code == "35"]
    rows = pq.ParquetFile(stored / PLACE / path).read()
    pq.write_table(rows.drop_columns("hs"), stored / PLACE / path)
    asked = [{"province_code": "35"}, {"province_code": "35", "hs": "15119020"}, {}]
    for content in (None, b"no Parquet"):
        if content:
            (stored / PLACE / path).write_bytes(content)
        for filters in asked:
            with pytest.raises(NeracaError, match=r"cannot be read: .*Run `neraca data check`"):
                Catalog(stored).read(TABLE, **filters)
    (stored / PLACE / path).unlink()
    with pytest.raises(NeracaError, match="cannot be read: "):
        Catalog(stored).read(TABLE, province_code="35")


def test_a_read_is_recorded_with_a_digest_of_its_rows(stored):
    asked = [{"province_code": "18", "year": 2024}, {"hs": ["15119020"]}, {"hs": "99999999"}]
    first, second = Catalog(stored), Catalog(stored)
    for filters in asked:
        first.read(TABLE, **filters)
        second.read(TABLE, **filters)
    assert first.reads == second.reads
    assert [(read.filters, read.rows) for read in first.reads] == list(
        zip(asked, (4, 2, 0), strict=True)
    )
    before = [read.sha256 for read in first.reads]
    build_store(stored, [changed(stored, "value_usd", "31")])
    after = Catalog(stored)
    for filters in asked:
        after.read(TABLE, **filters)
    differ = [one != read.sha256 for one, read in zip(before, after.reads, strict=True)]
    assert differ == [True, True, False]


def test_the_digest_tells_rows_apart():
    rows = pd.DataFrame(
        {"hs": pd.Categorical(["09", "0901", "", "09"]), "value_usd": [1.0, None, 3.0, 4.0]}
    )
    assert rows_digest(rows.copy()) == rows_digest(rows)
    others = [
        rows[:3],
        rows[::-1],
        rows.rename(columns={"hs": "code"}),
        rows.assign(hs=pd.Categorical(["090", "901", "", "090"])),
        rows.assign(hs=pd.Categorical(["0901", "09", "", "0901"])),
        rows.assign(hs=pd.Categorical(["09", "0901", "", ""])),
        rows.assign(hs=pd.Categorical(["09", "0901", None, "09"])),
        rows.assign(value_usd=[1.0, 0.0, 3.0, 4.0]),
        rows.assign(value_usd=[1, 0, 3, 4]),
    ]
    assert len({rows_digest(each) for each in [rows, *others]}) == 1 + len(others)


@pytest.mark.parametrize("filters", [{}, {"partner": "DEU"}, {"year": 2024, "flow": "export"}])
def test_the_digest_of_a_read_tells_an_added_a_changed_and_a_missing_row(stored, filters):
    asked = {"province_code": "18", **filters}

    def digest() -> str:
        catalog = Catalog(stored)
        catalog.read(TABLE, **asked)
        return catalog.reads[0].sha256

    more = FIGURES.iloc[[0]].assign(port="BAKAUHENI")
    revised = FIGURES.assign(value_usd=FIGURES["value_usd"].replace("7", "7.5"))
    digests = {digest()}
    for rows in (pd.concat([FIGURES, more]), revised, FIGURES.drop(index=1)):
        build_store(stored, [written(stored, rows)])
        digests.add(digest())
    assert len(digests) == 4


@pytest.mark.parametrize(
    "options",
    [
        {"row_group_size": 2},
        {"write_statistics": False},
        {"use_dictionary": False, "compression": "zstd"},
        {"row_group_size": 3, "data_page_size": 1, "dictionary_pagesize_limit": 1},
    ],
)
@pytest.mark.parametrize(
    "filters", [{}, {"partner": ["DEU", "THA"]}, {"hs": "15119020", "flow": "export"}]
)
def test_rows_do_not_depend_on_how_a_file_is_laid_out(stored, options, filters):
    asked = {"province_code": "18", "year": 2024, **filters}
    expected = Catalog(stored).read(TABLE, **asked)
    ((path, rows),) = [
        (stored / PLACE / each.path, pq.ParquetFile(stored / PLACE / each.path).read())
        for each in read_manifest(stored / PLACE)
        if (each.province_code, each.year) == ("18", 2024)
    ]
    pq.write_table(rows, path, **options)
    pd.testing.assert_frame_equal(Catalog(stored).read(TABLE, **asked), expected)


def test_a_text_that_is_not_known_is_no_category_and_matches_nothing(stored):
    (path,) = [each.path for each in read_manifest(stored / PLACE) if each.province_code == "35"]
    rows = pq.ParquetFile(stored / PLACE / path).read()
    months = pa.array(["2024-01", None])
    rows = pa.concat_tables([rows, rows]).set_column(2, "time_period", months)
    pq.write_table(rows, stored / PLACE / path)
    catalog = Catalog(stored)
    found = catalog.read(TABLE, province_code="35")["time_period"]
    assert found.isna().tolist() == [False, True]
    assert found.cat.categories.tolist() == ["2024-01"]
    assert len(catalog.read(TABLE, province_code="35", time_period="2024-01")) == 1
    several = catalog.read(TABLE, province_code=["18", "35"], year=2024)["time_period"]
    assert several.isna().tolist() == [False] * 5 + [True]


def test_of_a_file_only_the_parts_that_can_match_are_read(data, monkeypatch):
    monkeypatch.setattr(store_builder, "ROWS_A_GROUP", 2)
    build_store(data, [written(data)])
    asked = []
    read = pq.ParquetFile.read_row_group

    def note(file, number, columns, **options):
        asked.append((number, sorted(columns)))
        return read(file, number, columns, **options)

    monkeypatch.setattr(pq.ParquetFile, "read_row_group", note)
    # In 2024 province 18 has the exports of coffee in the first part, palm oil and imports after.
    catalog = Catalog(data)
    assert len(catalog.read(TABLE, province_code="18", year=2024, hs="09011110")) == 2
    assert {number for number, _ in asked} == {0}
    assert not {"hs", "flow", "obs_status"} & {name for _, names in asked for name in names}
    asked.clear()
    assert catalog.read(TABLE, province_code="18", year=2024, partner="TZA").empty
    assert asked == [(1, ["partner"])]


def test_rows_of_several_large_files_come_in_the_order_of_their_key(data, monkeypatch):
    monkeypatch.setattr(store_builder, "ROWS_A_GROUP", 4_096)
    count = 40_000
    directory, places = (
        data / PLACE,
        [(code, year) for code in ("18", "35") for year in (2023, 2024)],
    )
    rows = {
        "flow": ["export"] * count,
        "hs": [f"{number:08d}" for number in range(count)],
        "port": ["PANJANG"] * count,
        "partner": ["DEU", "USA"] * (count // 2),
        "value_usd": [1.0] * count,
        "net_weight_kg": [1.0] * count,
        "source_id": [SOURCE] * count,
        "obs_status": ["published"] * count,
    }
    parts = [
        store_builder.write_partition(
            directory, code, year, pa.table(rows | {"time_period": [f"{year}-01"] * count})
        )
        for code, year in places
    ]
    store_builder.commit(directory, parts)
    store_builder.declare(data)
    # A list of many values is joined to the rows, not held against each.
    for filters, share in (({}, 1), ({"partner": "DEU"}, 2), ({"hs": rows["hs"][::4]}, 4)):
        found = Catalog(data).read(TABLE, **filters)
        key = ["province_code", "year", "hs"]
        assert len(found) == len(places) * count // share
        assert found[key].equals(found[key].sort_values(key, ignore_index=True))


def test_a_read_leaves_the_memory_of_arrow_to_the_process(stored):
    before = pa.default_memory_pool().backend_name
    Catalog(stored).read(TABLE, province_code="35")
    with pytest.raises(NeracaError):
        (stored / PLACE / read_manifest(stored / PLACE)[0].path).unlink()
        Catalog(stored).read(TABLE, province_code="18", year=2023)
    assert pa.default_memory_pool().backend_name == before


def test_unknown_columns_and_tables_are_refused_in_the_words_of_a_csv(stored):
    catalog = Catalog(stored)
    with pytest.raises(NeracaError, match=r"The table 'trade_hs8' has no column 'good'; it has"):
        catalog.read(TABLE, good="0901")
    with pytest.raises(NeracaError, match=r"has no table 'trade_hs6'; it has .*trade_hs8"):
        catalog.read("trade_hs6")


def test_the_same_rows_make_the_same_bytes_in_any_order_and_number_of_files(stored, monkeypatch):
    first = files(stored)
    monkeypatch.setattr(store_builder, "ROWS_IN_MEMORY", 2)
    monkeypatch.setattr(store_builder, "BYTES_A_BLOCK", 256)
    parts = [
        written(stored, FIGURES[::-1].iloc[:3], "one.csv"),
        written(stored, FIGURES[::-1].iloc[3:][FIGURES.columns[::-1]], "two.csv"),
    ]
    build_store(stored, parts)
    assert files(stored) == first


def test_a_year_of_a_province_is_replaced_as_a_whole_and_all_others_stay(stored):
    before = files(stored)
    rows = FIGURES[FIGURES["province_code"] == "35"].assign(value_usd="10")
    (made,) = build_store(stored, [written(stored, rows)])
    after = files(stored)
    assert made.path in after.keys() - before.keys()
    assert len(after) == len(before)
    kept = {path for path in before if "province_code=18" in path}
    assert {path: after[path] for path in kept} == {path: before[path] for path in kept}
    assert Catalog(stored).read(TABLE, province_code="35")["value_usd"].tolist() == [10.0]
    assert check(stored) == []


@pytest.mark.parametrize(
    ("column", "text", "told"),
    [
        ("value_usd", "1,000", "'1,000' is no number"),
        ("value_usd", "-1", "'-1' is no number"),
        ("value_usd", "nan", "'nan' is no number"),
        ("value_usd", "", "it is blank"),
        ("net_weight_kg", "9" * 400, "is no number"),
        ("hs", "0901", "'0901' has not the right form"),
        ("hs", "09011110\n", "has not the right form"),
        ("flow", "Export", "none of export, import"),
        ("time_period", "2024-13", "'2024-13' has not the right form"),
        ("province_code", "99", "has no province_code '99'"),
        ("source_id", "s00000000", "has no source_id 's00000000'"),
        ("partner", "", "it is blank"),
        ("port", "", "it is blank"),
    ],
)
def test_a_bad_cell_is_told_with_its_line_and_nothing_changes(stored, column, text, told):
    before = files(stored)
    with pytest.raises(NeracaError) as caught:
        build_store(stored, [changed(stored, column, text)])
    assert f"figures.csv, line 4, {column}: " in str(caught.value)
    assert told in str(caught.value)
    assert files(stored) == before


def test_a_file_that_is_no_table_is_told(stored):
    header = ",".join(CSV_COLUMNS)
    row = ",".join(FIGURES[CSV_COLUMNS].iloc[0])
    texts = {
        "": "line 1: the header lacks",
        "x,y\n": "has 'x', 'y', which the store has not",
        f"{header}\n": "There is no row in",
        f"{header}\n{row}\na,b\n": "line 3: the line has 2 cells, the header 10",
        f"{header}\n{row}\n\n{row}\n": "line 3, ",
        f"{header}\n{row}\n{row}\n": "twice: export, 09011110, 2024-03, PANJANG, DEU",
    }
    path = stored.parent / "odd.csv"
    for text, told in texts.items():
        path.write_text(text)
        with pytest.raises(NeracaError) as caught:
            build_store(stored, [path])
        assert told in str(caught.value), text
    path.write_bytes(f"{header}\n{row}\n".encode().replace(b"PANJANG", b"PANJ\xff"))
    with pytest.raises(NeracaError, match="UTF-8"):
        build_store(stored, [path])
    with pytest.raises(NeracaError, match="cannot be read: No such file"):
        build_store(stored, [stored.parent / "nowhere.csv"])


def test_the_check_accepts_what_was_built_and_tells_what_was_changed_since(stored):
    assert check(stored) == []
    assert seal(stored) == []
    first, second, third = (stored / PLACE / each.path for each in read_manifest(stored / PLACE))
    first.write_bytes(first.read_bytes()[:-1] + b"x")
    second.unlink()
    (third.parent / "more.parquet").write_bytes(third.read_bytes())
    told = [str(problem) for problem in check(stored)]
    assert len(told) == 3
    assert "it is not the file that _manifest.csv holds the digest of" in told[0]
    assert "lists it, but it is missing" in told[1]
    assert "more.parquet: _manifest.csv does not list it" in told[2]


def test_the_check_tells_a_changed_or_missing_manifest(stored):
    manifest = stored / PLACE / MANIFEST
    content = manifest.read_text()
    manifest.write_text(content.replace("province_code=35/", "province_code=36/"))
    told = "\n".join(map(str, check(stored)))
    assert "it is not the file that datapackage.json holds the hash of" in told
    assert "where it does not lie" in told
    manifest.write_text("path\n")
    assert "its columns are not" in "\n".join(map(str, check(stored)))
    with pytest.raises(NeracaError, match="cannot be used"):
        Catalog(stored).read(TABLE)
    manifest.unlink()
    assert "it is declared, but missing" in "\n".join(map(str, check(stored)))
    with pytest.raises(NeracaError, match=r"_manifest\.csv is missing"):
        Catalog(stored).read(TABLE)


def test_the_check_tells_a_source_that_is_gone_and_another_schema(stored):
    manifest = stored / PLACE / MANIFEST
    manifest.write_text(manifest.read_text().replace(SOURCE, "s00000000"))
    seal(stored)
    assert {problem.field for problem in check(stored)} == {"source_id"}
    manifest.write_text(manifest.read_text().replace("s00000000", SOURCE))
    package = json.loads((stored / "datapackage.json").read_text())
    del package["resources"][-1]["schema"]["fields"][7]
    (stored / "datapackage.json").write_text(json.dumps(package))
    seal(stored)
    assert {problem.message for problem in check(stored)} == {
        "its columns are not those of the schema"
    }


def test_no_correction_can_be_declared_for_a_store(stored):
    entry = {"id": "a", "resource": TABLE, "key": {"hs": "09011110"}, "action": "doubt"}
    entry |= {"expect": 7.0, "reason": "why", "source": "where"}
    (stored / "corrections.yml").write_text(json.dumps({"corrections": [entry], "confirmed": []}))
    seal(stored)
    (problem,) = check(stored)
    assert problem.message == "'trade_hs8' is no table of observations"


def test_what_was_left_by_an_interrupted_build_is_taken_away(stored):
    path = stored / PLACE / read_manifest(stored / PLACE)[0].path
    (path.parent / "0123456789abcdef.parquet").write_bytes(path.read_bytes())
    (stored / PLACE / ".building").mkdir()
    build_store(stored, [written(stored)])
    assert check(stored) == []
    assert not (stored / PLACE / ".building").exists()


def test_files_are_plain_parquet_that_other_programs_can_read(stored):
    frame = pd.read_parquet(stored / PLACE, filters=[("province_code", "==", 18)])
    assert sorted(frame["value_usd"]) == [7.0, 8.0, 12.0, 30.0, 100.5]
    (partition,) = [each for each in read_manifest(stored / PLACE) if each.province_code == "35"]
    file = pq.ParquetFile(stored / PLACE / partition.path)
    group = file.metadata.row_group(0)
    assert {group.column(each).compression for each in range(group.num_columns)} == {"LZ4"}
    assert [field.name for field in file.schema_arrow if field.nullable] == ["net_weight_kg"]
    query = f"select sum(value_usd), min(hs) from '{stored / PLACE}/*/*/*.parquet'"
    assert connect().sql(query).fetchall() == [(166.5, "09011110")]


def test_a_catalog_opens_one_connection_and_only_for_a_read_of_several_files(stored):
    code = (
        "import sys; from pathlib import Path; from analysis.catalog import Catalog\n"
        f"catalog = Catalog(Path({str(stored)!r})); catalog.read('sources')\n"
        "catalog.read('trade_hs8', province_code='18', year=2024, hs='09011110')\n"
        "assert 'duckdb' not in sys.modules\n"
        "catalog.read('trade_hs8'); first = catalog._connection\n"
        "catalog.read('trade_hs8'); assert catalog._connection is first"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_command_builds_a_store_and_tells_what_is_wrong(data, monkeypatch, capsys):
    (data.parent / "_quarto.yml").touch()
    (data.parent / "notebooks").mkdir()
    monkeypatch.chdir(data.parent)
    assert run(["data", "build-store", str(written(data))]) == 0
    assert "18 2024            4 rows" in capsys.readouterr().out
    assert run(["data", "check"]) == 0
    assert run(["data", "build-store", str(changed(data, "hs", "09"))]) == 1
    assert "line 4, hs: '09'" in capsys.readouterr().err


def test_synthetic_figures_are_refused_unless_they_are_meant(data):
    package = json.loads((data / "datapackage.json").read_text())
    (data / "datapackage.json").write_text(json.dumps(package | {"synthetic": True}))
    assert check(data) == []
    with pytest.raises(NeracaError, match="are synthetic"):
        require_published(data)
    require_published(data, synthetic=True)


def test_every_column_of_the_csv_is_quoted_as_csv_does(stored):
    rows = FIGURES.assign(port='PORT "A", B')
    path = stored.parent / "quoted.csv"
    rows.to_csv(path, index=False, quoting=csv.QUOTE_ALL)
    build_store(stored, [path])
    assert set(Catalog(stored).read(TABLE)["port"]) == {'PORT "A", B'}
