"""Names and fixed phrases: how sure, why not, what basis, in words a reader knows."""

from analysis.catalog.basis import ORIGIN, PORT_OF_LOADING
from analysis.catalog.coverage import State
from analysis.catalog.industry import LeftOut
from analysis.catalog.targets import GrowthTarget
from analysis.indicators.series import NotComputed, Unit
from analysis.models.panel import Estimator
from analysis.report.locale import Language

# From these probabilities on something is called likely, and unlikely below their complement.
LIKELY, UNLIKELY = 0.65, 0.35


def points(chance: float) -> int:
    """Round a probability to five percentage points, never to 0 or 100, which nothing here is.

    >>> points(0.714), points(0.999)
    (70, 95)
    """
    return min(95, max(5, 5 * round(chance * 20)))


def probability(language: Language, chance: float) -> str:
    """Write a probability to the nearest five points, with a word for it.

    >>> probability(Language("en"), 0.714), probability(Language("en"), 0.996)
    ('about 70 percent (likely)', 'more than 95 percent (likely)')
    """
    # From the rounded points, so that one number never has two words.
    word = likelihood(language, points(chance) / 100)
    if chance > 0.975:
        return language.say("more than 95 percent ({word})", word=word)
    if chance < 0.025:
        return language.say("less than 5 percent ({word})", word=word)
    return language.say("about {points} percent ({word})", points=points(chance), word=word)


def likelihood(language: Language, chance: float) -> str:
    """Name a probability: likely, about even, unlikely."""
    if chance >= LIKELY:
        return language.say("likely")
    if chance > UNLIKELY:
        return language.say("about even")
    return language.say("unlikely")


def explain(language: Language, result: NotComputed) -> str:
    """Say what a method needed and what it had.

    >>> from analysis.indicators.series import Unit
    >>> explain(Language("en"), NotComputed("forecast", 36, 11, Unit.MONTHS))
    'It needs at least 36 observed months and has 11.'
    """
    things = {
        Unit.OBSERVATIONS: language.say("observations"),
        Unit.MONTHS: language.say("observed months"),
        Unit.RECENT_MONTHS: language.say("observed months among the last 48"),
        Unit.LATEST_MONTHS: language.say("observed months among the last 12"),
        Unit.POSITIVE_MONTHS: language.say("months above zero"),
        Unit.CALENDAR_MONTHS: language.say("calendar months observed"),
        Unit.YEARS: language.say("observed years"),
        Unit.GROWTH_INCREMENTS: language.say("steps of growth between observed years"),
        Unit.ORIGINS: language.say("past dates to test a forecast from"),
        Unit.POSITIVE_VALUES: language.say("values above zero"),
        Unit.SERIES: language.say("comparable series"),
        Unit.INPUTS: language.say("known inputs"),
        Unit.MONTHS_OF_YEAR: language.say("observed months of the year"),
    }
    return language.say(
        "It needs at least {needs} {things} and has {has}.",
        needs=result.needs,
        things=things[result.unit],
        has=result.has,
    )


def basis(language: Language, name: str) -> str:
    """Name the basis of exports."""
    names = {
        ORIGIN: language.say("by province of origin"),
        PORT_OF_LOADING: language.say("by port of loading"),
    }
    return names.get(name, language.say("basis not stated"))


def exports_on(language: Language, name: str) -> str:
    """Name exports with their basis, to begin a sentence with."""
    names = {
        ORIGIN: language.say("Exports by province of origin"),
        PORT_OF_LOADING: language.say("Exports by port of loading"),
    }
    return names.get(name, language.say("Exports without a stated basis"))


def valuation(language: Language, export_basis: str) -> str:
    """State what stands on either side of a balance, as every figure of a surplus must."""
    return language.say(
        "Exports {basis}, FOB; imports by port of unloading, CIF.",
        basis=basis(language, export_basis),
    )


def status(language: Language, name: str) -> str:
    """Name an observation's status."""
    names = {
        "published": language.say("published"),
        "derived": language.say("derived"),
        "approximate": language.say("approximate"),
        "estimated": language.say("estimated"),
    }
    return names[name]


def balance_word(language: Language, value: float) -> str:
    """Call a balance a surplus, a deficit, or even."""
    if value > 0:
        return language.say("surplus")
    return language.say("deficit") if value < 0 else language.say("balance of zero")


def stage(language: Language, name: str) -> str:
    """Name a stage of processing."""
    names = {
        "raw": language.say("raw"),
        "mixed": language.say("raw and processed together"),
        "processed": language.say("processed"),
        "unclassified": language.say("not classified"),
        "unlisted": language.say("not listed in the release"),
    }
    return names[name]


