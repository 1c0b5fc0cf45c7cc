"""The index of the site: the map, the table of reports, and what both weigh."""

import csv
import json
from pathlib import Path

import publish_samples as samples
import pytest
from bs4 import BeautifulSoup
from site_samples import YEARS, collection, full_project

from neraca.publish import publish_site
from neraca.publish.collection import Collection, Figure, Key
from neraca.publish.matrix import matrix
from neraca.publish.site import index_part, province_addresses
from neraca.publish.site_words import _WORDS
from neraca.publish.tile_map import SCALES, read_layout, tile_map

LAMPUNG, ACEH = Key("id", "lampung", 2025), Key("en", "aceh", 2024)
LIMIT, ASSETS_LIMIT = 200_000, 60_000  # bytes


def table(found: Collection, language: str = "id") -> BeautifulSoup:
    tiles = read_layout(found.root)
    return BeautifulSoup(matrix(found, tiles, language, "", {}), "html.parser")


def drawn(found: Collection, language: str = "id") -> BeautifulSoup:
    addresses = province_addresses(found, language, "")
    html = tile_map(found, read_layout(found.root), language, addresses)
    return BeautifulSoup(html, "html.parser")


def row(page: BeautifulSoup, province: str) -> list[str]:
    (found,) = [row for row in page.select("tbody tr") if row.th.get_text() == province]
    return [cell.get_text(" ", strip=True) for cell in found.find_all("td")]


def write_national(root: Path, year: int, **values: tuple[str, str]) -> None:
    """Write the comparison of all provinces: a province's exports and imports, if known."""
    columns = ["province_code", "balance", "cover_ratio"]
    columns += [f"{flow}{end}" for flow in ("export", "import") for end in ("", "_status")]
    columns += ["export_sources", "import_sources"]
    path = root / "reports" / "national" / str(year) / "national.csv"
    path.parent.mkdir(parents=True)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        for code, (export, status) in values.items():
            balance = str(float(export) - 100)
            known = {"export": export, "export_status": status, "export_sources": "s1"}
            known |= {"import": "100", "import_status": "published", "import_sources": "s2"}
            writer.writerow({"province_code": code[1:], "balance": balance} | known)


def test_every_tile_has_its_own_place(project_root: Path) -> None:
    tiles = read_layout(project_root)
    assert len(tiles) == 38
    assert len({(tile.column, tile.row) for tile in tiles.values()}) == 38
    assert len({tile.label for tile in tiles.values()}) == 38


def test_each_state_of_a_report_is_told_in_words(tmp_path: Path) -> None:
    failed = (Key("id", "riau", 2023),)
    page = table(collection(tmp_path, LAMPUNG, ACEH, failed=failed))
    assert [head.get_text() for head in page.select("thead th")] == [
        *("Provinsi", "2025", "2024", "2023")
    ]
    assert row(page, "Lampung")[0] == "2025 Lampung"
    assert row(page, "Aceh")[1] == "2024 Aceh en"
    assert row(page, "Riau")[2] == "2023 Riau gagal ✕"
    assert page.select_one("td.failed a")["href"] == "reports/id/failed/index.html#riau-2023"
    assert row(page, "Lampung")[1] == "2024 belum dibuat ·"
    assert row(page, "Papua Pegunungan")[2] == "2023 tidak ada data –"
    assert page.select_one("td.other a")["hreflang"] == "en"
    assert page.select_one("td.published a")["href"] == "reports/id/lampung/2025/index.html"


def test_the_table_stays_one_when_a_phone_breaks_its_rows(tmp_path: Path) -> None:
    page = table(collection(tmp_path, LAMPUNG))
    assert page.table["role"] == "table"
    assert {row["role"] for row in page.find_all("tr")} == {"row"}
    assert {cell["role"] for cell in page.find_all("td")} == {"cell"}
    assert {cell["scope"] for cell in page.find_all("th")} == {"row", "col"}
    assert page.caption.get_text() == "Laporan menurut provinsi dan tahun"


def test_a_province_is_found_by_any_of_its_names(tmp_path: Path) -> None:
    page = table(collection(tmp_path, LAMPUNG))
    words = {row.th.get_text(): row["data-words"] for row in page.select("tbody tr")}
    assert words["Sumatera Utara"] == "sumut north sumatra sumatera utara"


def test_tiles_link_the_pages_of_provinces_that_have_reports(tmp_path: Path) -> None:
    page = drawn(collection(tmp_path, LAMPUNG, ACEH))
    links = {link.b.get_text(): link["href"] for link in page.select(".tiles a")}
    assert links == {
        "Aceh": "reports/en/aceh/index.html",
        "Lamp.": "reports/id/lampung/index.html",
    }
    assert len(page.select(".tiles li")) == 38
    assert "tidak diketahui" in page.find("li", title="Riau").get_text()


