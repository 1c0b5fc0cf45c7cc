"""Goods with values and weights: named goods, a commodity by port and destination, its chains."""

import re
from dataclasses import dataclass

import pandas as pd

from analysis.catalog.reconcile import STATUS_ORDER
from analysis.catalog.tables import Catalog
from analysis.catalog.trade import VALUE
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

# What names one figure; goods of one code are told apart by their name.
_GOODS = ["province_code", "period_type", "time_period", "flow", "basis", "item", "item_name"]

# From the surest status to the least.
_STATUSES = tuple(sorted(STATUS_ORDER, key=STATUS_ORDER.__getitem__))


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


def named_goods(catalog: Catalog, province: Province, until: int) -> pd.DataFrame:
    """Read a province's exports of goods for which a weight is known, up to a year.

    Rows of one code are told apart by `item_name`; they overlap and are never to be summed.

    Returns:
        Rows with `time_period`, `period_type`, `basis`, `item` (HS), `item_name`, `agency`
        (blank: customs), `value` (million USD, missing where only a weight is printed),
        `weight_kg`, `unit_value` (USD a kilogram), `obs_status`, `doubtful` and `source_id`, by
        item, name and time; none where no weight is known.

    >>> catalog = Catalog()
    >>> goods = named_goods(catalog, catalog.province("lampung"), 2016)
    >>> sold = goods[(goods["item"] == "2101") & (goods["time_period"] == "2016-02")].iloc[0]
    >>> {name: round(float(sold[name]), 3) for name in ("value", "weight_kg", "unit_value")}
    {'value': 0.588, 'weight_kg': 66000.0, 'unit_value': 8.909}

    """
    rows = catalog.read(
        "trade", province_code=province.code, dimension="hs", flow="export", until=until
    )
    goods = _one_each(catalog, rows[rows[WEIGHT].notna()], _GOODS)
    goods = goods.assign(agency=[agency(name) for name in goods["item_name"]])
    columns = ["time_period", "period_type", "basis", "item", "item_name", "agency"]
    columns += ["value", "weight_kg", "unit_value", "obs_status", "doubtful", "source_id"]
    return goods.sort_values(["item", "item_name", "time_period"], ignore_index=True)[columns]


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
    rows = _members(catalog, "hs-port", hs, until, ports["port"])
    months = rows.assign(rank=rows["obs_status"].map(STATUS_ORDER)).groupby("time_period")
    sums = pd.DataFrame(
        {
            "value": months["value"].sum(),
            "weight_kg": months["weight_kg"].sum(),
            "ports": months["member"].nunique(),
            "obs_status": months["rank"].max().map(dict(enumerate(_STATUSES))),
            "doubtful": months["doubtful"].any(),
            "source_ids": months["source_id"].agg(lambda ids: tuple(sorted(set(ids)))),
        }
    )
    columns = ["time_period", "value", "weight_kg", "unit_value", "ports", "obs_status"]
    return _with_unit_value(sums.reset_index())[[*columns, "doubtful", "source_ids"]]


def sent_by_month(catalog: Catalog, hs: str, until: int) -> pd.DataFrame:
    """Give by month what the whole country sent of a commodity to each destination.

    Destinations are known nationally only: no source parts them by province.

    Returns:
        Rows with `time_period` (month), `partner` (as in `partners`), `iso_3166_1`, `value`
        (million USD, FOB), `weight_kg`, `unit_value` (USD a kilogram), `obs_status`, `doubtful`
        and `source_id`, in the order of time, then of `partner`.

    >>> sent = sent_by_month(Catalog(), COFFEE, 2017)
    >>> first = sent[sent["partner"] == "ALGERIA"].iloc[0]
    >>> first["time_period"], first["iso_3166_1"], float(first["value"]), float(first["weight_kg"])
    ('2017-01', 'DZ', 1.108109, 516600.0)

    """
    rows = _members(catalog, "hs-partner", hs, until)
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


def destinations(catalog: Catalog, hs: str, year: int) -> pd.DataFrame:
    """Add up what the whole country sent of a commodity to each destination in the latest year.

    The year is the latest one up to `year` with any figure; `months` says how much of it is in.

    Returns:
        Rows with `year`, `months` (of the year with a figure for any destination), `partner`,
        `iso_3166_1`, `value` (million USD, FOB), `weight_kg` and `unit_value` (USD a kilogram),
        the largest value first; none where nothing is known.

    >>> sent = destinations(Catalog(), COFFEE, 2024)
    >>> set(sent["year"]), set(sent["months"]), bool((sent["value"].diff().dropna() <= 0).all())
    ({2024}, {12}, True)

    """
    months = sent_by_month(catalog, hs, year)
    years = months["time_period"].str[:4].astype(int)
    latest = months[years == years.max()]
    sums = latest.groupby(["partner", "iso_3166_1"], as_index=False)[["value", "weight_kg"]].sum()
    sums.insert(0, "year", years.max())
    sums.insert(1, "months", latest["time_period"].nunique())
    return _with_unit_value(sums).sort_values(
        ["value", "partner"], ascending=[False, True], ignore_index=True
    )


