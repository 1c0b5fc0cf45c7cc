"""Sentences on a province's revenue, its village cooperatives and its rattan."""

import re
from collections.abc import Mapping

import pandas as pd

from analysis.catalog.local_economy import COOPERATIVE_TARGETS, OWN_SOURCE, REVENUE_RATIOS, Revenue
from analysis.report.page import Page

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH = "|".join(_MONTHS)

# A printed growth and the one of the two amounts agree within this many percentage points.
ROUNDING_POINTS = 0.5


def period(page: Page, year: str, sub_period: str) -> str:
    """Name a year, or the part or state of it that a source gives a figure for."""
    if not sub_period:
        return year
    if found := re.fullmatch(rf"({_MONTH})-({_MONTH})", sub_period):
        first, last = _month(year, found[1]), _month(year, found[2])
        return page.language.period(f"{first}/{last}")
    if found := re.fullmatch(rf"({_MONTH}) \((?:approx|undated)\)", sub_period):
        return page.say("about {month}", month=page.language.month(_month(year, found[1])))
    date = _date(page, year, sub_period.removeprefix("to "))
    if not date:
        return _period_in_words(page, year, sub_period)
    return page.say("up to {date}", date=date) if sub_period.startswith("to ") else date


def _date(page: Page, year: str, text: str) -> str:
    """Write a day, a month or the end of a quarter; blank for anything else."""
    if found := re.fullmatch(rf"(\d{{1,2}}) ({_MONTH})", text):
        return page.language.date(f"{_month(year, found[2])}-{int(found[1]):02}")
    if found := re.fullmatch(rf"({_MONTH})(?: \d{{4}})?", text):
        return page.language.month(_month(year, found[1]))
    if found := re.fullmatch(r"Q([1-4])", text):
        return page.language.month(f"{year}-{3 * int(found[1]):02}")
    if found := re.fullmatch(rf"early ({_MONTH})", text):
        return page.say("early {month}", month=page.language.month(_month(year, found[1])))
    return ""


def _period_in_words(page: Page, year: str, sub_period: str) -> str:
    if sub_period.startswith("unaudited"):
        return page.say("{year}, unaudited", year=year)
    if sub_period == "first 100 days":
        return page.say("“first 100 days” of {year}", year=year)
    if sub_period == "per year":
        return page.say("each year from {year} on", year=year)
    if found := re.match(r"(\d{4}) ?(?:to|-) ?(\d{4})", sub_period):
        return f"{found[1]}–{found[2]}"
    # A source may state a period that no rule here knows: quoted, it is still right.
    return f"{year} (“{sub_period}”)"


def _month(year: str, name: str) -> str:
    return f"{year}-{_MONTHS.index(name) + 1:02}"


def revenue_name(page: Page, indicator: str) -> str:
    """Name an amount of revenue, and whether it is one realised or one aimed at."""
    names = {
        "pad_realised_provincial_government": page.say("Own-source revenue, realised"),
        "pad_realised_provincial_government_implied": page.say(
            "Own-source revenue, realised, as printed percentages imply"
        ),
        "pad_target_apbd": page.say("Own-source revenue, target"),
        "pad_target_apbd_revised": page.say("Own-source revenue, target revised"),
        "pad_realised_all_local_governments": page.say(
            "Own-source revenue, realised, all local governments"
        ),
        "regional_revenue_realised": page.say("All regional revenue, realised"),
        "regional_revenue_target_apbd": page.say("All regional revenue, target"),
        "regional_revenue_target_apbd_revised": page.say("All regional revenue, target revised"),
        "regional_revenue_all_local_governments": page.say(
            "All regional revenue, realised, all local governments"
        ),
    }
    return names[indicator]


def trillions(page: Page, value: float) -> str:
    """Write an amount in trillion IDR, no more exact than it was printed."""
    return page.say("IDR {amount} trillion", amount=page.language.figure(value))


