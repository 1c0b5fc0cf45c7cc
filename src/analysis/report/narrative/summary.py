"""Sentences of the headline: how each figure stands to the year before, and how sure it is."""

from collections.abc import Sequence
from dataclasses import replace

from analysis.catalog.targets import GrowthTarget
from analysis.indicators.headline import Direction, YearFigure, change_percent, direction
from analysis.indicators.series import NotComputed
from analysis.models.readings import JudgedReading
from analysis.report import words
from analysis.report.page import Page

# Sources that differ by less agree as far as a headline goes.
TELLING_RANGE_PERCENT = 0.1


def lead(
    page: Page, exports: YearFigure, imports: YearFigure, balance: YearFigure, basis: str
) -> str:
    """Answer in one sentence whether the province sells more than it buys."""
    row = (exports, imports, balance)
    values = {
        "year": balance.year,
        "province": page.place,
        "exports": amount(page, exports, row),
        "imports": amount(page, imports, row),
        "word": words.balance_word(page.language, balance.value),
        "balance": amount(page, replace(balance, value=abs(balance.value)), row),
    }
    if balance.obs_status == "estimated":
        sentence = page.say(
            "In {year} {province}, by estimate, exported goods of {exports} and imported goods of "
            "{imports}: a {word} of {balance}.",
            **values,
        )
        if balance.lower < 0 < balance.upper:
            sentence += " " + page.say("The interval leaves open whether it was a surplus.")
    else:
        sentence = page.say(
            "In {year} {province} exported goods of {exports} and imported goods of {imports}: a "
            "{word} of {balance}.",
            **values,
        )
    if balance.year < page.year:
        sentence += " " + page.say("No later year up to {year} has both totals.", year=page.year)
    return f"{sentence} {words.valuation(page.language, basis)}"


def amount(page: Page, figure: YearFigure, row: Sequence[YearFigure]) -> str:
    """Write a yearly figure with the decimals of those in its row; a rounded one with its own."""
    if figure.obs_status == "approximate":
        return page.language.money(figure.value)
    exact = [item.value for item in row if item.obs_status != "approximate"]
    return page.language.money(figure.value, exact)


def no_balance(page: Page) -> str:
    """Say that no year has both totals."""
    return page.say(
        "For no year up to {year} are both the exports and the imports of {province} complete.",
        year=page.year,
        province=page.place,
    )


def change(page: Page, now: YearFigure, before: YearFigure | None, *, split: bool) -> str:
    """Say how a flow or a ratio stands to the year before, in percent of it."""
    if before is None:
        return not_compared(page, now.year - 1, split=split)
    percent = change_percent(now, before)
    way = direction(now, before)
    if percent is None or way is Direction.SAME:
        return page.say("As in {year}.", year=before.year) if percent == 0 else ""
    if way is Direction.NOT_CERTAIN:
        return uncertain(page, now, before)
    number = page.language.number(abs(percent), 1)
    if way is Direction.HIGHER:
        return page.say("{number} percent higher than in {year}.", number=number, year=before.year)
    return page.say("{number} percent lower than in {year}.", number=number, year=before.year)


def balance_change(page: Page, now: YearFigure, before: YearFigure | None, *, split: bool) -> str:
    """Say how a balance stands to that of the year before."""
    if before is None:
        return not_compared(page, now.year - 1, split=split)
    both, year = (now.value, before.value), before.year
    before_amount = page.language.money(abs(before.value), both)
    if (now.value >= 0) != (before.value >= 0):
        if before.value >= 0:
            return page.say("{year} had a surplus of {amount}.", year=year, amount=before_amount)
        return page.say("{year} had a deficit of {amount}.", year=year, amount=before_amount)
    way = direction(now, before)
    if way is Direction.NOT_CERTAIN:
        return uncertain(page, now, before)
    if way is Direction.SAME:
        return page.say("As in {year}.", year=year)
    # A deficit that falls further is a larger one.
    larger = (way is Direction.HIGHER) == (now.value >= 0)
    if larger:
        return page.say("Larger than in {year} ({amount}).", year=year, amount=before_amount)
    return page.say("Smaller than in {year} ({amount}).", year=year, amount=before_amount)


def ratio_change(page: Page, now: YearFigure, before: YearFigure | None, *, split: bool) -> str:
    """Say how a cover ratio stands to that of the year before."""
    if before is None:
        return not_compared(page, now.year - 1, split=split)
    way = direction(now, before)
    if way is Direction.NOT_CERTAIN:
        return uncertain(page, now, before)
    if way is Direction.SAME:
        return page.say("As in {year}.", year=before.year)
    percent = page.language.percent(before.value, ratio_digits(before))
    if way is Direction.HIGHER:
        return page.say("Higher than in {year} ({percent}).", year=before.year, percent=percent)
    return page.say("Lower than in {year} ({percent}).", year=before.year, percent=percent)


def ratio_digits(figure: YearFigure) -> int:
    """Give the decimals of a cover ratio: below 100 percent whole ones would tell too little."""
    return 0 if figure.value >= 100 else 1


def uncertain(page: Page, now: YearFigure, before: YearFigure) -> str:
    """Say that a change is smaller than what is not known."""
    if "estimated" in (now.obs_status, before.obs_status):
        return page.say(
            "Whether higher or lower than in {year} is not certain: the intervals overlap.",
            year=before.year,
        )
    return page.say("About as in {year}: sources differ by more than the change.", year=before.year)


