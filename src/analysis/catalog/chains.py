"""What a province sells of the raw end of a chain of processing, and what is known of the chain."""

from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from analysis.catalog.commodities import (
    COFFEE,
    ProcessingChain,
    loaded_by_month,
    processing_chains,
    unit_value_pairs,
)
from analysis.catalog.identities import months_of
from analysis.catalog.reconcile import STATUS_ORDER
from analysis.catalog.tables import Catalog
from analysis.parameters.provinces import Province

#: Headings that are known by port of loading, with weights.
HEADINGS_BY_PORT = (COFFEE,)

MONTHS_OF_A_YEAR = 12

_PAIR_COLUMNS = ["province_code", "time_period", "raw_value", "processed_value"]
_PAIR_COLUMNS += ["raw_weight", "processed_weight", "source_ids"]


@dataclass(frozen=True)
class RawGoods:
    """The narrowest figure that holds what a province sells of the raw goods of one chain.

    None of the figures parts raw goods from processed ones: of `value` any part may be raw, from
    none to all.

    Attributes:
        chain: the chain.
        hs: heading or chapter that the figure is of.
        name_id, name_en: its name.
        time_period: year, span or month.
        value: exports of it, million USD, FOB: the most that the raw goods can be.
        weight_kg: net weight of the same; None where none is printed.
        basis: of the exports; blank where it is not stated, and for goods loaded in a port.
        loaded: the goods were loaded in the province's ports, wherever they come from.
        obs_status: the least sure of the figures that it is made of.
        source_ids: where it comes from.

    """

    chain: ProcessingChain
    hs: str
    name_id: str
    name_en: str
    time_period: str
    value: float
    weight_kg: float | None
    basis: str
    loaded: bool
    obs_status: str
    source_ids: tuple[str, ...]

    @property
    def unit_value(self) -> float | None:
        """What a kilogram earned, USD; None where no weight is known."""
        return None if not self.weight_kg else self.value * 1e6 / self.weight_kg


def raw_goods(
    catalog: Catalog, province: Province, until: int, chapters: pd.DataFrame
) -> tuple[RawGoods, ...]:
    """Find for each chain of processing what the province sells of its raw end, up to a year.

    The heading itself goes before the chapter that it stands in. A heading is known by port of
    loading only, and taken for the latest whole year. Of a chapter the latest year counts, and
    within it the longest period.

    Args:
        catalog: the figures.
        province: whose exports.
        until: last year.
        chapters: exports by chapter, as in `Compositions.chapters`, up to the same year.

    Returns:
        One figure for every chain that the province's exports touch, in the order of the chains.

    >>> from analysis.catalog.composition import compositions
    >>> from analysis.catalog.trade import trade_flows
    >>> catalog = Catalog()
    >>> lampung = catalog.province("lampung")
    >>> flows = trade_flows(catalog, lampung, 2025)
    >>> chapters = compositions(catalog, lampung, "export", 2025, flows).chapters
    >>> found = {goods.chain.id: goods for goods in raw_goods(catalog, lampung, 2025, chapters)}
    >>> coffee, palm = found["coffee-soluble"], found["palm-oil-refined"]
    >>> coffee.hs, coffee.time_period, coffee.loaded, round(coffee.value, 1)
    ('0901', '2025', True, 799.6)
    >>> palm.hs, palm.time_period, palm.value
    ('15', '2025-01/2025-11', 2350.0)

    """
    by_port = {hs: _whole_year(catalog, province, until, hs) for hs in HEADINGS_BY_PORT}
    headings = catalog.read("hs", code=HEADINGS_BY_PORT).set_index("code")
    sound = _sound(chapters)
    found = []
    for chain in processing_chains(catalog):
        months = by_port.get(chain.raw_hs)
        if months is None:
            goods = _of_chapter(chain, sound)
        else:
            goods = _loaded(chain, headings.loc[chain.raw_hs], months)
        if goods is not None:
            found.append(goods)
    return tuple(found)