def own_source_revenue(page: Page, found: Revenue, ratios: pd.DataFrame) -> str:
    """Say what the latest realised own-source revenue was, or that none is known."""
    rows = found.figures[found.figures["indicator"] == OWN_SOURCE]
    if rows.empty:
        return page.say(
            "No realised [own-source revenue](#term-pad) of the government of {province} up to "
            "{year} is in the collection, only what is listed here.",
            province=page.place,
            year=page.year,
        )
    whole = rows[rows["sub_period"] == ""]
    latest = (whole if len(whole) else rows).sort_values("time_period").iloc[-1]
    sentence = page.say(
        "[Own-source revenue](#term-pad) of the government of {province}, {period}: {amount}.",
        province=page.place,
        amount=trillions(page, latest["value"]),
        period=period(page, latest["time_period"], latest["sub_period"]),
    )
    target = found.amounts["own_source_target"].get(int(latest["time_period"]))
    if target is None or pd.isna(target):
        return sentence
    if latest["sub_period"]:
        return f"{sentence} " + page.say(
            "The target for the whole of {year} was {target}.",
            year=latest["time_period"],
            target=trillions(page, target),
        )
    return f"{sentence} " + page.say(
        "That is {percent} percent of its target of {target}.",
        percent=page.language.number(ratios.loc[int(latest["time_period"]), "of_target"], 1),
        target=trillions(page, target),
    )


def budget_share(page: Page, ratios: pd.DataFrame) -> str:
    """Say which part of its budget a province meant to raise itself, in the latest such year."""
    known = ratios["of_budget"].dropna()
    if known.empty:
        return ""
    return page.say(
        "In the budget of {year}, target against target, own-source revenue was to be {percent} "
        "percent of all regional revenue.",
        year=known.index[-1],
        percent=page.language.number(known.iloc[-1], 1),
    )


def printed_growth(page: Page, printed: Mapping[str, pd.Series], ratios: pd.DataFrame) -> str:
    """Hold the latest printed growth of own-source revenue against its target and the amounts.

    Args:
        page: the page.
        printed: the printed values by name and year: `pad_growth_actual`, `pad_growth_target`.
        ratios: as `indicators.revenue.revenue_ratios` gives them.

    """
    actual = printed["pad_growth_actual"]
    if actual.empty:
        return ""
    year = int(actual.index[-1])
    growth = page.language.figure(actual.iloc[-1])
    target = printed["pad_growth_target"].get(year)
    computed = ratios["growth"].get(year, float("nan"))
    sentences = []
    if target is not None:
        sentences.append(
            page.say(
                "For {year} a growth of own-source revenue of {target} percent was aimed at, and "
                "one of {growth} percent is printed as reached.",
                year=year,
                target=page.language.figure(target),
                growth=growth,
            )
        )
    if abs(actual.iloc[-1] - computed) > ROUNDING_POINTS:
        sentences.append(
            page.say(
                "The growth printed for {year}, {growth} percent, does not follow from the two "
                "amounts, which give {computed}.",
                year=year,
                growth=growth,
                computed=page.language.number(computed, 1),
            )
        )
    return " ".join(sentences)


def award(page: Page, rows: pd.DataFrame) -> str:
    """Say which rank an award gave a province for the rise of its own-source revenue."""
    if rows.empty:
        return ""
    row = rows.iloc[-1]
    return page.say(
        "The APBD Award ranks {province} number {rank} in the country by the rise of its "
        "own-source revenue in {year} ({source}); the amounts are not in the collection.",
        province=page.place,
        rank=page.language.number(row["value"]),
        year=row["time_period"],
        source=page.cite([row["source_id"]]),
    )


def ratio_name(page: Page, ratio: str) -> str:
    """Name a ratio of own-source revenue, in percent, as a column of a table."""
    names = {
        "of_target": page.say("Of its target (percent)"),
        "of_regional": page.say("Of all regional revenue (percent)"),
        "growth": page.say("Growth (percent)"),
    }
    return names[ratio]


def printed_ratios(found: Revenue) -> dict[str, pd.Series]:
    """Give the printed percentages on own-source revenue by name, each by year."""
    rows = found.figures[found.figures["sub_period"] == ""]
    series = {}
    for name in (*REVENUE_RATIOS, "pad_growth_target"):
        chosen = rows[rows["indicator"] == name].sort_values("time_period")
        years = chosen["time_period"].astype(int)
        series[name] = pd.Series(chosen["value"].to_numpy(dtype=float), index=years)
    return series


