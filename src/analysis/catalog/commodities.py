"""Goods with values and weights: commodities, one by port and destination, and their chains."""

import re
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from analysis.catalog.basis import NOT_STATED, link_basis
from analysis.catalog.reconcile import STATUS_ORDER
from analysis.catalog.tables import Catalog
from analysis.catalog.trade import VALUE, checked_links
from analysis.errors import NeracaError
from analysis.parameters.provinces import Province

WEIGHT = "net_weight_kg"

COFFEE = "0901"

#: Headings or chapters of the commodities whose chains a report follows, in its order.
COMMODITIES = {
    "coffee": ("0901", "2101"),
    "palm_oil": ("1511", "1513"),
    "rubber": ("4001",),
    "cocoa": ("18",),
    "pepper": ("0904",),
    "fish": ("03", "16"),
    "fruit_preparations": ("20",),
    "coal": ("2701",),
    "rattan": ("1401", "46"),
}

# A parenthesis of a name that tells who counted, and not what: customs did not.
_AGENCY = re.compile(
    r"\(([^()]*\b(?:SKA|AEKI|Disperindag|Dinas|quarantine|BKIPM|BPPMHKP|Bank Indonesia)\b[^()]*)\)"
)

# Who counted, by a word of the agency's name; of several the first.
_COUNTERS = {
    "certificates": r"\bSKA\b",
    "association": r"\bAEKI\b",
    "quarantine": r"\b(?:quarantine|BKIPM|BPPMHKP)\b",
    "central_bank": r"\bBank Indonesia\b",
    "agency": r"\b(?:Disperindag|Dinas)\b",
}

#: Counts whose values can be read as levels of exports; the rest serve for unit values.
LEVELS = ("statistics", "central_bank", "unstated")

# Months or years from which a series is more than a few points.
SERIES_MONTHS, SERIES_YEARS = 12, 3

# What names one figure; goods of one code are told apart by their name.
_GOODS = ["province_code", "period_type", "time_period", "flow", "basis", "item", "item_name"]

# What is told of a commodity's latest figure.
_LATEST = ["item", "item_name", "name_id", "name_en", "time_period", "value", "weight_kg"]
_LATEST += ["unit_value", "obs_status", "source_id"]

# From the surest status to the least.
_STATUSES = tuple(sorted(STATUS_ORDER, key=STATUS_ORDER.__getitem__))


@dataclass(frozen=True)
class CommodityLoaded:
    """What the ports of a province loaded of a commodity, beside those of the whole country.

    Attributes:
        province: whose ports.
        months: what the province's ports loaded, as `loaded_by_month` gives it.
        country_months: the same of all ports.
        years: by `year` the province's `value` (million USD, FOB), `weight_kg`, `unit_value`
            (USD a kilogram), `months` (in which it loaded any) and `known_months` (in which any
            port did, which are those that the source covers); years without any have no row.
        provinces: what each province's ports loaded in the latest year: `province_code`,
            `value`, `weight_kg` and `unit_value`, the largest weight first.
        provisional_months: months of the year in which the figures were retrieved; their
            publisher may still change them.
        source_ids: sources of all ports.

    """

    province: Province
    months: pd.DataFrame
    country_months: pd.DataFrame
    years: pd.DataFrame
    provinces: pd.DataFrame
    provisional_months: tuple[str, ...]
    source_ids: tuple[str, ...]

    @property
    def year(self) -> int | None:
        """The latest year with any figure of any port, None where there is none."""
        known = self.country_months["time_period"]
        return None if known.empty else int(known.max()[:4])

    @property
    def regular(self) -> bool:
        """Whether the province's ports loaded in enough months for a picture."""
        return len(self.months) >= SERIES_MONTHS

    @property
    def full_years(self) -> pd.DataFrame:
        """The rows of `years` of which the source covers all twelve months."""
        return self.years[self.years["known_months"] == 12]

    @property
    def place(self) -> pd.Series | None:
        """The province's row of `provinces`, its index the rank less one; None if it has none."""
        rows = self.provinces[self.provinces["province_code"] == self.province.code]
        return None if rows.empty else rows.iloc[0]

    @property
    def weight_share_percent(self) -> float:
        """The province's percent of the weight that all ports loaded in the latest year."""
        if self.place is None:
            return 0.0
        return float(100 * self.place["weight_kg"] / self.provinces["weight_kg"].sum())


