"""Make a data directory of synthetic figures that gives every province what Lampung has.

`python benchmarks/synthetic_data.py --out DIR` writes the tables of `data/` with every province
made from Lampung's rows, scaled and jittered with a fixed seed. One source beside them has every
month of 2015 to 2025 on both bases of exports, but for the few that nobody has printed for Lampung:
what a report does about a gap is part of its cost. What it costs to make a report is so the same
for each province, and none is quick for being empty. The directory is marked as synthetic: no
report is published from it.
"""

import argparse
import hashlib
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from make_trade_store import SEED, TITLE, mark_synthetic

from analysis.catalog import Catalog
from analysis.catalog.package import DESCRIPTOR, read_package, seal
from analysis.catalog.trade import trade_flows
from analysis.errors import NeracaError
from analysis.project import data_directory

TEMPLATE = "18"
COUNTRY = "00"
MONTHS = pd.period_range("2015-01", "2025-12", freq="M")

#: Exports by port of loading are this share of those by origin.
LOADED_SHARE = 0.9

#: What one month, one item of a list and one year differ by from the template, as a logarithm.
MONTH_JITTER, YEAR_JITTER = 0.04, 0.02
ITEM_LOSS = 0.06

#: Tables whose figures of the template are given to every province.
OBSERVATIONS = ("trade", "industry", "economy", "revenue", "targets", "villages", "statements")


@dataclass(frozen=True)
class Model:
    """What makes a province's figures from the template's.

    Attributes:
        code: BPS code.
        scale: size of the province beside the template.
        months: per flow, what each month differs by.
        base: per flow, the template's months, million USD, gaps filled.
        known: per flow, the months that the template has.

    """

    code: str
    scale: float
    months: dict[str, pd.Series]
    base: dict[str, pd.Series]
    known: dict[str, pd.PeriodIndex]

    def factor(self, flow: str, time_period: str) -> float:
        """Give what a figure of a flow and period is multiplied by.

        A year and a span have the mean of their months, weighted, so that sums stay sums.
        """
        months = _months_of(time_period)
        own = self.base["import" if flow == "import" else "export"].reindex(months).fillna(0.0)
        jitter = self.months["import" if flow == "import" else "export"].reindex(months)
        if not own.sum():
            return self.scale
        return float(self.scale * (own * jitter.fillna(1.0)).sum() / own.sum())

    def flow(self, flow: str) -> pd.Series:
        """Give the province's months of a flow, million USD."""
        return (self.base[flow] * self.months[flow] * self.scale).round(2)