def village_step(page: Page, indicator: str) -> str:
    """Name a step of setting up village cooperatives."""
    names = {
        "kopdes_merah_putih_target": page.say("Cooperatives to be set up (target)"),
        "villages_and_wards_targeted_for_kopdes": page.say(
            "Villages and wards to have one (target)"
        ),
        "kopdes_village_meetings_held": page.say("Village meetings held"),
        "kopdes_merah_putih_formed": page.say("Cooperatives formed"),
        "kopdes_merah_putih_legal_entity": page.say("Cooperatives that are legal entities"),
        "kopdes_merah_putih_operating": page.say("Cooperatives operating"),
        "kopdes_sites_eligible_for_outlet_warehouse": page.say(
            "Sites found fit for an outlet and a warehouse"
        ),
    }
    return names[indicator]


def cooperatives(page: Page, own: pd.DataFrame, shares: pd.Series) -> str:
    """Say how far the village cooperatives have come at the last step with a figure."""
    steps = own[~own["indicator"].isin(COOPERATIVE_TARGETS)]
    cooperative = steps[steps["unit"] == "cooperatives"]
    if cooperative.empty:
        return ""
    last = cooperative.iloc[-1]
    values = {
        "step": village_step(page, last["indicator"]),
        "period": period(page, last["time_period"], last["sub_period"]),
        "number": page.language.number(last["value"]),
    }
    share = shares.get(last["indicator"])
    if share is None:
        return page.say("{step}, {period}: {number}.", **values)
    return page.say(
        "{step}, {period}: {number}, or {percent} percent of the target.",
        **values,
        percent=page.language.number(share, 1),
    )


def national_cooperatives(page: Page, country: pd.DataFrame) -> str:
    """State the national target of village cooperatives, named as national."""
    if country.empty:
        return ""
    row = country.iloc[-1]
    return page.say(
        "For the whole country the target of {year} is {number} cooperatives ({source}).",
        year=row["time_period"],
        number=page.language.number(row["value"]),
        source=page.cite([row["source_id"]]),
    )


def equipment(page: Page, rows: pd.DataFrame) -> str:
    """List the processing machines that villages were given."""
    if rows.empty:
        return ""
    return page.say(
        "Machines given to villages, {period}: {machines} ({source}). What they process since is "
        "not in the collection.",
        period=period(page, rows["time_period"].iloc[0], rows["sub_period"].iloc[0]),
        machines=page.language.listing([_machines(page, row) for _, row in rows.iterrows()]),
        source=page.cite(rows["source_id"]),
    )


def _machines(page: Page, row: pd.Series) -> str:
    number = int(row["value"])
    if row["indicator"] == "village_multipurpose_dryers_distributed":
        return page.language.count("{number} dryer", "{number} dryers", number)
    return page.language.count(
        "{number} mill for cassava flour (mocaf)",
        "{number} mills for cassava flour (mocaf)",
        number,
    )


def rattan_unit(page: Page, row: pd.Series) -> str:
    """State how many units weave or work rattan, who counts them, and when."""
    values = {
        "number": page.language.number(row["value"]),
        "year": row["time_period"],
        "source": page.cite([row["source_id"]]),
    }
    if row["indicator"] == "ikm_rattan_weaving_units":
        return page.say(
            "The provincial agency counted {number} units that weave rattan in {year} ({source}).",
            **values,
        )
    return page.say(
        "BPS counted {number} micro and small units that work wood, rattan or bamboo (KBLI 16) in "
        "{year} ({source}). Furniture is not among them, and rattan alone is not told apart.",
        **values,
    )


def rattan_statement(page: Page, row: pd.Series) -> str:
    """Quote what an official said of raw rattan, and say that no figure bears on it."""
    code = page.language.code
    return page.say(
        "“{claim}”, said the {speaker} ({date}, {source}). No figure of rattan sent out of the "
        "province, raw or processed, is in the collection.",
        claim=row[f"claim_{code}"],
        speaker=row[f"speaker_{code}"],
        date=page.language.date(row["date"]),
        source=page.cite([row["source_id"]]),
    )