@dataclass(frozen=True)
class ProcessingChain:
    """A raw commodity and a form it is processed into, with what is published of the way there.

    Attributes:
        id: name of the chain, for example `coffee-soluble`.
        raw_hs, processed_hs: HS headings, parted by a slash.
        raw_name_en, raw_name_id, processed_name_en, processed_name_id: names of the goods.
        raw_item_name, processed_item_name: names in `trade` counted by one agency; blank where
            no figures tell the two apart.
        processing_yield: lowest and highest cited kilogram of processed goods a kilogram of raw
            ones; None where nothing could be cited.
        source: where the yield comes from, or why there is none.
        price_ratio: lowest and highest cited worth of a kilogram processed as a multiple of raw;
            None where nothing could be cited.
        price_ratio_source: where the ratio comes from; blank where there is none.

    """

    id: str
    raw_hs: str
    raw_name_en: str
    raw_name_id: str
    processed_hs: str
    processed_name_en: str
    processed_name_id: str
    raw_item_name: str
    processed_item_name: str
    processing_yield: tuple[float, float] | None
    source: str
    price_ratio: tuple[float, float] | None
    price_ratio_source: str


def agency(item_name: str) -> str:
    """Give the agency that a name of goods carries, blank for customs figures.

    Certificates of origin (SKA), exporters' associations and quarantine offices count other
    shipments than customs does: such a figure serves for a unit value and not for a level.

    >>> agency("Instant coffee (SKA, Dinas Perdagangan)")
    'SKA, Dinas Perdagangan'
    >>> agency("Refined palm oil (minyak sawit olahan)")
    ''
    """
    found = _AGENCY.search(item_name)
    return found[1] if found else ""


def counted_by(agency_name: str, hs: str, basis: str) -> str:
    """Name the kind of count that a figure comes from.

    `certificates`, `association`, `quarantine`, `central_bank` and `agency` are told by the
    agency's name; without one, `statistics` are the chapters and the figures of a stated basis
    that BPS publishes, and what is left is `unstated`.

    >>> counted_by("SKA, Dinas Perdagangan", "0901", ""), counted_by("", "09", "")
    ('certificates', 'statistics')
    >>> counted_by("", "0306", "")
    'unstated'
    """
    if agency_name:
        return next(kind for kind, word in _COUNTERS.items() if re.search(word, agency_name))
    return "statistics" if re.fullmatch(r"\d\d", hs) or basis != NOT_STATED else "unstated"


