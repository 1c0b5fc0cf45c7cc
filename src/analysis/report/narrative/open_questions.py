"""Sentences on what readers ask and few figures answer: exporting, ports, training, districts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.catalog.local_economy import Ports
from analysis.report import words
from analysis.report.narrative.local_economy import period
from analysis.report.page import Page

# So many names are read in a sentence; of more ports only the number is stated.
NAMES_IN_A_SENTENCE = 12

# Below half a hundredth a value in million USD would be written as zero.
SMALLEST = 0.01


@dataclass(frozen=True)
class Rule:
    """A rule that a step of an export follows, where it can be read, and since when it holds.

    Attributes:
        title: what it is called where it stands, in Indonesian.
        url: where it can be read.
        since: year of the rule, or of the decree that the page names.

    """

    title: str
    url: str
    since: int


#: Steps of an export on its way out, each with the rules quoted for it.
RULES: Mapping[str, tuple[Rule, ...]] = {
    "quarantine": (
        Rule(
            "UU Nomor 21 Tahun 2019, Pasal 34",
            "https://www.basishukum.com/uu/21/2019/IV/kedua/34",
            2019,
        ),
    ),
    "customs": (
        Rule(
            "Bea Cukai Ngurah Rai: Pemberitahuan Pabean Ekspor",
            "https://bcngurahrai.beacukai.go.id/pemberitahuan-pabean-ekspor/",
            2014,
        ),
        Rule(
            "PERTAPSI tentang PER-32/BC/2014",
            "https://pertapsi.or.id/apa-itu-nota-pelayanan-ekspor",
            2014,
        ),
    ),
    "shipping": (
        Rule(
            "Ditjen Bea dan Cukai: Tata Laksana Ekspor, UU Kepabeanan Pasal 2 ayat (2)",
            "https://id.scribd.com/presentation/677249630/Tata-Laksana-Ekspor-PER32-PER29",
            2006,
        ),
    ),
    "certificate_of_origin": (
        Rule(
            "Standar pelayanan SKA, Sulawesi Barat",
            "https://sippn.menpan.go.id/pelayanan-publik/8265224/pemerintah-provinsi-sulawesi-barat/"
            "dagperinkopukm.sulbarprov.go.id",
            2022,
        ),
    ),
}

INDUSTRY_REPORTING = Rule(
    "Permenperin Nomor 2 Tahun 2019, menurut Smartlegal.id",
    "https://smartlegal.id/perizinan/2021/05/21/"
    "ini-data-industri-yang-wajib-disampaikan-oleh-perusahaan-melalui-siinas",
    2019,
)


def procedure(page: Page, figures: pd.DataFrame) -> str:
    """List the steps of an export with their rules and with the figures known of each.

    Args:
        page: the page.
        figures: as `catalog.local_economy.agency_figures` gives them.

    """
    known = figures.set_index("step")
    lines = []
    for step, rules in RULES.items():
        sentences = [f"**{_step_name(page, step)}.**"]
        if all(rule.since <= page.year for rule in rules):
            links = page.language.listing([_link(rule) for rule in rules])
            sentences.append(f"{_step_rule(page, step)} ({links}).")
        else:
            sentences.append(page.say("The rule in force in {year} is not quoted.", year=page.year))
        if step in known.index:
            sentences.append(_figures_of_step(page, known.loc[step]))
        lines.append(f"- {' '.join(sentences)}")
    return "\n".join(lines)


def _step_name(page: Page, step: str) -> str:
    names = {
        "quarantine": page.say("Quarantine"),
        "customs": page.say("Customs"),
        "shipping": page.say("Shipping"),
        "certificate_of_origin": page.say("Certificate of origin (SKA)"),
    }
    return names[step]


def _step_rule(page: Page, step: str) -> str:
    rules = {
        "quarantine": page.say(
            "Animals, fish, plants and what is made of them need a health certificate, and are "
            "shown to the quarantine officer at a place of exit that the state has named"
        ),
        "customs": page.say(
            "The exporter declares the goods (PEB) to the customs office where they are loaded, "
            "with invoice and packing list. A note of customs (NPE) then lets them into the "
            "customs area and on board"
        ),
        "shipping": page.say(
            "By law goods count as exported once they are loaded on a carrier bound abroad"
        ),
        "certificate_of_origin": page.say(
            "An office appointed for it issues the [certificate](#term-certificate-of-origin) on "
            "an electronic application. The office quoted asks for the declaration, the note and "
            "the bill of lading with it, so there it follows customs and loading"
        ),
    }
    return rules[step]


def _figures_of_step(page: Page, row: pd.Series) -> str:
    codes = page.catalog.read("hs", code=list(row["items"]))
    names = sorted(set(codes[f"name_{page.language.code}"]))
    return page.language.count(
        "The collection has {number} export figure of {province} from it ({first}–{last}): "
        "{goods}.",
        "The collection has {number} export figures of {province} from it ({first}–{last}): "
        "{goods}.",
        int(row["figures"]),
        province=page.place,
        first=row["first"],
        last=row["last"],
        # Names of goods have commas in them.
        goods="; ".join(name[0].lower() + name[1:] for name in names),
    )


def _link(rule: Rule) -> str:
    return f'[[{rule.title}]({rule.url})]{{lang="id"}}'


def ports(page: Page, found: Ports) -> str:
    """Say which ports of loading a province has, and who assigned them to it."""
    if found.ports.empty:
        return page.say(
            "No port of loading in {province} is in the collection.", province=page.place
        )
    number = len(found.ports)
    sentence = page.language.count(
        "The collection knows {number} port or airport of loading in {province}.",
        "The collection knows {number} ports and airports of loading in {province}.",
        number,
        province=page.place,
    )
    if number <= NAMES_IN_A_SENTENCE:
        names = [port_name(page, port) for port in found.ports["port"]]
        sentence = page.language.count(
            "The collection knows {number} port or airport of loading in {province}: {names}.",
            "The collection knows {number} ports and airports of loading in {province}: {names}.",
            number,
            province=page.place,
            names=page.language.listing(names),
        )
    by_map = int((found.ports["assigned_by"] == "geography").sum())
    if not by_map:
        return sentence
    return f"{sentence} " + page.language.count(
        "{number} of them is assigned to the province by the map, not by a source.",
        "{number} of them are assigned to the province by the map, not by a source.",
        by_map,
    )


def inside_share(page: Page, found: Ports, share: float) -> str:
    """Say which part of a province's exports goes by its own ports, and in which period."""
    row = found.ways.iloc[0]
    return page.say(
        "In {period}, {percent} percent of the exports of {province} (FOB, {basis}) went by its "
        "own ports, the rest by ports of other provinces.",
        period=page.language.period(row["time_period"]),
        percent=page.language.number(share, 1),
        province=page.place,
        basis=words.basis(page.language, row["basis"]),
    )


