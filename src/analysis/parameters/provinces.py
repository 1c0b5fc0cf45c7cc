"""Provinces as a parameter names them: slug, code, names, founding and parent."""

import csv
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from analysis.errors import NeracaError
from analysis.project import data_directory

COUNTRY_CODE = "00"


@dataclass(frozen=True)
class Province:
    """One province of Indonesia, or Indonesia itself (code `00`).

    Attributes:
        code: BPS code of two digits.
        slug: name in lower case with hyphens, as the parameter `province` has it.
        names: name by language code, `id` and `en`.
        iso_3166_2: ISO 3166-2 code.
        island_group: group of islands in which BPS lists it.
        founded: year of the split that made it; None if it is older than the figures.
        parent: code of the province it was split from; None as above.

    """

    code: str
    slug: str
    names: Mapping[str, str] = field(hash=False)
    iso_3166_2: str
    island_group: str
    founded: int | None = None
    parent: str | None = None

    @property
    def is_country(self) -> bool:
        """Say whether this is Indonesia and no province of it."""
        return self.code == COUNTRY_CODE

    def name(self, language: str) -> str:
        """Give the name in a language (`id` or `en`)."""
        return self.names[language]


def slugify(name: str) -> str:
    """Write a name in lower case with hyphens.

    >>> slugify("DKI Jakarta")
    'dki-jakarta'
    """
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


class Provinces:
    """All provinces, found by slug or by BPS code."""

    def __init__(self, provinces: tuple[Province, ...]) -> None:
        self.all = provinces
        self._by_slug = {province.slug: province for province in provinces}
        self._by_code = {province.code: province for province in provinces}

    def by_code(self, code: str) -> Province:
        """Give the province with a BPS code.

        Raises:
            NeracaError: if no province has that code.

        """
        if code not in self._by_code:
            raise NeracaError(
                f"No province has the BPS code {code!r}; see data/classifications/provinces.csv."
            )
        return self._by_code[code]

    def by_slug(self, slug: str) -> Province:
        """Give the province with a slug.

        Raises:
            NeracaError: if none has it; the sentence names the nearest ones.

        """
        if slug in self._by_slug:
            return self._by_slug[slug]
        raise NeracaError(f"There is no province {slug!r}. {self._hint(slug)}")

    def children(self, province: Province) -> tuple[Province, ...]:
        """Give the provinces that were split from one."""
        return tuple(other for other in self.all if other.parent == province.code)

    def require_founded(self, province: Province, year: int) -> None:
        """Refuse a year before a province was founded.

        Raises:
            NeracaError: naming the year and the province that its figures were inside of.

        """
        if province.founded is not None and province.parent and year < province.founded:
            name, parent = province.name("id"), self.by_code(province.parent)
            raise NeracaError(
                f"{name} was founded in {province.founded}; before that its figures are inside "
                f"{parent.name('id')}. Ask for {parent.slug}, or for {province.founded} or later."
            )

    def _hint(self, slug: str) -> str:
        wanted = slugify(slug)
        spellings = {p.slug: p.slug for p in self.all} | {
            slugify(p.name("en")): p.slug for p in self.all
        }
        near = difflib.get_close_matches(wanted, spellings, n=3, cutoff=0.6)
        slugs = list(dict.fromkeys(spellings[spelling] for spelling in near))
        if slugs:
            return f"Did you mean {' or '.join(slugs)}?"
        return "`neraca provinces` lists all of them."


def load_provinces(data: Path | None = None) -> Provinces:
    """Read the provinces from `classifications/provinces.csv`; the country comes first.

    Raises:
        NeracaError: if the file is missing.

    """
    path = (data or data_directory()) / "classifications" / "provinces.csv"
    if not path.is_file():
        raise NeracaError(f"{path} is missing; restore it, then run `neraca data check`.")
    with path.open(encoding="utf-8", newline="") as file:
        return Provinces(tuple(_province(row) for row in csv.DictReader(file)))


def _province(row: dict[str, str]) -> Province:
    return Province(
        code=row["bps_code"],
        slug=slugify(row["name_id"]),
        names=MappingProxyType({"id": row["name_id"], "en": row["name_en"]}),
        iso_3166_2=row["iso_3166_2"],
        island_group=row["island_group"],
        founded=int(row["founded"]) if row["founded"] else None,
        parent=row["split_from_bps_code"] or None,
    )
