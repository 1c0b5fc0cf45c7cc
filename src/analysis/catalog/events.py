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

    Those that the table declares for this flow or for both: of all goods; or, where it names
    provinces, theirs, even if no release of theirs lists the goods (lists are rarely full); else of
    goods that a release up to the year lists in this flow of the province. So a province without
    any list misses such events rather than being credited with them.

    Args:
        catalog: the figures.
        province: whose trade it is.
        flow: `export` or `import`.
        year: the last year that is known.

    Returns:
        The events, the oldest first.

    >>> catalog = Catalog()
    >>> [event.id for event in known_events(catalog, catalog.province("lampung"), "import", 2021)]
    ['covid-19-2020']

    """
    traded = traded_chapters(catalog, province, flow, year)
    found = []
    rows = catalog.read("events", flow=["", flow], until=year).sort_values(["date", "id"])
    for row in rows.to_dict("records"):
        chapters, codes = row["hs"].split(), row["province_codes"].split()
        if codes and province.code not in codes:
            continue
        if chapters and not codes and not traded & set(chapters):
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


def traded_chapters(catalog: Catalog, province: Province, flow: str, year: int) -> frozenset[str]:
    """Give the HS chapters of the goods that releases up to a year list in a flow of a province.

    Any list counts, however little of the total it covers, and so does a phrase for goods, by the
    codes that it stands for.

    >>> catalog = Catalog()
    >>> sorted(traded_chapters(catalog, catalog.province("lampung"), "import", 2025))[:3]
    ['01', '10', '12']

    """
    rows = catalog.read("trade", province_code=province.code, dimension="hs", flow=flow, until=year)
    goods = catalog.read("hs", code=sorted(rows["item"].unique()))
    return frozenset(code[:2] for codes in goods["hs"] for code in codes.split("/"))