def port_name(page: Page, port: str) -> str:
    """Write a port's name as a name, airports as such.

    Sources write `BRANTI (U)` (*udara*) or `Sorong airport` for an airport.
    """
    name = port.title() if port.isupper() else port
    for ending in (" (U)", " airport"):
        if name.endswith(ending):
            return page.say("{name} airport", name=name.removesuffix(ending))
    return name


def way_name(page: Page, kind: str, name: str) -> str:
    """Name a way out of a province: its own ports, those of others, a province, or a port."""
    if kind == "inside":
        return page.say("By ports in {province}, together", province=page.place)
    if kind == "outside":
        return page.say("By ports of other provinces, together")
    if kind == "port":
        return port_name(page, name)
    known = (item for item in page.catalog.provinces.all if item.name("en") == name)
    province = next(known, None)
    place = name if province is None else province.name(page.language.code)
    return page.say("By ports in {province}", province=place)


def small_amounts(page: Page, values: Iterable[float]) -> list[str]:
    """Write a column of million USD, of which some may be close to nothing."""
    amounts = list(values)
    told = [value for value in amounts if not 0 < value < SMALLEST / 2]
    return [
        page.language.figure(value, beside=told)
        if value in told
        else page.say("below {amount}", amount=page.language.figure(SMALLEST))
        for value in amounts
    ]


