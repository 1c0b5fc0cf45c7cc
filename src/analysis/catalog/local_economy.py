"""A province's own economy: its revenue, villages, rattan, districts, ports and programmes."""

import re
from dataclasses import dataclass

import pandas as pd

from analysis.catalog.commodities import COFFEE, agency, rattan_figures
from analysis.catalog.reconcile import STATUS_ORDER
from analysis.catalog.tables import Catalog
from analysis.catalog.trade import VALUE
from analysis.parameters.provinces import COUNTRY_CODE, Province

TRILLION = "trillion IDR"

# Amounts are compared in one unit; percentages and ranks stay what they are.
_TRILLIONS = {"IDR": 1e-12, "billion IDR": 1e-3, TRILLION: 1.0}

OWN_SOURCE = "pad_realised_provincial_government"
REGIONAL = "regional_revenue_realised"
_TARGETS = {
    "own_source_target": "pad_target_apbd",
    "regional_target": "regional_revenue_target_apbd",
}
_REVISED = "_revised"

#: Amounts of revenue that a report shows, own-source revenue first.
REVENUE_AMOUNTS = (
    OWN_SOURCE,
    "pad_realised_provincial_government_implied",
    "pad_target_apbd_revised",
    "pad_target_apbd",
    "pad_realised_all_local_governments",
    REGIONAL,
    "regional_revenue_target_apbd_revised",
    "regional_revenue_target_apbd",
    "regional_revenue_all_local_governments",
)

#: Printed ratios, and the computed ones of `indicators.revenue` that they stand in for.
REVENUE_RATIOS = {
    "pad_realisation_rate": "of_target",
    "pad_share_of_regional_revenue_realised": "of_regional",
    "pad_growth_actual": "growth",
}

# Sites are no cooperatives, so they are no part of a target of those.
_SITES = "kopdes_sites_eligible_for_outlet_warehouse"

#: Steps of setting up village cooperatives, in their order.
COOPERATIVE_STEPS = (
    "kopdes_merah_putih_target",
    "villages_and_wards_targeted_for_kopdes",
    "kopdes_village_meetings_held",
    "kopdes_merah_putih_formed",
    "kopdes_merah_putih_legal_entity",
    "kopdes_merah_putih_operating",
    _SITES,
)
COOPERATIVE_TARGETS = COOPERATIVE_STEPS[:2]

VILLAGE_EQUIPMENT = (
    "village_multipurpose_dryers_distributed",
    "village_mocaf_milling_machines_distributed",
)

RATTAN_UNITS = ("ikm_rattan_weaving_units", "imk_wood_rattan_bamboo_kbli16_units")

REGISTRATION = (
    "esmart_ikm_participants",
    "esmart_ikm_participants_target",
    "ikm_registered_for_lagawi_fest",
    "ikm_participating_lagawi_fest_offline",
)

TRAINING = (
    "new_entrepreneurs_trained",
    "new_entrepreneurs_actual",
    "new_entrepreneurs_actual_cumulative",
    "new_entrepreneurs_with_business_licence",
    "new_entrepreneurs_target",
    "new_entrepreneurs_annual_target",
)

# The phrases in which sources name a way out; what matches none of them is a port.
_WAYS = {
    "inside": r"via ports in .+",
    "outside": r".*via (?:ports outside.*|other provinces|.+ and other ports)",
    "province": r".*via (?P<name>.+)",
    "port": r"(?P<name>.+)",
}

_DISTRICT = r"imk_establishments_((?:kab|kota)_\w+)"

#: Comparable years that a picture needs.
LEAST_YEARS = 3

_FIGURE = ["province_code", "time_period", "sub_period", "indicator", "value", "unit"]
_KEY = [name for name in _FIGURE if name != "value"]