def not_compared(page: Page, year: int, *, split: bool) -> str:
    """Say why there is no comparison with the year before."""
    if split:
        return page.say("Not compared with {year}: the territory changed.", year=year)
    return page.say("Not compared with {year}, which is not complete.", year=year)


def word_of(page: Page, balance: YearFigure) -> str:
    """Name a balance in a sentence of its own."""
    return (
        _capital(page.say("a {word}", word=words.balance_word(page.language, balance.value))) + "."
    )


def sureness(page: Page, figure: YearFigure, rests_on: str) -> str:
    """Say what a yearly total rests on, its status, and the range that its sources leave."""
    name = words.status(page.language, figure.obs_status)
    sentence = page.say("{status}: {rests_on}.", status=_capital(name), rests_on=rests_on)
    return f"{sentence} {range_of(page, figure)}".strip()


def range_of(page: Page, figure: YearFigure) -> str:
    """Write the range that sources leave a value in million USD; nothing where it is slight."""
    lower, upper = _ends(page, figure)
    slight = figure.upper - figure.lower <= TELLING_RANGE_PERCENT / 100 * abs(figure.value)
    if slight or lower == upper:
        return ""
    return page.say("Sources allow {lower} to {upper} million USD.", lower=lower, upper=upper)


def _ends(page: Page, figure: YearFigure) -> tuple[str, str]:
    """Write the ends of a range with the decimals that its size needs."""
    digits = 1 if abs(figure.value) >= 10 else 2
    lower, upper = page.language.figures((figure.lower, figure.upper), digits)
    return lower, upper


def estimate(page: Page, figure: YearFigure, known_months: int) -> str:
    """Say that a total was completed by a model, from how many months, and its interval."""
    lower, upper = _ends(page, figure)
    return page.language.count(
        "Estimated: {number} month of 12 is known, the others are modelled. {level} percent "
        "interval {lower} to {upper} million USD.",
        "Estimated: {number} months of 12 are known, the others are modelled. {level} percent "
        "interval {lower} to {upper} million USD.",
        known_months,
        level=page.language.number(100 * page.parameters.interval_level),
        lower=lower,
        upper=upper,
    )


def made_of_both(page: Page, figure: YearFigure) -> str:
    """Say how sure a balance is, which is made of two flows."""
    if figure.obs_status == "estimated":
        lower, upper = _ends(page, figure)
        return page.say(
            "Estimated, from the ends of both intervals: {lower} to {upper} million USD.",
            lower=lower,
            upper=upper,
        )
    name = _capital(words.status(page.language, figure.obs_status))
    sentence = page.say("{status} from both flows.", status=name)
    return f"{sentence} {range_of(page, figure)}".strip()


def ratio_sureness(page: Page, figure: YearFigure) -> str:
    """Say how sure a cover ratio is."""
    sentence = page.say("Exports in percent of imports.")
    digits = ratio_digits(figure)
    lower, upper = (page.language.number(end, digits) for end in (figure.lower, figure.upper))
    if lower == upper:
        return sentence
    if figure.obs_status == "estimated":
        return f"{sentence} " + page.say(
            "Estimated: {lower} to {upper} percent.", lower=lower, upper=upper
        )
    return f"{sentence} " + page.say(
        "Sources allow {lower} to {upper} percent.", lower=lower, upper=upper
    )


def stated_by(page: Page, target: GrowthTarget) -> str:
    """Name the authority of a target and its year."""
    stated = {
        "parameter": page.say("as asked for"),
        "province": page.say("stated by the province for {year}", year=target.year),
        "country": page.say("national, stated for {year}", year=target.year),
    }
    text = stated[target.authority]
    return page.say("{stated}, carried on", stated=text) if target.carried_on else text


def chance(page: Page, judged: JudgedReading) -> tuple[str, str]:
    """Give the chance to grow as the target asks, and what it rests on; or why there is none."""
    outlook = judged.outlook
    if isinstance(outlook, NotComputed):
        reason = words.explain(page.language, outlook)
        if judged.reading.breaks:
            reason += " " + page.say("Steps across a break do not count.")
        return page.say("not computed"), reason
    steps = outlook.upper.walk.increments
    rests_on = page.language.count(
        "Until {year}, if it goes on as in {number} step of growth.",
        "Until {year}, if it goes on as in {number} steps of growth.",
        steps,
        year=judged.target_year,
    )
    low = words.probability(page.language, outlook.lower.probability)
    if outlook.lower.target == outlook.upper.target:
        return low, rests_on
    high = words.probability(page.language, outlook.upper.probability)
    if low == high:
        return low, rests_on
    return low, page.say(
        "At the range's upper end {chance}. {rests_on}", chance=high, rests_on=rests_on
    )


def states(page: Page, minimum_percent: float) -> str:
    """Explain the words that tell how a figure is known."""
    return page.say(
        "[Published](#term-obs-status) is printed so in a source; derived follows from printed "
        "figures; approximate is rounded or ambiguous in the source; [doubtful](#term-doubtful) is "
        "most likely a misprint and takes no part in calculations. A list in part names goods that "
        "make up less than {minimum} percent of the total; a list of destinations always is one.",
        minimum=page.language.number(minimum_percent),
    )


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]