def commodity_coverage(catalog: Catalog, province: Province, until: int) -> pd.DataFrame:
    """List for each of `COMMODITIES` which export figures of a province there are, up to a year.

    Returns:
        Rows with `commodity`, `item`, `item_name`, `agency` (blank: customs), `wider` (the item
        holds other goods beside the commodity, as chapter 09 does beside coffee), `periods`,
        `first`, `last` (period), `values` and `weights` (number of figures), in the order of
        `COMMODITIES`, then of item and name; a commodity without any figure has no row.

    >>> catalog = Catalog()
    >>> found = commodity_coverage(catalog, catalog.province("lampung"), 2025)
    >>> instant = found[found["item"] == "2101"].iloc[0]
    >>> instant["commodity"], instant["agency"], bool(instant["wider"]), int(instant["weights"])
    ('coffee', 'SKA, Dinas Perdagangan', False, 9)

    """
    rows = catalog.read(
        "trade", province_code=province.code, dimension="hs", flow="export", until=until
    )
    codes = catalog.read("hs", code=sorted(rows["item"].unique()))
    headings = dict(zip(codes["code"], codes["hs"], strict=True))
    found = [
        {"commodity": commodity, "wider": wider, **_extent(item, str(name), group)}
        for commodity, wanted in COMMODITIES.items()
        for (item, name), group in rows.groupby(["item", "item_name"])
        if (wider := _holds(headings[item], wanted)) is not None
    ]
    columns = ["commodity", "item", "item_name", "agency", "wider", "periods", "first", "last"]
    return pd.DataFrame(found, columns=[*columns, "values", "weights"])


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
    raw = _sold(catalog, chain.raw_hs, chain.raw_item_name, until, "raw")
    processed = _sold(catalog, chain.processed_hs, chain.processed_item_name, until, "processed")
    key = ["province_code", "period_type", "time_period", "basis"]
    pairs = raw.merge(processed, on=key, validate="one_to_one")
    pairs["source_ids"] = [
        tuple(dict.fromkeys(ids))
        for ids in zip(pairs["raw_source_id"], pairs["processed_source_id"], strict=True)
    ]
    columns = ["province_code", "time_period", "raw_value", "processed_value"]
    columns += ["raw_weight", "processed_weight", "source_ids"]
    return pairs.sort_values(["time_period", "province_code"], ignore_index=True)[columns]


def _one_each(catalog: Catalog, rows: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Choose one observation a key, so that value and weight come from one source.

    An observation with a value goes before one that prints only a weight.
    """
    valued = rows[rows[VALUE].notna()]
    bare = rows[~rows.set_index(key).index.isin(valued.set_index(key).index)]
    parts = [(valued, VALUE), (bare, WEIGHT)]
    chosen = pd.concat(
        [catalog.reconcile(part, key, column) for part, column in parts if len(part)]
        or [catalog.reconcile(rows, key, VALUE)],
        ignore_index=True,
    )
    printed = rows[[*key, "source_id", VALUE, WEIGHT]].rename(columns={WEIGHT: "weight_kg"})
    kept = [*key, "source_id", "obs_status", "doubtful"]
    joined = chosen[kept].merge(printed, on=[*key, "source_id"], how="left", validate="one_to_one")
    return _with_unit_value(joined.rename(columns={VALUE: "value"}))


def _with_unit_value(rows: pd.DataFrame) -> pd.DataFrame:
    weight = rows["weight_kg"].where(rows["weight_kg"] > 0)
    return rows.assign(unit_value=rows["value"] * 1e6 / weight)


def _members(
    catalog: Catalog, dimension: str, hs: str, until: int, members: pd.Series | None = None
) -> pd.DataFrame:
    """Read a commodity by month and by the port or partner that its item joins with the code."""
    filters = {} if members is None else {"item": [f"{hs}|{member}" for member in members]}
    rows = catalog.read(
        "trade", dimension=dimension, flow="export", period_type="month", until=until, **filters
    )
    rows = rows[rows["item"].str.startswith(f"{hs}|") & rows[VALUE].notna() & rows[WEIGHT].notna()]
    chosen = _one_each(catalog, rows, ["time_period", "item"])
    return chosen.assign(member=chosen["item"].str.split("|").str[1])


def _sold(catalog: Catalog, hs: str, item_name: str, until: int, form: str) -> pd.DataFrame:
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
    kept = chosen[["province_code", "period_type", "time_period", "basis"]]
    return kept.assign(
        **{
            f"{form}_value": chosen["value"],
            f"{form}_weight": chosen["weight_kg"],
            f"{form}_source_id": chosen["source_id"],
        }
    )


def _holds(headings: str, wanted: tuple[str, ...]) -> bool | None:
    """Say whether an item that holds a commodity is wider than it; None if it holds none."""
    parts = headings.split("/")
    inside = [any(part.startswith(heading) for heading in wanted) for part in parts]
    around = [any(heading.startswith(part) for heading in wanted) for part in parts]
    if not any(inside) and not any(around):
        return None
    return not all(inside)


def _extent(item: str, name: str, rows: pd.DataFrame) -> dict[str, object]:
    periods = sorted(rows["time_period"].unique(), key=lambda period: period.split("/")[-1])
    return {
        "item": item,
        "item_name": name,
        "agency": agency(name) or agency(item),
        "periods": len(periods),
        "first": periods[0],
        "last": periods[-1],
        "values": int(rows[VALUE].notna().sum()),
        "weights": int(rows[WEIGHT].notna().sum()),
    }


def _range(row: dict[str, object], name: str) -> tuple[float, float] | None:
    low, high = (float(str(row[f"{name}_{end}"])) for end in ("low", "high"))
    return None if low != low or high != high else (low, high)