@dataclass(frozen=True)
class Revenue:
    """What is known of a province's revenue.

    Attributes:
        figures: rows with `time_period` (year), `sub_period` (blank for the whole year),
            `indicator`, `value`, `unit` (trillion IDR, percent or rank), `printed_unit`,
            `obs_status`, `source_id` and `source_ids`.

    """

    figures: pd.DataFrame

    @property
    def amounts(self) -> pd.DataFrame:
        """The amounts of whole years in trillion IDR, as `indicators.revenue` takes them.

        A revised budget goes before the first one, and both targets of a year are of one budget.
        """
        rows = self.figures[self.figures["sub_period"] == ""]
        values = {
            (int(row.time_period), row.indicator): float(row.value) for row in rows.itertuples()
        }
        shown = rows["indicator"].isin(REVENUE_AMOUNTS)
        years = sorted({int(year) for year in rows.loc[shown, "time_period"]})
        table = pd.DataFrame(
            {
                "own_source": [values.get((year, OWN_SOURCE)) for year in years],
                "regional": [values.get((year, REGIONAL)) for year in years],
            },
            index=pd.Index(years, name="year"),
            dtype=float,
        )
        for column, indicator in _TARGETS.items():
            table[column] = pd.Series(
                {
                    year: values.get((year, indicator + self._budget(values, year)))
                    for year in years
                },
                dtype=float,
            )
        return table

    @property
    def comparable(self) -> pd.DataFrame:
        """The longest run of realised amounts up to one day of the year; none below three years.

        Own-source revenue goes before all revenue, the whole year before a part of it.
        """
        best = self.figures.head(0)
        for indicator in (OWN_SOURCE, REGIONAL):
            rows = self.figures[self.figures["indicator"] == indicator]
            for _, run in rows.groupby("sub_period"):
                if len(run) >= LEAST_YEARS and len(run) > len(best):
                    best = run
            if len(best):
                break
        return best.sort_values("time_period", ignore_index=True)

    def _budget(self, values: dict[tuple[int, str], float], year: int) -> str:
        own, regional = _TARGETS.values()
        if (year, own + _REVISED) in values:
            return _REVISED
        if (year, own) in values:
            return ""
        return _REVISED if (year, regional + _REVISED) in values else ""


@dataclass(frozen=True)
class Ports:
    """Where goods are loaded in a province, and which way those from it go.

    Attributes:
        ports: rows with `port` and `assigned_by` (`source` or `geography`), by name.
        loaded: rows with `port`, `item` (HS), `year`, `value` (million USD, FOB), `obs_status`
            and `source_ids`, of the latest year with a figure of each good, the largest first.
        ways: rows with `kind` (`inside` and `outside`: all ports in the province and out of it;
            `province`; `port`), `name` (of a province in English, or of a port; else blank),
            `time_period`, `basis`, `value` (million USD), `obs_status` and `source_id`: exports
            of the province by way in the latest period that has any.

    """

    ports: pd.DataFrame
    loaded: pd.DataFrame
    ways: pd.DataFrame

    @property
    def inside_and_outside(self) -> pd.Series:
        """What went by ports in the province and out of it; nothing where one is not known.

        Values in million USD by `inside` and `outside`, of one basis.
        """
        both = self.ways[self.ways["kind"].isin(("inside", "outside"))]
        if len(both) != 2 or len(set(both["basis"])) > 1:
            return pd.Series(dtype=float)
        return both.set_index("kind")["value"].astype(float)


def revenue(catalog: Catalog, province: Province, until: int) -> Revenue:
    """Read what was printed of a province's revenue, amounts converted to trillion IDR.

    Args:
        catalog: where to read.
        province: whose revenue; its government's unless the indicator names all local ones.
        until: last year.

    >>> catalog = Catalog()
    >>> found = revenue(catalog, catalog.province("kalimantan-utara"), 2023).figures
    >>> target = found.set_index("indicator").loc["pad_target_apbd"]
    >>> [round(float(target["value"]), 2), target["printed_unit"]]
    [0.79, 'IDR']

    """
    rows = catalog.read("revenue", province_code=province.code, until=until)
    # Of no row at all, a map would give texts.
    factors = rows["unit"].map(_TRILLIONS).astype(float)
    converted = rows.assign(
        printed_unit=rows["unit"],
        value=rows["value"] * factors.fillna(1.0),
        unit=rows["unit"].where(factors.isna(), TRILLION),
    )
    key = ["time_period", "sub_period", "indicator", "unit"]
    return Revenue(_sound(catalog.reconcile(converted, key, "value", keep=["printed_unit"])))