def commodity_figures(catalog: Catalog, province: Province, until: int) -> pd.DataFrame:
    """Read a province's exports of the goods of `COMMODITIES`, values and weights, up to a year.

    Rows of one code are told apart by `item_name`; they overlap and are never to be summed. A
    chapter that holds several commodities, as chapter 09 holds coffee and pepper, stands at each.

    Returns:
        Rows with `commodity`, `wider` (the item holds other goods beside it), `period_type`,
        `time_period`, `basis`, `item` (HS), `item_name` (blank for a chapter), `name_id`,
        `name_en` (of the item), `agency` (blank: none is named), `counted_by` (see there),
        `value` (million USD) and `weight_kg` (each missing where it is not printed),
        `unit_value` (USD a kilogram), `obs_status`, `doubtful` and `source_id`, in the order of
        `COMMODITIES`, then of item, name and the end of the period; none where nothing is known.

    Raises:
        NeracaError: if a declared link of bases no longer holds.

    >>> catalog = Catalog()
    >>> goods = commodity_figures(catalog, catalog.province("lampung"), 2016)
    >>> sold = goods[(goods["item"] == "2101") & (goods["time_period"] == "2016-02")].iloc[0]
    >>> sold["counted_by"], float(sold["value"]), float(sold["weight_kg"])
    ('certificates', 0.588, 66000.0)
    >>> round(float(sold["unit_value"]), 3)
    8.909

    """
    rows = catalog.read(
        "trade", province_code=province.code, dimension="hs", flow="export", until=until
    )
    codes = catalog.read("hs", code=sorted(rows["item"].unique()))
    members = _members_of_commodities(codes)
    wanted = rows[rows["item"].isin(members["item"])]
    chapter = wanted["item"].str.fullmatch(r"\d\d")
    unnamed = chapter & ~wanted["item_name"].str.contains("(", regex=False)
    # Chapters are spelled in several ways; their basis may be a declared one.
    chapters = link_basis(
        wanted[unnamed].assign(item_name=""), checked_links(catalog.data, (province.code,))
    )
    goods = _one_each(catalog, pd.concat([chapters, wanted[~unnamed]]), _GOODS)
    goods["agency"] = [
        agency(name) or agency(item)
        for name, item in zip(goods["item_name"], goods["item"], strict=True)
    ]
    goods["counted_by"] = [
        counted_by(*cells)
        for cells in zip(goods["agency"], goods["item"], goods["basis"], strict=True)
    ]
    goods["end"] = goods["time_period"].map(_end_of)
    listed = members.merge(goods, on="item", validate="many_to_many")
    columns = ["commodity", "wider", "period_type", "time_period", "basis", "item", "item_name"]
    columns += ["name_id", "name_en", "agency", "counted_by", "value", "weight_kg", "unit_value"]
    columns += ["obs_status", "doubtful", "source_id"]
    order = ["order", "item", "item_name", "end"]
    return listed.sort_values(order, ignore_index=True)[columns]


def commodity_coverage(figures: pd.DataFrame) -> pd.DataFrame:
    """Sum up which figures of each commodity there are, by who counted.

    Args:
        figures: as `commodity_figures` gives them.

    Returns:
        Rows with `commodity`, `counted_by`, `wider`, `periods`, `first`, `last` (period),
        `values` and `weights` (number of figures), and of the latest figure that is not doubtful
        (of several the one with a value, then the largest; of counts that are not in `LEVELS`
        the latest with a unit value printed as such, if any) `item`, `item_name`, `name_id`,
        `name_en`, `time_period`, `value`, `weight_kg`, `unit_value`, `obs_status` and
        `source_id`; figures that are all doubtful have no row.

    >>> catalog = Catalog()
    >>> found = commodity_coverage(
    ...     commodity_figures(catalog, catalog.province("lampung"), 2025))
    >>> palm = found[(found["commodity"] == "palm_oil") & ~found["wider"]].iloc[0]
    >>> palm["item"], palm["time_period"], float(palm["value"])
    ('1511', '2025-01/2025-11', 716.75)

    """
    key = ["commodity", "counted_by", "wider"]
    sure = figures[~figures["doubtful"].astype(bool)]
    printed = sure["unit_value"].notna() & (sure["obs_status"] == "published")
    sure = sure.assign(
        end=sure["time_period"].map(_end_of),
        valued=sure["value"].notna(),
        serves=printed & ~sure["counted_by"].isin(LEVELS),
    ).sort_values(["end", "valued", "value", "weight_kg"], kind="stable")
    parts = sure.groupby(key)
    extent = parts.agg(
        periods=("time_period", "nunique"),
        first=("time_period", "first"),
        last=("time_period", "last"),
        values=("value", "count"),
        weights=("weight_kg", "count"),
    )
    ranked = sure.sort_values("serves", kind="stable").drop_duplicates(key, keep="last")
    found = extent.reset_index().merge(ranked[[*key, *_LATEST]], on=key, validate="one_to_one")
    places = {name: place for place, name in enumerate([*COMMODITIES, "statistics", *_COUNTERS])}
    # Who is not named comes last.
    order = found[["commodity", "counted_by"]].apply(lambda names: names.map(places))
    order["wider"] = found["wider"]
    return found.loc[order.sort_values(key).index].reset_index(drop=True)