def test_the_map_opens_with_what_many_provinces_have(tmp_path: Path) -> None:
    found = collection(tmp_path, LAMPUNG)
    many = {f"c{code}": ("1100.5", "published") for code in range(11, 22) if code != 20}
    write_national(tmp_path, 2024, **many)
    page = drawn(found, "en")
    assert page.find(id="map-title").get_text() == "Trade balance, 2024, billion US dollars"
    assert page.find("li", title="Riau").get_text() == "Riau 1.0"
    assert page.find("option", value="2024").has_attr("selected")


def test_the_comparison_goes_before_a_report(tmp_path: Path) -> None:
    found = collection(tmp_path, LAMPUNG)
    write_national(tmp_path, 2025, c18=("1600", "approximate"))
    assert found.compared["balance", 2025]["18"] == Figure(
        1500.0, "million USD", "approximate", "s1 s2"
    )
    assert drawn(found).find("li", title="Lampung").get_text() == "Lamp. Lampung: ≈1,5"
    assert found.compared["imk_workers", 2025]["18"].obs_status == "approximate"


def test_exports_on_another_basis_are_not_compared(tmp_path: Path) -> None:
    found = collection(tmp_path, LAMPUNG)
    flows = found.reports[LAMPUNG]["notebooks"]["export_surplus"]["indicators"]
    flows["annual_balance_2025"]["basis"] = "port-of-loading"
    assert ("balance", 2025) not in found.compared


def test_without_any_figure_there_is_no_map(tmp_path: Path) -> None:
    found = collection(tmp_path, LAMPUNG)
    found.reports[LAMPUNG]["notebooks"].clear()
    assert tile_map(found, read_layout(tmp_path), "id", {}) == ""
    assert "tile-map" not in index_part(found, "id")


@pytest.mark.parametrize(
    ("name", "value", "colour", "text"),
    [
        ("balance", -99886.0, 1, "−99,9"),
        ("balance", -1000.0, 2, "−1,0"),
        ("balance", 0.0, 3, "0"),
        ("balance", 4583.0, 4, "4,6"),
        ("balance", 117396.0, 5, "117"),
        ("balance", -2.0, 2, ">−0,01"),
        ("export", 2.0, 1, "<0,01"),
        ("export", 70.0, 1, "0,07"),
        ("cover_ratio", 99.6, 2, "100"),
        ("cover_ratio", 558700.0, 5, ">999"),
        ("imk_establishments", 121385.0, 4, "121"),
    ],
)
def test_a_figure_has_its_colour_and_its_text(
    name: str, value: float, colour: int, text: str
) -> None:
    figure = Figure(value, "", "derived", "")
    assert SCALES[name].colour(figure) == colour
    assert SCALES[name].text(figure, "id") == text


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_choice_of_the_map_is_in_the_page(tmp_path: Path, language: str) -> None:
    page = drawn(collection(tmp_path, LAMPUNG, ACEH), language)
    data = json.loads(page.find(id="map-data").string)
    offered = [option["value"] for option in page.select("#map-indicator option")]
    assert offered == list(data["indicators"]) == list(SCALES)
    for content in data["indicators"].values():
        assert len(content["legend"]) == 5
        assert all(len(tiles) == 38 for tiles in content["years"].values())


def test_both_languages_say_everything() -> None:
    for name, (indonesian, english) in _WORDS.items():
        assert indonesian and english, name
        assert indonesian.count("{") == english.count("{"), name


def test_the_whole_index_is_light(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    samples.without_quarto(monkeypatch)
    monkeypatch.setattr("neraca.publish.site._write_province_pages", lambda *_: [])
    root = full_project(tmp_path)
    publish_site(root, root / "_site")
    site = root / "_site"
    shared = [site / "neraca.css", site / "reports" / "site.css", site / "reports" / "site.js"]
    assert sum(path.stat().st_size for path in shared) < ASSETS_LIMIT
    for page in (site / "index.html", site / "en" / "index.html"):
        assert sum(path.stat().st_size for path in (page, *shared)) < LIMIT
        content = BeautifulSoup(page.read_text(), "html.parser")
        assert len(content.select("td.published a")) == 38 * len(YEARS)
        loaded = [found["src"] for found in content.select("script[src]")]
        loaded += [found["href"] for found in content.select("link[rel='stylesheet']")]
        assert {page.parent.joinpath(path).resolve() for path in loaded} == set(shared)