def village_figures(catalog: Catalog, province: Province, until: int) -> pd.DataFrame:
    """Read the village cooperatives and processing equipment of a province and of the country.

    Returns:
        Rows with `province_code`, `time_period`, `sub_period` (state of), `indicator` (of
        `COOPERATIVE_STEPS`, then of `VILLAGE_EQUIPMENT`), `value`, `unit`, `obs_status`,
        `source_id` and `source_ids`, in that order; none where nothing is known.

    >>> catalog = Catalog()
    >>> found = village_figures(catalog, catalog.province("lampung"), 2025)
    >>> own = found[found["province_code"] == "18"].set_index("indicator")["value"]
    >>> float(own["kopdes_merah_putih_target"]), float(own["kopdes_merah_putih_operating"])
    (2651.0, 200.0)

    """
    return _ordered(catalog, "villages", province, until, (*COOPERATIVE_STEPS, *VILLAGE_EQUIPMENT))


def cooperative_progress(found: pd.DataFrame, province: Province) -> tuple[pd.Series, float | None]:
    """Give the steps of a province's village cooperatives, and the target that they lead to.

    Each village is to have one cooperative, so villages and cooperatives count alike.

    Args:
        found: as `village_figures` gives it.
        province: whose cooperatives.

    Returns:
        The steps after the target by indicator, and the target; None where it is not known.

    >>> catalog = Catalog()
    >>> province = catalog.province("kalimantan-utara")
    >>> steps, target = cooperative_progress(village_figures(catalog, province, 2025), province)
    >>> steps.to_dict(), target
    ({'kopdes_merah_putih_formed': 411.0}, 482.0)

    """
    own = found[found["province_code"] == province.code]
    values = own.set_index("indicator")["value"].astype(float)
    steps = [name for name in COOPERATIVE_STEPS if name in values.index]
    target = next((float(values[name]) for name in COOPERATIVE_TARGETS if name in steps), None)
    reached = [name for name in steps if name not in (*COOPERATIVE_TARGETS, _SITES)]
    return values[reached], target


def participation(catalog: Catalog, province: Province, until: int) -> pd.DataFrame:
    """Read who took part in programmes for small industry, in a province and in the country.

    Returns:
        Rows as `village_figures` gives them, of `REGISTRATION` and `TRAINING`, the province's
        first.

    >>> catalog = Catalog()
    >>> found = participation(catalog, catalog.province("lampung"), 2018)
    >>> found[["province_code", "value"]].to_numpy().tolist()
    [['00', 1265.0], ['00', 1165.0], ['00', 5000.0]]

    """
    return _ordered(catalog, "targets", province, until, (*REGISTRATION, *TRAINING))


def rattan_units(catalog: Catalog, province: Province, until: int) -> pd.DataFrame:
    """Read how many units of a province itself weave or work rattan.

    Returns:
        Rows with `time_period`, `indicator` (of `RATTAN_UNITS`), `value`, `unit`, `obs_status`
        and `source_id`, in the order of time.

    >>> catalog = Catalog()
    >>> rattan_units(catalog, catalog.province("kalimantan-utara"), 2022)["value"].tolist()
    [333]

    """
    figures = rattan_figures(catalog, province, until)
    own = figures["province_code"] == province.code
    units = figures[own & figures["indicator"].isin(RATTAN_UNITS)]
    return units.sort_values(["time_period", "indicator"], ignore_index=True)


def rattan_statements(catalog: Catalog, province: Province, until: int) -> pd.DataFrame:
    """Read what officials of a province said of raw rattan, as rows of `statements`."""
    return catalog.read(
        "statements",
        province_code=province.code,
        indicator="raw_rattan_shipped_out",
        until=until,
    )