def price_pairs(catalog: Catalog, chain: ProcessingChain, until: int) -> pd.DataFrame:
    """Pair the raw and processed goods of a chain as `unit_value_pairs`, where any can be told.

    Returns:
        The pairs; none, without looking, for a chain whose two forms no figure tells apart.

    >>> catalog = Catalog()
    >>> chains = {chain.id: chain for chain in processing_chains(catalog)}
    >>> names = ("coffee-soluble", "rubber-tyres")
    >>> [len(price_pairs(catalog, chains[name], 2025)) for name in names]
    [4, 0]

    """
    if not (chain.raw_item_name and chain.processed_item_name):
        return pd.DataFrame(columns=_PAIR_COLUMNS)
    return unit_value_pairs(catalog, chain, until)


def raw_unit_values(pairs: pd.DataFrame) -> pd.Series:
    """Give what a kilogram of the raw goods of each pair earned, USD.

    >>> pairs = pd.DataFrame({"raw_value": [16.25], "raw_weight": [9896000.0]})
    >>> raw_unit_values(pairs).round(2).tolist()
    [1.64]
    """
    return pairs["raw_value"] * 1e6 / pairs["raw_weight"]


def _whole_year(catalog: Catalog, province: Province, until: int, hs: str) -> pd.DataFrame | None:
    """Give the months of the latest year of which every month is known and not doubtful."""
    months = loaded_by_month(catalog, hs, until, province)
    sound = months[~months["doubtful"].astype(bool)]
    years = sound["time_period"].str[:4]
    counts = years.value_counts()
    whole = counts.index[counts == MONTHS_OF_A_YEAR]
    return sound[years == whole.max()] if len(whole) else None


def _loaded(chain: ProcessingChain, heading: pd.Series, months: pd.DataFrame) -> RawGoods:
    return RawGoods(
        chain=chain,
        hs=chain.raw_hs,
        name_id=heading["name_id"],
        name_en=heading["name_en"],
        time_period=months["time_period"].iloc[0][:4],
        value=float(months["value"].sum()),
        weight_kg=float(months["weight_kg"].sum()),
        basis="",
        loaded=True,
        obs_status=max(months["obs_status"], key=STATUS_ORDER.__getitem__),
        source_ids=tuple(sorted({source for ids in months["source_ids"] for source in ids})),
    )


class _Chapter(NamedTuple):
    """A figure of a chapter, as `Compositions.chapters` has it."""

    item: str
    name_id: str
    name_en: str
    time_period: str
    value: float
    basis: str
    obs_status: str
    source_id: str
    doubtful: bool

    @property
    def year(self) -> str:
        return self.time_period.rpartition("/")[2][:4]


def _sound(chapters: pd.DataFrame) -> list[_Chapter]:
    """List the figures of chapters that are not doubtful, and of which anything was sold."""
    if chapters.empty:
        return []
    cells = (chapters[name].tolist() for name in _Chapter._fields)
    rows = (_Chapter(*row) for row in zip(*cells, strict=True))
    return [row for row in rows if row.value > 0 and not row.doubtful]


def _of_chapter(chain: ProcessingChain, chapters: list[_Chapter]) -> RawGoods | None:
    wanted = {heading[:2] for heading in chain.raw_hs.split("/")}
    rows = [row for row in chapters if row.item in wanted]
    if not rows:
        return None
    year = max(row.year for row in rows)
    # Of several of one length the later one, and of those of one period the first.
    row = max(
        (row for row in rows if row.year == year),
        key=lambda row: (len(months_of(row.time_period)), row.time_period),
    )
    return RawGoods(
        chain=chain,
        hs=row.item,
        name_id=row.name_id,
        name_en=row.name_en,
        time_period=row.time_period,
        value=float(row.value),
        weight_kg=None,
        basis=row.basis,
        loaded=False,
        obs_status=row.obs_status,
        source_ids=(row.source_id,),
    )
