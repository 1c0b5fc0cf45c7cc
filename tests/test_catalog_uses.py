"""Imports by use: which period is chosen, and what counts as a use."""

from pathlib import Path

import pandas as pd
import pytest

from analysis.catalog import Catalog
from analysis.catalog.trade import trade_flows
from analysis.catalog.uses import USES, ImportsByUse, imports_by_use

SLUG, CODE, YEAR = "papua-selatan", "95", 2023
RELEASE = "s68d1badc"


def find(catalog: Catalog, slug: str, year: int) -> ImportsByUse | None:
    province = catalog.province(slug)
    return imports_by_use(catalog, province, year, trade_flows(catalog, province, year))


@pytest.fixture
def with_uses(project_root: Path, tmp_path: Path):
    """Make a catalog whose `trade.csv` has nothing but a few uses of imports of one province."""

    def make(*rows: tuple[str, str, float]) -> Catalog:
        data = tmp_path / "data"
        (data / "observations").mkdir(parents=True)
        real = project_root / "data"
        for name in ("datapackage.json", "sources.csv", "links.yml", "classifications"):
            (data / name).symlink_to(real / name)
        (data / "corrections.yml").write_text("corrections: []\n")
        header = (real / "observations" / "trade.csv").open(encoding="utf-8").readline().strip()
        added = pd.DataFrame(
            [
                {
                    "source_id": RELEASE,
                    "province_code": CODE,
                    "period_type": "month",
                    "time_period": period,
                    "flow": "import",
                    "dimension": "bec",
                    "item": item,
                    "value_usd_million": str(value),
                    "obs_status": "published",
                }
                for period, item, value in rows
            ],
            columns=header.split(","),
        )
        added.to_csv(data / "observations" / "trade.csv", index=False)
        return Catalog(data)

    return make


def test_lampung_has_one_month(catalog):
    found = find(catalog, "lampung", 2025)
    assert (found.time_period, found.periods) == ("2022-02", 1)
    assert tuple(found.rows["use"]) == USES
    assert found.rows["value"].sum() == pytest.approx(found.total, abs=0.01)


def test_the_latest_of_several_months(catalog):
    found = find(catalog, "kalimantan-selatan", 2025)
    assert (found.time_period, found.periods) == ("2022-09", 2)


def test_no_figure_of_a_later_year(catalog):
    assert find(catalog, "lampung", 2021) is None


def test_one_use_alone(catalog):
    found = find(catalog, "jawa-tengah", 2025)
    assert tuple(found.rows["use"]) == ("materials",)


def test_a_fuller_split_goes_before_a_later_one(with_uses):
    catalog = with_uses(
        ("2023-01", "capital goods", 1.0),
        ("2023-01", "raw materials/auxiliary", 2.0),
        ("2023-02", "consumption goods", 3.0),
    )
    found = find(catalog, SLUG, YEAR)
    assert found.time_period == "2023-01"
    assert dict(zip(found.rows["use"], found.rows["value"], strict=True)) == {
        "materials": 2.0,
        "capital": 1.0,
    }
    assert (found.total, found.source_ids) == (None, (RELEASE,))


def test_what_is_no_use_is_left_out(with_uses):
    assert find(with_uses(("2023-01", "services", 1.0)), SLUG, YEAR) is None