def district_counts(catalog: Catalog, province: Province, until: int) -> pd.DataFrame:
    """Read the micro and small establishments of a province by district, in the latest year.

    Returns:
        Rows with `district`, `year`, `value`, `obs_status`, `source_ids` and `of_province` (the
        province's own count of that year from the same source; missing where it has none), the
        largest first; none where no district is known.

    >>> catalog = Catalog()
    >>> found = district_counts(catalog, catalog.province("kalimantan-utara"), 2024)
    >>> found["district"].tolist()
    ['Kota Tarakan', 'Kabupaten Bulungan', 'Kabupaten Nunukan', 'Kabupaten Malinau']
    >>> float(found["value"].sum()), float(found["of_province"].iloc[0])
    (5970.0, 5970.0)

    """
    rows = catalog.read("industry", province_code=province.code, sub_period="", until=until)
    named = rows["indicator"].str.fullmatch(_DISTRICT)
    latest = rows[named & (rows["time_period"] == rows.loc[named, "time_period"].max())]
    chosen = _sound(catalog.reconcile(latest, _KEY, "value"))
    whole = rows[
        (rows["indicator"] == "imk_establishments")
        & rows["time_period"].isin(chosen["time_period"])
        & rows["source_id"].isin(chosen["source_id"])
    ]["value"]
    table = pd.DataFrame(
        {
            "district": [_district(indicator) for indicator in chosen["indicator"]],
            "year": chosen["time_period"].astype(int),
            "value": chosen["value"].astype(float),
            "obs_status": chosen["obs_status"],
            "source_ids": chosen["source_ids"],
            "of_province": float(whole.iloc[0]) if len(whole) else float("nan"),
        }
    )
    return table.sort_values(["value", "district"], ascending=[False, True], ignore_index=True)


def agency_figures(catalog: Catalog, province: Province, until: int) -> pd.DataFrame:
    """Count the export figures of a province that come from the papers of one of its steps.

    Returns:
        Rows with `step` (`quarantine` or `certificate_of_origin`), `figures`, `first` and `last`
        (years), `items` (HS codes) and `source_ids`; a step without figures has no row.

    >>> catalog = Catalog()
    >>> found = agency_figures(catalog, catalog.province("lampung"), 2025).set_index("step")
    >>> found.loc["certificate_of_origin", ["first", "last"]].tolist()
    [2010, 2018]

    """
    rows = catalog.read(
        "trade", province_code=province.code, dimension="hs", flow="export", until=until
    )
    steps = [_step(agency(name)) for name in rows["item_name"]]
    years = [int(period.split("/")[-1][:4]) for period in rows["time_period"]]
    rows = rows.assign(step=steps, year=years)
    found = [
        {
            "step": step,
            "figures": len(group),
            "first": int(group["year"].min()),
            "last": int(group["year"].max()),
            "items": tuple(sorted(group["item"].unique())),
            "source_ids": tuple(sorted(group["source_id"].unique())),
        }
        for step, group in rows[rows["step"] != ""].groupby("step")
    ]
    columns = ["step", "figures", "first", "last", "items", "source_ids"]
    return pd.DataFrame(found, columns=columns)


def ports_of_loading(catalog: Catalog, province: Province, until: int) -> Ports:
    """Read the ports of loading of a province, what they load, and by which way exports go.

    >>> catalog = Catalog()
    >>> found = ports_of_loading(catalog, catalog.province("lampung"), 2025)
    >>> found.ports["port"].tolist()
    ['BRANTI (U)', 'PANJANG', 'TARAHAN']
    >>> found.ways.set_index("kind")["value"].to_dict()
    {'inside': 3754.0, 'outside': 1072.0}

    """
    ports = catalog.read("ports", province_code=province.code).sort_values("port")
    # Customs lists one port under two spellings, with blanks around the stroke and without.
    spelled_alike = ports["port"].str.replace(r"\s*/\s*", "/", regex=True).duplicated()
    kept = ports.loc[~spelled_alike, ["port", "assigned_by"]].reset_index(drop=True)
    return Ports(kept, _loaded(catalog, ports["port"], until), _ways(catalog, province, until))


