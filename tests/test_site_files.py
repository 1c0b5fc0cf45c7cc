"""What machines read of the site: the list of reports and the figures as tables."""

import csv
import hashlib
import io
import json
from pathlib import Path

import pyarrow.parquet
import pytest
from frictionless import Package, system
from site_samples import collection

from neraca.publish.catalog_files import catalog_files
from neraca.publish.collection import Key
from neraca.publish.files import write_atomically

ID, EN = Key("id", "lampung", 2025), Key("en", "lampung", 2025)
FAILED = Key("id", "aceh", 2024)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "project").mkdir()
    found = collection(tmp_path / "project", ID, EN, failed=(FAILED,))
    for name, content in catalog_files(found).items():
        write_atomically(tmp_path / name, content)
    return tmp_path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_tables_are_as_the_package_says(files: Path) -> None:
    with system.use_context(trusted=True):
        report = Package(str(files / "datapackage.json")).validate()
    assert report.valid, report.flatten(["title", "message"])
    assert [task.name for task in report.tasks] == [
        *("indicators", "indicators-parquet", "map", "sources")
    ]
    for resource in json.loads((files / "datapackage.json").read_text())["resources"]:
        content = (files / resource["path"]).read_bytes()
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("indicators.csv", ",published,", ",guessed,"),
        ("indicators.csv", "annual_export_2025", "annual_import_2025"),
        ("map.csv", "18,lampung", ",lampung"),
    ],
)
def test_a_wrong_table_is_not_as_the_package_says(
    files: Path, name: str, old: str, new: str
) -> None:
    table = files / name
    assert old in table.read_text()
    table.write_text(table.read_text().replace(old, new))
    package = json.loads((files / "datapackage.json").read_text())
    for resource in package["resources"]:
        del resource["hash"]
        resource.pop("bytes", None)
    (files / "datapackage.json").write_text(json.dumps(package))
    with system.use_context(trusted=True):
        assert not Package(str(files / "datapackage.json")).validate().valid


def test_every_source_of_a_figure_is_listed(tmp_path: Path, project_root: Path) -> None:
    found = collection(tmp_path, ID)
    known, other = rows(project_root / "data" / "sources.csv")[:2]
    indicators = found.reports[ID]["notebooks"]["export_surplus"]["indicators"]
    indicators["annual_export_2025"]["sources"] = [known["source_id"]]
    listed = catalog_files(found)["sources.csv"]
    assert list(csv.DictReader(io.StringIO(str(listed)))) == [known]
    assert other["source_id"] not in str(listed)


def test_a_figure_stands_once_for_both_languages(files: Path) -> None:
    found = rows(files / "indicators.csv")
    assert len(found) == 7
    verdict, export = found[0], found[1]
    assert (verdict["text"], verdict["value"]) == ("confirmed", "")
    assert (export["province_code"], export["basis"], export["source_ids"]) == (
        *("18", "origin"),
        "s00000001",
    )
    assert float(export["value"]) == 3825.0


def test_both_tables_of_indicators_have_the_same_rows(files: Path) -> None:
    table = pyarrow.parquet.read_table(files / "indicators.parquet")
    found = rows(files / "indicators.csv")
    assert table.column_names == list(found[0])
    for written, typed in zip(found, table.to_pylist(), strict=True):
        read = {name: cell or None for name, cell in written.items()}
        read["year"] = int(read["year"])
        read["value"] = None if read["value"] is None else float(read["value"])
        assert typed == read
    assert {typed["text"] for typed in table.to_pylist()} == {None, "confirmed"}


def test_the_same_bytes_each_time(files: Path) -> None:
    (files / "again").mkdir()
    found = collection(files / "again", EN, ID, failed=(FAILED,))
    for name, content in catalog_files(found).items():
        data = content.encode() if isinstance(content, str) else content
        assert (files / name).read_bytes() == data, name


def test_the_map_has_its_figures_in_a_table(files: Path) -> None:
    (balance,) = [row for row in rows(files / "map.csv") if row["indicator"] == "balance"]
    assert balance["value"] == "1825.0"
    assert (balance["province"], balance["year"], balance["unit"]) == (
        *("lampung", "2025"),
        "million USD",
    )


def test_the_catalog_lists_what_there_is_and_what_failed(files: Path) -> None:
    catalog = json.loads((files / "catalog.json").read_text())
    assert len(catalog["provinces"]) == 38
    (lampung,) = [entry for entry in catalog["provinces"] if entry["code"] == "18"]
    assert lampung["pages"] == {"id": "id/lampung/index.html", "en": "en/lampung/index.html"}
    states = {
        (entry["language"], entry["province"]): entry["state"] for entry in catalog["reports"]
    }
    assert states == {
        ("id", "aceh"): "failed",
        ("id", "lampung"): "published",
        ("en", "lampung"): "published",
    }
    (failed,) = [entry for entry in catalog["reports"] if entry["state"] == "failed"]
    assert failed["reason"] == "id/failed/index.html#aceh-2024"
    assert catalog["reports"][0]["html"] == "en/lampung/2025/index.html"