def commodity_series(figures: pd.DataFrame) -> tuple[pd.DataFrame, ...]:
    """Find the series of figures that are long enough for a picture, each commodity's once.

    A series is one item and name by one count and basis, by month or by year. Of what customs
    did not count only the unit value serves; of the rest the value.

    Args:
        figures: as `commodity_figures` gives them.

    Returns:
        Rows of `figures` with `measure` (`value` or `unit_value`) and `figure` (of that measure),
        of `SERIES_MONTHS` months or `SERIES_YEARS` years and more, in the order of time.

    >>> catalog = Catalog()
    >>> series = commodity_series(
    ...     commodity_figures(catalog, catalog.province("lampung"), 2025))
    >>> [(part["item"].iloc[0], part["measure"].iloc[0], len(part)) for part in series][:2]
    [('09', 'value', 31), ('0901', 'unit_value', 13)]

    """
    levels = figures["counted_by"].isin(LEVELS)
    rows = figures.assign(measure=levels.map({True: "value", False: "unit_value"}))
    rows["figure"] = rows["value"].where(levels, rows["unit_value"])
    sure = rows[rows["figure"].notna() & ~rows["doubtful"].astype(bool)]
    # Of what customs did not count, a rounded value or weight can put the ratio off tenfold.
    sure = sure[(sure["measure"] == "value") | (sure["obs_status"] == "published")]
    sure = sure.drop_duplicates([*_GOODS[1:3], "basis", "item", "item_name"])
    least = {"month": SERIES_MONTHS, "year": SERIES_YEARS}
    kinds = sure[sure["period_type"].isin(least)]
    parts = kinds.groupby(["item", "item_name", "basis", "period_type"], sort=False)
    return tuple(
        part.reset_index(drop=True)
        for (_, _, _, kind), part in parts
        if len(part) >= least[str(kind)]
    )


def loaded_by_month(
    catalog: Catalog, hs: str, until: int, province: Province | None = None
) -> pd.DataFrame:
    """Add up by month what was loaded of a commodity in the ports of a province, or in all ports.

    Where goods are loaded is not where they come from: name these figures "loaded in". The
    assignment of ports to provinces is that of `ports`, partly read off the map.

    Args:
        catalog: the figures.
        hs: heading of the commodity, such as `COFFEE`.
        until: last year.
        province: whose ports; None for those of the whole country.

    Returns:
        Rows with `time_period` (month), `value` (million USD, FOB), `weight_kg`, `unit_value`
        (USD a kilogram), `ports` (number that loaded any), `obs_status` (the least sure of
        them), `doubtful` and `source_ids`, in the order of time; a month in which no port
        reports the commodity has no row.

    >>> catalog = Catalog()
    >>> loaded = loaded_by_month(catalog, COFFEE, 2017, catalog.province("lampung"))
    >>> len(loaded), loaded["time_period"].iloc[0], round(float(loaded["weight_kg"].sum()) / 1e6)
    (12, '2017-01', 301)

    """
    if province is None:
        ports = catalog.read("ports")
    else:
        ports = catalog.read("ports", province_code=province.code)
    return _by_month(_members(catalog, "hs-port", hs, until, ports["port"]))