def programme_name(page: Page, indicator: str) -> str:
    """Name what is counted of those who took part in a programme."""
    names = {
        "esmart_ikm_participants": page.say("Enterprises that took part in e-Smart IKM"),
        "esmart_ikm_participants_target": page.say(
            "Enterprises to take part in e-Smart IKM (target)"
        ),
        "ikm_registered_for_lagawi_fest": page.say("Enterprises registered for Lagawi Fest"),
        "ikm_participating_lagawi_fest_offline": page.say(
            "Enterprises that took part in Lagawi Fest on the spot"
        ),
        "new_entrepreneurs_trained": page.say("New entrepreneurs trained"),
        "new_entrepreneurs_actual": page.say("New entrepreneurs"),
        "new_entrepreneurs_actual_cumulative": page.say("New entrepreneurs since the start"),
        "new_entrepreneurs_with_business_licence": page.say(
            "New entrepreneurs with a business licence"
        ),
        "new_entrepreneurs_target": page.say("New entrepreneurs (target)"),
        "new_entrepreneurs_annual_target": page.say("New entrepreneurs a year (target)"),
    }
    return names[indicator]


def registration(page: Page, found: pd.DataFrame) -> str:
    """Say whether a figure of the province itself is among those on registration."""
    if (found["province_code"] == page.province.code).any():
        own = page.say(
            "Of {province} itself the collection has only what is listed here: it counts who took "
            "part in one programme, and not who is registered.",
            province=page.place,
        )
    else:
        own = page.say(
            "How many enterprises of {province} are registered is not in the collection; the "
            "figures here are national.",
            province=page.place,
        )
    if page.year < INDUSTRY_REPORTING.since:
        return own
    return f"{own} " + page.say(
        "Industrial companies have to report to the ministry's register SIINas ({rule}); its "
        "counts by province are not in the collection.",
        rule=_link(INDUSTRY_REPORTING),
    )


def contradiction(page: Page, found: pd.DataFrame) -> str:
    """Point out a count up to a part of a year that is above the count of the whole year."""
    whole = found[found["sub_period"] == ""]
    part = found[found["sub_period"].str.startswith("to Q")]
    pairs = part.merge(
        whole, on=["province_code", "time_period", "indicator"], suffixes=("", "_year")
    )
    wrong = pairs[pairs["value"] > pairs["value_year"]]
    return " ".join(
        page.say(
            "The two counts “{name}” of {year} do not fit: {part} {period}, {whole} for the "
            "year. The larger one may hold earlier years too; the sources do not say.",
            name=programme_name(page, row.indicator),
            year=row.time_period,
            part=page.language.number(row.value),
            period=period(page, row.time_period, row.sub_period),
            whole=page.language.number(row.value_year),
        )
        for row in wrong.itertuples()
    )


def districts(page: Page, found: pd.DataFrame) -> str:
    """Say what the districts listed add up to, beside the province's own count."""
    total, whole = found["value"].sum(), found["of_province"].iloc[0]
    values = {
        "number": page.language.number(len(found)),
        "total": page.language.number(total),
        "year": page.language.year(int(found["year"].iloc[0])),
    }
    if pd.isna(whole):
        return page.say(
            "The {number} districts listed have {total} micro and small establishments together "
            "in {year}.",
            **values,
        )
    if total == whole:
        return page.say(
            "{number} districts and cities are listed. Their counts add up to the province's own "
            "count of {year}, {total}; of districts that are not listed, if there are any, the "
            "collection has no count.",
            **values,
        )
    return page.say(
        "The {number} districts and cities listed add up to {total} in {year}; the province's own "
        "count is {whole}.",
        **values,
        whole=page.language.number(whole),
    )
