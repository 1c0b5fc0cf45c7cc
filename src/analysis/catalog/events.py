"""Known events that concern what a province trades, as far as a report's year knows them."""

from dataclasses import dataclass

from analysis.catalog.tables import Catalog
from analysis.parameters.provinces import Province


@dataclass(frozen=True)
class Event:
    """A dated event that may stand near a break of a series; it is never called its cause.

    Attributes:
        id: name in `events.csv`.
        date: first day in force, YYYY-MM-DD.
        end_date: last day in force; None if it lasts, has no end or ended after the report's year.
        chapters: HS chapters that it concerns; none for all goods.
        name_en, name_id: its name in both languages.
        source: law, letter or publication.

    """

    id: str
    date: str
    end_date: str | None
    chapters: tuple[str, ...]
    name_en: str
    name_id: str
    source: str


def known_events(catalog: Catalog, province: Province, flow: str, year: int) -> tuple[Event, ...]:
    """Give the events up to the end of a year that concern a province's exports or imports.

    An event of all goods concerns both flows. One of certain goods concerns exports only, as the
    table says what a province sells: where it names provinces, theirs, even if no release of
    theirs lists the goods (lists are rarely full); else those of every province that a release
    up to the year lists them for. So a province without any list misses such events rather than
    being credited with them.

    Returns:
        The events, the oldest first.

    """
    sold = exported_chapters(catalog, province, year) if flow == "export" else frozenset()
    found = []
    for row in catalog.read("events", until=year).sort_values(["date", "id"]).to_dict("records"):
        chapters, codes = row["hs"].split(), row["province_codes"].split()
        if codes and province.code not in codes:
            continue
        if chapters and not (flow == "export" and (codes or sold & set(chapters))):
            continue
        known_end = row["end_date"] if row["end_date"][:4] <= str(year) else ""
        found.append(
            Event(
                id=row["id"],
                date=row["date"],
                end_date=known_end or None,
                chapters=tuple(chapters),
                name_en=row["name_en"],
                name_id=row["name_id"],
                source=row["source"],
            )
        )
    return tuple(found)


def exported_chapters(catalog: Catalog, province: Province, year: int) -> frozenset[str]:
    """Give the HS chapters of the goods that releases up to a year list among a province's exports.

    Any list counts, however little of the total it covers, and so does a phrase for goods, by the
    codes that it stands for.
    """
    rows = catalog.read(
        "trade", province_code=province.code, dimension="hs", flow="export", until=year
    )
    goods = catalog.read("hs", code=sorted(rows["item"].unique()))
    return frozenset(code[:2] for codes in goods["hs"] for code in codes.split("/"))