def commodity_loaded(catalog: Catalog, hs: str, province: Province, until: int) -> CommodityLoaded:
    """Give what a province's ports loaded of a commodity, and its place among all ports.

    Args:
        catalog: the figures.
        hs: heading of the commodity, such as `COFFEE`.
        province: whose ports.
        until: last year.

    >>> catalog = Catalog()
    >>> loaded = commodity_loaded(catalog, COFFEE, catalog.province("lampung"), 2024)
    >>> loaded.year, loaded.provinces["province_code"].iloc[0], len(loaded.years)
    (2024, '18', 8)

    """
    ports = catalog.read("ports")
    rows = _members(catalog, "hs-port", hs, until, ports["port"]).merge(
        ports[["port", "province_code"]].rename(columns={"province_code": "loaded_in"}),
        left_on="member",
        right_on="port",
        validate="many_to_one",
    )
    country = _by_month(rows)
    months = _by_month(rows[rows["loaded_in"] == province.code])
    known = country.groupby(_year_of(country))["time_period"].size()
    source_ids = tuple(sorted(rows["source_id"].unique()))
    return CommodityLoaded(
        province=province,
        months=months,
        country_months=country,
        years=_by_year(months).assign(known_months=lambda years: known.reindex(years.index)),
        provinces=_by_province(rows[_year_of(rows) == _year_of(rows).max()]),
        provisional_months=_provisional(catalog, country, source_ids),
        source_ids=source_ids,
    )


def sent_by_month(catalog: Catalog, hs: str, until: int, years: int | None = None) -> pd.DataFrame:
    """Give by month what the whole country sent of a commodity to each destination.

    Destinations are known nationally only: no source parts them by province.

    Args:
        catalog: the figures.
        hs: heading of the commodity, such as `COFFEE`.
        until: last year.
        years: how many years up to `until`; None for all.

    Returns:
        Rows with `time_period` (month), `partner` (as in `partners`), `iso_3166_1`, `value`
        (million USD, FOB), `weight_kg`, `unit_value` (USD a kilogram), `obs_status`, `doubtful`
        and `source_id`, in the order of time, then of `partner`.

    >>> sent = sent_by_month(Catalog(), COFFEE, 2017)
    >>> first = sent[sent["partner"] == "ALGERIA"].iloc[0]
    >>> first["time_period"], first["iso_3166_1"], float(first["value"]), float(first["weight_kg"])
    ('2017-01', 'DZ', 1.108109, 516600.0)

    """
    rows = _members(catalog, "hs-partner", hs, until, years=years)
    partners = catalog.read("partners", partner=sorted(rows["member"].unique()))
    named = rows.merge(
        partners[["partner", "iso_3166_1"]],
        left_on="member",
        right_on="partner",
        how="left",
        validate="many_to_one",
    )
    columns = ["time_period", "partner", "iso_3166_1", "value", "weight_kg", "unit_value"]
    columns += ["obs_status", "doubtful", "source_id"]
    return named.sort_values(["time_period", "partner"], ignore_index=True)[columns]


def sent_by_year(catalog: Catalog, hs: str, until: int, years: int | None = None) -> pd.DataFrame:
    """Add up by year what the whole country sent of a commodity to each destination.

    Args:
        catalog: the figures.
        hs: heading of the commodity, such as `COFFEE`.
        until: last year.
        years: how many years up to `until`; None for all.

    Returns:
        Rows with `year`, `months` (of the year with a figure for any destination), `partner`,
        `iso_3166_1`, `value` (million USD, FOB), `weight_kg`, `unit_value` (USD a kilogram) and
        `source_id`, by year, the largest value first; none where nothing is known.

    >>> sent = sent_by_year(Catalog(), COFFEE, 2024, 2)
    >>> latest = sent[sent["year"] == 2024]
    >>> set(sent["year"]), set(latest["months"]), bool((latest["value"].diff().dropna() <= 0).all())
    ({2024, 2023}, {12}, True)

    """
    rows = sent_by_month(catalog, hs, until, years)
    rows["year"] = _year_of(rows)
    sums = rows.groupby(["year", "partner", "iso_3166_1"], as_index=False).agg(
        value=("value", "sum"), weight_kg=("weight_kg", "sum"), source_id=("source_id", "first")
    )
    sums["months"] = sums["year"].map(rows.groupby("year")["time_period"].nunique())
    columns = ["year", "months", "partner", "iso_3166_1", "value", "weight_kg", "unit_value"]
    return _with_unit_value(sums).sort_values(
        ["year", "value", "partner"], ascending=[True, False, True], ignore_index=True
    )[[*columns, "source_id"]]