def _loaded(catalog: Catalog, ports: pd.Series, until: int) -> pd.DataFrame:
    """Add up by year what the ports loaded, and keep the latest year of each good."""
    goods = (COFFEE, "26", "27", "26/27")
    rows = catalog.read(
        "trade",
        dimension="hs-port",
        flow="export",
        item=[f"{hs}|{port}" for hs in goods for port in ports],
        until=until,
    )
    chosen = _sound(catalog.reconcile(rows, ["time_period", "item"], VALUE))
    parts = [str(item).split("|") for item in chosen["item"]]
    listed = chosen.assign(
        item=[hs for hs, _ in parts],
        port=[port for _, port in parts],
        year=[int(period[:4]) for period in chosen["time_period"]],
        rank=chosen["obs_status"].map(STATUS_ORDER),
    )
    latest = listed.groupby("item")["year"].transform("max")
    groups = listed[listed["year"] == latest].groupby(["item", "port", "year"])
    sums = pd.DataFrame(
        {
            "value": groups["value"].sum().astype(float),
            "obs_status": groups["rank"].max().map({rank: n for n, rank in STATUS_ORDER.items()}),
            "source_ids": groups["source_id"].agg(lambda ids: tuple(sorted(set(ids)))),
        }
    ).reset_index()
    return sums.sort_values(["value", "port"], ascending=[False, True], ignore_index=True)


def _ways(catalog: Catalog, province: Province, until: int) -> pd.DataFrame:
    rows = catalog.read(
        "trade", province_code=province.code, dimension="port", flow="export", until=until
    )
    chosen = _sound(catalog.reconcile(rows, ["time_period", "basis", "item"], VALUE))
    ends = chosen["time_period"].astype(str).str.split("/").str[-1]
    latest = chosen[ends == ends.max()]
    # Of a month and a span that end together, the span says more.
    longest = latest["time_period"].str.len().max()
    kept = latest[latest["time_period"].str.len() == longest]
    ways = [_way(item) for item in kept["item"]]
    named = kept.assign(kind=[kind for kind, _ in ways], name=[name for _, name in ways])
    columns = ["kind", "name", "time_period", "basis", "value", "obs_status", "source_id"]
    return named.sort_values(["value", "item"], ascending=[False, True], ignore_index=True)[columns]


def _way(item: str) -> tuple[str, str]:
    """Tell a way out of a province and its name from the item that a source has.

    >>> _way("origin Kaltara via East Java"), _way("via other provinces"), _way("Batu Ampar")
    (('province', 'East Java'), ('outside', ''), ('port', 'Batu Ampar'))
    """
    matches = ((kind, re.fullmatch(pattern, item)) for kind, pattern in _WAYS.items())
    kind, found = next((kind, found) for kind, found in matches if found)
    return kind, found.groupdict().get("name", "")


def _ordered(
    catalog: Catalog, table: str, province: Province, until: int, indicators: tuple[str, ...]
) -> pd.DataFrame:
    """Read indicators of a province and the country, the province's first, each in their order."""
    codes = [COUNTRY_CODE, province.code]
    rows = catalog.read(table, province_code=codes, indicator=indicators, until=until)
    chosen = _sound(catalog.reconcile(rows, _KEY, "value"))
    order = chosen.assign(
        _country=chosen["province_code"] == COUNTRY_CODE,
        _order=[indicators.index(name) for name in chosen["indicator"]],
    )
    ordered = order.sort_values(
        ["_country", "_order", "time_period", "sub_period"], ignore_index=True
    )
    return ordered[[*_FIGURE, "obs_status", "source_id", "source_ids"]]


def _sound(chosen: pd.DataFrame) -> pd.DataFrame:
    return chosen[~chosen["doubtful"].astype(bool)].reset_index(drop=True)


def _district(indicator: str) -> str:
    """Name a district as its indicator does.

    >>> _district("imk_establishments_kota_tarakan")
    'Kota Tarakan'
    """
    kind, _, name = indicator.removeprefix("imk_establishments_").partition("_")
    kinds = {"kab": "Kabupaten", "kota": "Kota"}
    return f"{kinds[kind]} {name.replace('_', ' ').title()}"


def _step(name: str) -> str:
    """Say which step of an export an agency's figure comes from; blank for any other agency."""
    if name.startswith("SKA"):
        return "certificate_of_origin"
    quarantine = ("quarantine", "BKIPM", "BPPMHKP")
    return "quarantine" if name.startswith(quarantine) else ""