def main() -> int:
    """Make the directory."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, required=True, help="data directory to make")
    try:
        make_data(parser.parse_args().out)
    except NeracaError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def make_data(out: Path) -> None:
    """Make a data directory of synthetic figures in the form of the published ones.

    Raises:
        NeracaError: if the directory exists.

    """
    if out.exists():
        raise NeracaError(f"{out} exists. Give a directory that does not.")
    published = data_directory(Path(__file__).parent)
    shutil.copytree(published, out)
    package = read_package(out)
    mark_synthetic(package)
    paths = {each["name"]: out / each["path"] for each in package["resources"]}
    models = _models(published, _table(paths["provinces"]))
    for name in OBSERVATIONS:
        make = {"trade": _trade, "statements": _statements}.get(name, _yearly)
        _write(paths[name], _for_all(_table(paths[name]), models, make))
    _write_ports(paths["ports"], list(models))
    _write_sources(paths["sources"])
    _write_declarations(paths, list(models))
    (out / DESCRIPTOR).write_text(
        json.dumps(package, indent=2, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    seal(out)


def synthetic_id(source_id: str) -> str:
    """Give the id of the synthetic source that stands for a published one."""
    return "s" + hashlib.sha256(f"synthetic {source_id}".encode()).hexdigest()[:8]


def own_port(code: str) -> str:
    """Name the one port of a province."""
    return f"SYNTHETIC PORT {code}"


def _models(published: Path, provinces: pd.DataFrame) -> dict[str, Model]:
    catalog = Catalog(published)
    flows = trade_flows(catalog, catalog.provinces.by_code(TEMPLATE), MONTHS[-1].year)
    template = {
        flow: flows.monthly(flow, "origin").reindex(MONTHS) for flow in ("export", "import")
    }
    known = {flow: months.dropna().index for flow, months in template.items()}
    base = {
        flow: months.interpolate().bfill().ffill().round(2) for flow, months in template.items()
    }
    return {
        code: _model(code, base, known)
        for code in provinces.loc[provinces["level"] == "province", "bps_code"]
    }


def _model(code: str, base: dict[str, pd.Series], known: dict[str, pd.PeriodIndex]) -> Model:
    generator = np.random.default_rng([SEED, int(code)])
    scale = float(np.exp(np.clip(generator.normal(0.0, 0.7), -1.0, 1.5)))
    months = {
        flow: pd.Series(np.exp(generator.normal(0.0, MONTH_JITTER, len(MONTHS))), index=MONTHS)
        for flow in base
    }
    return Model(code, scale, months, base, known)


Rows = pd.DataFrame


def _for_all(table: Rows, models: dict[str, Model], make: Callable[[Rows, Model], Rows]) -> Rows:
    """Give the country's rows as they are and the template's rows for every province."""
    template = table[table["province_code"] == TEMPLATE]
    country = table[table["province_code"] == COUNTRY]
    made = [make(template, model).assign(province_code=code) for code, model in models.items()]
    rows = pd.concat([country, *made], ignore_index=True)
    return rows.assign(source_id=rows["source_id"].map(synthetic_id))


def _yearly(template: Rows, model: Model) -> Rows:
    """Scale figures by province and year alone, so that parts still add up; rates stay.

    None is approximate, as the comparison of provinces leaves such counts out.
    """
    years = template["time_period"].str[:4]
    jitter = {
        year: float(np.exp(_generator(model.code, year).normal(0.0, YEAR_JITTER)))
        for year in years.unique()
    }
    is_rate = template["unit"].str.contains("percent|%|index|ratio", case=False)
    factors = np.where(is_rate, 1.0, model.scale * years.map(jitter))
    return template.assign(
        value=_scaled(template["value"], factors),
        obs_status=template["obs_status"].replace("approximate", "published"),
    )


def _trade(template: Rows, model: Model) -> Rows:
    keys = template[["flow", "time_period"]].drop_duplicates().itertuples(index=False)
    factor = {(flow, period): model.factor(flow, period) for flow, period in keys}
    factors = np.array(
        [factor[key] for key in zip(template["flow"], template["time_period"], strict=True)]
    )
    kept = {
        item: 1.0 if not item else float(1 - ITEM_LOSS * _generator(model.code, item).random())
        for item in template["item"].unique()
    }
    factors = factors * template["item"].map(kept).to_numpy()
    ports = template["item"].str.replace("PANJANG", own_port(model.code), regex=False)
    rows = template.assign(
        item=ports.where(template["dimension"].str.contains("hs-port"), template["item"]),
        value_usd_million=_scaled(template["value_usd_million"], factors),
        net_weight_kg=_scaled(template["net_weight_kg"], factors),
    )
    return pd.concat([_balanced(rows, model), _own_series(template, model)])


def _balanced(rows: Rows, model: Model) -> Rows:
    """Make each balance the difference of the exports and imports that stand beside it."""
    totals = rows[rows["dimension"] == "total"]
    known = {
        (row.source_id, row.time_period, row.flow): row.value_usd_million
        for row in totals.itertuples()
        if not row.basis
    }
    values = rows["value_usd_million"].copy()
    for row in totals[totals["flow"] == "balance"].itertuples():
        sides = [known.get((row.source_id, row.time_period, flow)) for flow in ("export", "import")]
        if None not in sides:
            difference = float(sides[0]) - float(sides[1])
            digits = max(len(text.partition(".")[2]) for text in sides)
        else:
            months = _months_of(row.time_period)
            sums = [model.flow(flow).reindex(months).sum() for flow in ("export", "import")]
            difference, digits = sums[0] - sums[1], 2
        values[row.Index] = f"{difference:.{digits}f}"
    return rows.assign(value_usd_million=values)


def _own_series(template: Rows, model: Model) -> Rows:
    """Give the months and the complete years of the flows, on both bases, as one source's."""
    series = {
        ("export", "origin"): model.flow("export"),
        ("export", "port-of-loading"): (model.flow("export") * LOADED_SHARE).round(2),
        ("import", ""): model.flow("import"),
    }
    parts = []
    for (flow, basis), filled in series.items():
        months = filled.loc[model.known[flow]]
        years = months.groupby(months.index.year).sum()[
            months.groupby(months.index.year).size() == 12
        ]
        for kind, values in (("month", months), ("year", years)):
            part = pd.DataFrame(
                {
                    "period_type": kind,
                    "time_period": values.index.astype(str),
                    "flow": flow,
                    "basis": basis,
                    "value_usd_million": [f"{value:.2f}" for value in values],
                }
            )
            parts.append(part)
    rows = pd.concat(parts).assign(
        source_id=_COMPLETE, dimension="total", obs_status="published", province_code=model.code
    )
    return rows.reindex(columns=template.columns, fill_value="")