def rattan_figures(catalog: Catalog, province: Province, until: int) -> pd.DataFrame:
    """Read what is known of rattan in a province and in the country: output, units, prices.

    Returns:
        Rows with `province_code`, `time_period`, `indicator`, `value`, `unit`, `obs_status` and
        `source_id`; none where nothing is known. No foreign trade in raw rattan is among them.

    >>> catalog = Catalog()
    >>> figures = rattan_figures(catalog, catalog.province("kalimantan-selatan"), 2025)
    >>> set(figures["province_code"]) == {"00", "63"}
    True

    """
    codes = ["00", province.code]
    rows = catalog.read("villages", province_code=codes, until=until)
    columns = ["province_code", "time_period", "indicator", "value", "unit"]
    columns += ["obs_status", "source_id"]
    return rows.loc[rows["indicator"].str.contains("rattan"), columns].reset_index(drop=True)


def processing_chains(catalog: Catalog) -> tuple[ProcessingChain, ...]:
    """Read the chains from raw to processed goods, with their cited parameters.

    >>> chains = {chain.id: chain for chain in processing_chains(Catalog())}
    >>> chains["coffee-soluble"].processing_yield, chains["coffee-soluble"].price_ratio
    ((0.336, 0.42), (2.15, 2.79))
    """
    return tuple(
        ProcessingChain(
            id=row["id"],
            raw_hs=row["raw_hs"],
            raw_name_en=row["raw_name_en"],
            raw_name_id=row["raw_name_id"],
            processed_hs=row["processed_hs"],
            processed_name_en=row["processed_name_en"],
            processed_name_id=row["processed_name_id"],
            raw_item_name=row["raw_item_name"],
            processed_item_name=row["processed_item_name"],
            processing_yield=_range(row, "yield"),
            source=row["source"],
            price_ratio=_range(row, "price_ratio"),
            price_ratio_source=row["price_ratio_source"],
        )
        for row in catalog.read("processing").to_dict("records")
    )


def processing_chain(catalog: Catalog, chain_id: str) -> ProcessingChain:
    """Give one chain by its name.

    Raises:
        NeracaError: for an unknown name.

    >>> processing_chain(Catalog(), "pepper-white").raw_name_en
    'Black pepper'

    """
    chains = {chain.id: chain for chain in processing_chains(catalog)}
    if chain_id not in chains:
        raise NeracaError(
            f"data/classifications/processing.csv has no chain {chain_id!r}; it has "
            f"{', '.join(chains)}."
        )
    return chains[chain_id]


def unit_value_pairs(catalog: Catalog, chain: ProcessingChain, until: int) -> pd.DataFrame:
    """Pair the raw and the processed goods of a chain where both were sold in one period.

    From every province of the collection, counted by one agency, so that like is compared with
    like. Only figures printed as such take part, with value and weight from one source:
    rounded or ambiguous ones can put a unit value off tenfold.

    Returns:
        Rows with `province_code`, `time_period`, `raw_value`, `processed_value` (million USD),
        `raw_weight`, `processed_weight` (kilograms) and `source_ids`, in the order of time; none
        where no goods tell raw and processed apart.

    >>> catalog = Catalog()
    >>> pairs = unit_value_pairs(catalog, processing_chain(catalog, "coffee-soluble"), 2025)
    >>> pairs["time_period"].tolist()
    ['2014-12', '2016-02', '2016-03', '2016-11']

    """
    raw = _sold(catalog, chain.raw_hs, chain.raw_item_name, until)
    processed = _sold(catalog, chain.processed_hs, chain.processed_item_name, until)
    both = [key for key in raw if key in processed]
    both.sort(key=lambda key: (key.time_period, key.province_code))
    goods = [(raw[key], processed[key]) for key in both]
    return pd.DataFrame(
        {
            "province_code": [key.province_code for key in both],
            "time_period": [key.time_period for key in both],
            "raw_value": np.array([one.value for one, _ in goods], dtype=float),
            "processed_value": np.array([other.value for _, other in goods], dtype=float),
            "raw_weight": np.array([one.weight_kg for one, _ in goods], dtype=float),
            "processed_weight": np.array([other.weight_kg for _, other in goods], dtype=float),
            "source_ids": [
                tuple(dict.fromkeys((one.source_id, other.source_id))) for one, other in goods
            ],
        }
    )