def count_name(language: Language, indicator: str) -> str:
    """Name a count or value of industry, and who publishes it."""
    names = {
        "imk_establishments": language.say("Micro and small establishments (BPS, IMK)"),
        "imk_workers": language.say("Workers of micro and small industry (BPS, IMK)"),
        "imk_output": language.say("Output of micro and small industry, current prices (BPS, IMK)"),
        "imk_value_added_market_prices": language.say(
            "Value added of micro and small industry, current prices (BPS, IMK)"
        ),
        "imk_production_growth_annual": language.say(
            "Production of micro and small industry (BPS, IMK)"
        ),
        "ibs_establishments": language.say("Large and medium establishments (BPS, IBS)"),
        "ikm_units_agency_count": language.say("Small and medium industry (provincial agency)"),
        "industry_units_agency_count": language.say("All industry (provincial agency)"),
        "large_industry_units_agency_count": language.say("Large industry (provincial agency)"),
        "umkm_total_agency_count": language.say(
            "Micro, small and medium enterprises of all sectors (provincial agency)"
        ),
        "se2016_micro_small_businesses": language.say(
            "Micro and small businesses outside farming (BPS, Economic Census 2016)"
        ),
        "manufacturing_employment_sakernas": language.say(
            "Persons working in all manufacturing (BPS, Sakernas)"
        ),
        "grdp_manufacturing_constant_2010": language.say(
            "Value added of all manufacturing, constant prices (BPS, GRDP)"
        ),
    }
    return names[indicator]


def flow(language: Language, name: str) -> str:
    """Name a flow."""
    return language.say("Exports") if name == "export" else language.say("Imports")


def growth_target(language: Language, target: GrowthTarget) -> str:
    """Write a growth target as a percentage or a range of them."""
    if target.lower == target.upper:
        return language.say("{amount} percent", amount=language.figure(target.lower))
    return language.say(
        "{lower} to {upper} percent",
        lower=language.figure(target.lower),
        upper=language.figure(target.upper),
    )


def forecast_method(language: Language, method: str) -> str:
    """Name a forecasting method in plain words."""
    names = {
        "seasonal_naive": language.say("the same month a year before"),
        "last_twelve_mean": language.say("mean of the last twelve months"),
        "recent_mean": language.say("weighted mean of recent months"),
        "local_level": language.say("moving level with season and Idul Fitri"),
        "shrunken_level": language.say("moving level with a damped season"),
        "airline": language.say("seasonal ARIMA (airline model)"),
        "combination": language.say("mean of the methods"),
    }
    return names[method]


def known_by(language: Language, name: str) -> str:
    """Say what a yearly total rests on, by the name that `TradeFlows.annual` gives it."""
    names = {
        "year": language.say("total of the year"),
        "months": language.say("sum of the twelve months"),
        "cumulative": language.say("from a printed sum of months"),
    }
    return names[name]


def state(language: Language, name: State) -> str:
    """Name how a figure of a month is known."""
    names = {
        State.PUBLISHED: language.say("published"),
        State.DERIVED: language.say("derived"),
        State.APPROXIMATE: language.say("approximate"),
        State.DOUBTFUL: language.say("doubtful"),
        State.LISTED: language.say("list that covers enough"),
        State.PART: language.say("list in part"),
    }
    return names[name]


def subject(language: Language, name: str) -> str:
    """Name a subject of the coverage, short enough to stand beside a row."""
    names = {
        "export": language.say("Exports"),
        "import": language.say("Imports"),
        "balance": language.say("Printed balance"),
        "export_products": language.say("Export products"),
        "import_products": language.say("Import products"),
        "partners": language.say("Destinations"),
        "coffee_loaded": language.say("Coffee by port"),
        "imk_establishments": language.say("Micro and small establishments"),
        "imk_workers": language.say("Workers of micro and small industry"),
        "imk_output": language.say("Output and value added of micro and small industry"),
        "ibs": language.say("Large and medium industry"),
        "agency_counts": language.say("Counts by the provincial agency"),
        "manufacturing": language.say("Manufacturing in the GRDP"),
        "pad": language.say("Own-source revenue (PAD), realised"),
        "targets": language.say("Targets and results as stated"),
        "villages": language.say("Village cooperatives and equipment"),
        "rattan": language.say("Rattan"),
    }
    return names[name]


def left_out(language: Language, reason: LeftOut) -> str:
    """Say why the counts of a province are not compared with those of others."""
    names = {
        LeftOut.NO_COUNT: language.say("a count is missing in one of the years"),
        LeftOut.SURVEY_BREAK: language.say("the survey changed between the years"),
        LeftOut.APPROXIMATE: language.say("its source leaves a count ambiguous"),
    }
    return names[reason]


def estimator(language: Language, name: Estimator) -> str:
    """Name how the spread between provinces was estimated."""
    names = {
        Estimator.RESTRICTED_LIKELIHOOD: language.say("mixed model"),
        Estimator.BOUNDARY: language.say("mixed model at its boundary: no spread between them"),
        Estimator.MOMENTS: language.say("closed form, as the mixed model did not converge"),
    }
    return names[name]