# Stands for a compilation that has every month; `synthetic_id` gives its id.
_COMPLETE = "every month"


def _statements(template: Rows, model: Model) -> Rows:
    """Give statements that nobody made, about the province's own figures."""
    is_rate = template["unit"].str.contains("percent|%|ratio", case=False)
    factors = np.where(is_rate, 1.0, model.scale)
    numbers = [f"{number}" for number in range(1, len(template) + 1)]
    return template.assign(
        speaker_id="Pernyataan sintetis",
        speaker_en="Synthetic statement",
        claim_id=[f"Pernyataan sintetis nomor {number}" for number in numbers],
        claim_en=[f"Synthetic statement number {number}" for number in numbers],
        value=_scaled(template["value"], factors),
    )


def _scaled(texts: pd.Series, factors: np.ndarray) -> list[str]:
    """Multiply printed figures, each keeping its number of decimals; blank stays blank."""
    return [
        f"{float(text) * factor:.{len(text.partition('.')[2])}f}" if text else ""
        for text, factor in zip(texts, factors, strict=True)
    ]


def _months_of(time_period: str) -> pd.PeriodIndex:
    first, _, last = time_period.partition("/")
    if len(first) == len("YYYY"):
        return pd.period_range(f"{first}-01", f"{first}-12", freq="M")
    return pd.period_range(first, last or first, freq="M")


def _generator(code: str, name: str) -> np.random.Generator:
    digest = hashlib.sha256(name.encode()).digest()
    return np.random.default_rng([SEED, int(code), int.from_bytes(digest[:4], "little")])


def _write_ports(path: Path, codes: list[str]) -> None:
    ports = _table(path)
    own = pd.DataFrame(
        {
            "port": [own_port(code) for code in codes],
            "province_code": codes,
            "assigned_by": ports["assigned_by"].iloc[0],
            "note": TITLE,
        }
    )
    _write(path, pd.concat([ports, own]).sort_values("port"))


def _write_sources(path: Path) -> None:
    """Let a synthetic source stand for each published one, released on the same day."""
    sources = _table(path)
    complete = dict.fromkeys(sources.columns, "") | {"source_id": _COMPLETE}
    rows = pd.concat([sources, pd.DataFrame([complete])], ignore_index=True)
    numbered = [f"{TITLE}, number {number}" for number in range(1, len(rows) + 1)]
    rows = rows.assign(
        source_id=rows["source_id"].map(synthetic_id),
        kind="synthetic",
        title=numbered,
        url="https://example.org/synthetic",
        via="made by benchmarks/synthetic_data.py",
    )
    _write(path, rows.sort_values("source_id"))


def _write_declarations(paths: dict[str, Path], codes: list[str]) -> None:
    """Declare for every province the template's link of bases, and no split nor correction.

    The template keeps its break in the count of small industry. All others have none: a comparison
    of growth needs provinces without one.
    """
    provinces = _table(paths["provinces"])
    _write(paths["provinces"], provinces.assign(split_from_bps_code="", founded=""))
    _write(paths["territory"], _table(paths["territory"]).iloc[:0])
    breaks = _table(paths["series_breaks"])
    breaks = breaks[breaks["province_code"] == TEMPLATE]
    ids = breaks["source_ids"].map(lambda text: " ".join(map(synthetic_id, text.split())))
    _write(paths["series_breaks"], breaks.assign(source_ids=ids))
    paths["corrections"].write_text("corrections: []\nconfirmed: []\n", encoding="utf-8")
    links = [
        {
            "id": f"synthetic-exports-of-{code}",
            "province_code": code,
            "flow": "export",
            "from_basis": "",
            "to_basis": "origin",
            "first": "2022-01",
            "last": "2025-12",
            "tolerance_percent": 0.2,
            "minimum_months": 32,
        }
        for code in codes
    ]
    # JSON is YAML.
    paths["links"].write_text(json.dumps({"links": links}, indent=2) + "\n", encoding="utf-8")


def _table(path: Path) -> Rows:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")


def _write(path: Path, rows: Rows) -> None:
    rows.to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