def _one_each(catalog: Catalog, rows: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Choose one observation a key, so that value and weight come from one source.

    An observation with a value goes before one that prints only a weight.
    """
    known = rows[VALUE].notna().to_numpy()
    parts = [(rows, VALUE)]
    if not known.all():
        valued, bare = rows[known], rows[~known]
        bare = bare[~bare.set_index(key).index.isin(valued.set_index(key).index)]
        parts = [(valued, VALUE), (bare, WEIGHT)]
    chosen = [
        catalog.reconcile(part, key, column, keep=[VALUE, WEIGHT])
        for part, column in parts
        if len(part)
    ] or [catalog.reconcile(rows, key, VALUE, keep=[VALUE, WEIGHT])]
    table = chosen[0] if len(chosen) == 1 else pd.concat(chosen, ignore_index=True)
    names = {name: name for name in [*key, "source_id", "obs_status", "doubtful"]}
    names |= {"value": VALUE, "weight_kg": WEIGHT}
    cells = {name: table[column].array for name, column in names.items()}
    # One table from all columns: to rename, cut out and add takes several times as long.
    unit_value = _unit_values(table[VALUE].to_numpy(), table[WEIGHT].to_numpy())
    return pd.DataFrame(cells | {"unit_value": unit_value}, copy=False)


def _with_unit_value(rows: pd.DataFrame) -> pd.DataFrame:
    cells = rows["value"].to_numpy(), rows["weight_kg"].to_numpy()
    return rows.assign(unit_value=_unit_values(*cells))


def _unit_values(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return np.asarray(values * 1e6 / np.where(weights > 0, weights, np.nan))


def _members(
    catalog: Catalog,
    dimension: str,
    hs: str,
    until: int,
    members: pd.Series | None = None,
    years: int | None = None,
) -> pd.DataFrame:
    """Read a commodity by month and by the port or partner that its item joins with the code."""
    filters = {} if members is None else {"item": [f"{hs}|{member}" for member in members]}
    if years is not None:
        first = pd.Period(year=until - years + 1, month=1, freq="M")
        filters["time_period"] = [str(first + step) for step in range(12 * years)]
    rows = catalog.read(
        "trade", dimension=dimension, flow="export", period_type="month", until=until, **filters
    )
    rows = rows[rows["item"].str.startswith(f"{hs}|") & rows[VALUE].notna() & rows[WEIGHT].notna()]
    chosen = _one_each(catalog, rows, ["time_period", "item"])
    members = [item.split("|")[1] for item in chosen["item"]]
    return chosen.assign(member=pd.Series(members, index=chosen.index, dtype=str))


class _SoldIn(NamedTuple):
    """What goods that are paired must have in common."""

    province_code: str
    period_type: str
    time_period: str
    basis: str


class _Sold(NamedTuple):
    value: float
    weight_kg: float
    source_id: str


def _sold(catalog: Catalog, hs: str, item_name: str, until: int) -> dict[_SoldIn, _Sold]:
    """Give what was sold of some goods, with values and weights printed as such."""
    rows = catalog.read(
        "trade",
        dimension="hs",
        flow="export",
        item=hs.split("/"),
        item_name=item_name,
        obs_status="published",
        until=until,
    )
    sure = (rows[VALUE] > 0) & (rows[WEIGHT] > 0) & ~rows["doubtful"].astype(bool)
    # A blank name stands for no name at all, not for the whole heading.
    chosen = _one_each(catalog, rows[sure & (item_name != "")], _GOODS)
    key = zip(*(chosen[name].tolist() for name in _SoldIn._fields), strict=True)
    cells = zip(*(chosen[name].tolist() for name in _Sold._fields), strict=True)
    sold = {_SoldIn(*each): _Sold(*row) for each, row in zip(key, cells, strict=True)}
    if len(sold) < len(chosen):
        raise NeracaError(
            f"data/observations/trade.csv: {item_name!r} stands at more than one of the codes "
            f"{hs} in one period, so that nothing tells which of them to pair."
        )
    return sold


def _by_month(rows: pd.DataFrame) -> pd.DataFrame:
    sources: dict[str, set[str]] = {}
    for month, source in zip(rows["time_period"].tolist(), rows["source_id"].tolist(), strict=True):
        sources.setdefault(month, set()).add(source)
    months = rows.assign(rank=rows["obs_status"].map(STATUS_ORDER)).groupby("time_period")
    sums = pd.DataFrame(
        {
            "value": months["value"].sum(),
            "weight_kg": months["weight_kg"].sum(),
            "ports": months["member"].nunique(),
            "obs_status": months["rank"].max().map(dict(enumerate(_STATUSES))),
            "doubtful": months["doubtful"].any(),
        }
    )
    # A function called for each group takes longer than all of the sums.
    sums["source_ids"] = [tuple(sorted(sources[month])) for month in sums.index]
    columns = ["time_period", "value", "weight_kg", "unit_value", "ports", "obs_status"]
    return _with_unit_value(sums.reset_index())[[*columns, "doubtful", "source_ids"]]


def _by_year(months: pd.DataFrame) -> pd.DataFrame:
    years = months.groupby(_year_of(months).rename("year")).agg(
        value=("value", "sum"), weight_kg=("weight_kg", "sum"), months=("time_period", "size")
    )
    return _with_unit_value(years)


def _by_province(rows: pd.DataFrame) -> pd.DataFrame:
    sums = rows.groupby("loaded_in", as_index=False)[["value", "weight_kg"]].sum()
    named = _with_unit_value(sums.rename(columns={"loaded_in": "province_code"}))
    return named.sort_values(
        ["weight_kg", "province_code"], ascending=[False, True], ignore_index=True
    )


def _provisional(
    catalog: Catalog, months: pd.DataFrame, source_ids: tuple[str, ...]
) -> tuple[str, ...]:
    """Give the months of the year in which all their sources were retrieved, or of a later one."""
    retrieved = catalog.source_titles(source_ids)["retrieved"].str[:4]
    # A year's figures are final once the year is over; without a date nothing can be said.
    dated = retrieved[retrieved != ""]
    return tuple(m for m in months["time_period"] if len(dated) and m[:4] >= dated.max())


def _year_of(rows: pd.DataFrame) -> pd.Series:
    return rows["time_period"].str[:4].astype(int)


def _end_of(time_period: str) -> str:
    last = time_period.rpartition("/")[2]
    return last if len(last) > len("YYYY") else f"{last}-12"


def _members_of_commodities(codes: pd.DataFrame) -> pd.DataFrame:
    """Say which items hold which commodity, in the order of `COMMODITIES`."""
    found = [
        (order, commodity, wider, row["code"], row["name_id"], row["name_en"])
        for order, (commodity, wanted) in enumerate(COMMODITIES.items())
        for row in codes.to_dict("records")
        if (wider := _holds(row["hs"], wanted)) is not None
    ]
    columns = ["order", "commodity", "wider", "item", "name_id", "name_en"]
    return pd.DataFrame(found, columns=columns)


def _holds(headings: str, wanted: tuple[str, ...]) -> bool | None:
    """Say whether an item that holds a commodity is wider than it; None if it holds none."""
    parts = headings.split("/")
    inside = [any(part.startswith(heading) for heading in wanted) for part in parts]
    around = [any(heading.startswith(part) for heading in wanted) for part in parts]
    if not any(inside) and not any(around):
        return None
    return not all(inside)


def _range(row: dict[str, object], name: str) -> tuple[float, float] | None:
    low, high = (float(str(row[f"{name}_{end}"])) for end in ("low", "high"))
    return None if low != low or high != high else (low, high)
