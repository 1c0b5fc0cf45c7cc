"""Say between which years a province's figures cannot be compared."""

from collections.abc import Collection as Several
from functools import cached_property
from pathlib import Path
from typing import Any

from babel.lists import format_list

from analysis.parameters import Province
from neraca.publish.site_words import say


class Breaks:
    """The declared breaks of what the pages of provinces line up, from a directory of data."""

    def __init__(self, data: Path) -> None:
        self._data = data

    def of_trade(self, province: Province, years: Several[int], language: str) -> str:
        """Say which changes of territory lie between years of foreign trade; empty if none."""
        from analysis.catalog.territory import territory_breaks

        splits = [
            (int(found.last_with[:4]), int(found.first_without[:4]), found.children)
            for found in territory_breaks(self._catalog, province, "trade")
        ]
        return " ".join(
            _split(last, first, children, language)
            for last, first, children in splits
            if _crossed(last, first, years)
        )

    def of_establishments(self, province: Province, years: Several[int], language: str) -> str:
        """Say which changes of survey or territory lie between years of counts; empty if none."""
        from analysis.catalog.industry import establishment_breaks, establishments

        if not years:
            return ""
        counts = establishments(self._catalog, province, max(years))
        return " ".join(
            found.reasons.get(language)
            or _split(found.after, found.before, found.children, language)
            for found in establishment_breaks(self._catalog, province, counts)
            if _crossed(found.after, found.before, years)
        )

    @cached_property
    def _catalog(self) -> Any:
        # Only now: a site without such a page need not wait for pandas.
        from analysis.catalog import Catalog

        return Catalog(self._data)


def _crossed(last: int, first: int, years: Several[int]) -> bool:
    return any(year <= last for year in years) and any(year >= first for year in years)


def _split(last: int, first: int, children: Several[Province], language: str) -> str:
    names = [child.name(language) for child in children]
    listed = format_list(names, locale={"en": "en_GB"}.get(language, language))
    return say("split", language, last=last, first=first, children=listed)
