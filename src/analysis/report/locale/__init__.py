"""The report's two languages: sentences through gettext, numbers and months through Babel."""

import gettext
import io
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import cache, lru_cache
from importlib.resources import files

import pandas as pd
from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import get_decimal_symbol, get_group_symbol

EM_DASH = "—"


class Language:
    """One language of the report.

    Sentences are written in English in the source and translated by the catalog `<code>.po`
    beside this module.

    >>> Language("id").money(6637.71), Language("en").period("2025-01/2025-09")
    ('USD 6.637,7 juta', 'January–September 2025')
    """

    def __init__(self, code: str) -> None:
        self.code = code
        self.locale = _locale(code)
        self._translations = _translations(code)

    def say(self, message: str, /, **values: object) -> str:
        """Translate a message and fill its named places."""
        return self._translations.gettext(message).format(**values)

    def count(self, one: str, many: str, number: int, /, **values: object) -> str:
        """Translate a message that depends on a number, which fills the place `{number}`."""
        message = self._translations.ngettext(one, many, number)
        return message.format(number=self.number(number), **values)

    def number(self, value: float | None, digits: int = 0) -> str:
        """Write a number with a fixed count of decimals; a missing one as a dash."""
        if value is None or pd.isna(value):
            return EM_DASH
        return _decimal(float(value), digits, self.code)

    def figure(
        self, value: float | None, digits: int = 2, beside: Iterable[float | None] = ()
    ) -> str:
        """Write a published number with at most so many decimals, and none that only are zeros.

        Numbers that it stands `beside` get the same decimals: as many as one of them needs.

        >>> english = Language("en")
        >>> english.figure(686.0), english.figure(686.0, beside=[657.5, 686.0])
        ('686', '686.0')
        """
        if value is None or pd.isna(value):
            return EM_DASH
        return self.number(value, max(_needed(item, digits) for item in (value, *beside)))

    def figures(self, values: Iterable[float | None], digits: int = 2) -> list[str]:
        """Write published numbers that stand together, as in a column, with the same decimals.

        >>> Language("id").figures([3754.0, 1072.0]), Language("id").figures([3.1, 1.14, None])
        (['3.754', '1.072'], ['3,10', '1,14', '—'])
        """
        together = list(values)
        needed = max((_needed(value, digits) for value in together), default=0)
        return [self.number(value, needed) for value in together]

    def money(self, value: float | None, beside: Iterable[float | None] = ()) -> str:
        """Write a value in million USD: at most two decimals below a thousand, one above.

        Values that it stands `beside` in a sentence or a row get the same decimals, where one of
        them is above a thousand at most one.

        >>> english = Language("en")
        >>> [english.money(value, [6637.71, 2054.7, 4583.01]) for value in (6637.71, 4583.01)]
        ['USD 6,637.7 million', 'USD 4,583.0 million']
        """
        if value is None or pd.isna(value):
            return EM_DASH
        together = [item for item in (value, *beside) if item is not None and not pd.isna(item)]
        digits = 2 if all(abs(item) < 1000 for item in together) else 1
        return self.say("USD {amount} million", amount=self.figure(value, digits, together))

    def signed(self, value: float, digits: int) -> str:
        """Write a number with its sign, and a rounded zero without."""
        text = self.number(value, digits)
        return f"+{text}" if value > 0 and text != self.number(0, digits) else text

    def percent(self, value: float | None, digits: int = 1) -> str:
        """Write a percentage in words."""
        if value is None or pd.isna(value):
            return EM_DASH
        return self.say("{amount} percent", amount=self.number(value, digits))

    def year(self, year: int) -> str:
        """Write a year, which takes no thousands separator."""
        return str(year)

    def month(self, month: str | pd.Period) -> str:
        """Write a month, `2020-01` or a Period, as `January 2020`."""
        year, number = str(month)[: len("YYYY-MM")].split("-")
        return f"{self._month_name(number)} {int(year)}"

    def _month_name(self, number: str) -> str:
        name: str = self.locale.months["format"]["wide"][int(number)]
        return name

    def period(self, time_period: str) -> str:
        """Write a year, a month, or a span of months."""
        first, _, last = time_period.partition("/")
        if len(first) == len("YYYY"):
            return first
        if not last:
            return self.month(first)
        if first[:4] == last[:4]:
            return f"{self._month_name(first[5:])}–{self.month(last)}"
        return f"{self.month(first)}–{self.month(last)}"

    def date(self, date: str) -> str:
        """Write a date that is known to the day, the month or the year."""
        if len(date) == len("YYYY-MM-DD"):
            return format_date(pd.Timestamp(date).date(), "long", locale=self.locale)
        return self.period(date)

    def listing(self, items: Sequence[str]) -> str:
        """Join names with commas and a last *and*.

        >>> Language("en").listing(["coffee", "rubber", "coal"])
        'coffee, rubber and coal'
        """
        if len(items) < 2:
            return "".join(items)
        if len(items) == 2:
            return self.say("{first} and {last}", first=items[0], last=items[1])
        # Indonesian sets a comma before the last of three or more, English as written here none.
        return self.say("{items} and {last}", items=", ".join(items[:-1]), last=items[-1])


@cache
def _locale(code: str) -> Locale:
    return Locale(code)


@cache
def _separators(code: str) -> dict[int, str]:
    """Give what stands in a number of the language for Python's own signs."""
    locale = _locale(code)
    return str.maketrans({",": get_group_symbol(locale), ".": get_decimal_symbol(locale), "-": "−"})


@lru_cache(maxsize=4096)
def _decimal(value: float, digits: int, code: str) -> str:
    """Write a number; the ticks of an axis are written once for every time it is measured."""
    # A rounded zero takes no sign.
    rounded = _rounded(value, digits) or Decimal(0)
    return f"{rounded:,.{digits}f}".translate(_separators(code))


@lru_cache(maxsize=4096)
def _rounded(value: float, digits: int) -> Decimal:
    """Round as decimals, halves up, as a person does."""
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def _needed(value: float | None, digits: int) -> int:
    """Count the decimals that a number needs, at most so many: a last zero is needed by none."""
    if value is None or pd.isna(value):
        return 0
    exponent = _rounded(float(value), digits).normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


@cache
def _translations(code: str) -> gettext.NullTranslations:
    """Compile the language's catalog in memory, so that no compiled file can be out of date."""
    if code == "en":
        return gettext.NullTranslations()
    with files(__name__).joinpath(f"{code}.po").open("rb") as source:
        catalog = read_po(source, locale=code)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


# At once: a warm kernel is a fork of a process that has imported this.
_translations("id")
