"""Read what `_quarto.yml` says, for the publisher that works without Quarto."""

from dataclasses import dataclass
from pathlib import Path

from analysis.errors import NeracaError
from neraca.publish.yaml_text import read_yaml


@dataclass(frozen=True)
class Link:
    """One entry of the site's navigation: its words and the source file it leads to."""

    text: str
    source: str


@dataclass(frozen=True)
class Configuration:
    """The part of `_quarto.yml` that both publishers obey."""

    site_title: str
    language: str
    navigation: tuple[Link, ...]
    contents: bool
    contents_depth: int
    number_sections: bool
    paper: str
    margin: dict[str, str]
    pdf_standard: str

    @classmethod
    def read(cls, root: Path) -> "Configuration":
        """Read `_quarto.yml` in the root of the project.

        Raises NeracaError when the file or an entry that a page needs is missing.
        """
        path = root / "_quarto.yml"
        try:
            content = read_yaml(path.read_text(encoding="utf-8"))
            paper = content["format"]["typst"]
            return cls(
                site_title=content["website"]["title"],
                language=content["lang"],
                navigation=_navigation(content["website"]["navbar"]["left"]),
                contents=content["toc"],
                contents_depth=content["toc-depth"],
                number_sections=content["number-sections"],
                paper=paper["papersize"],
                margin=paper["margin"],
                pdf_standard=paper["pdf-standard"],
            )
        except FileNotFoundError:
            raise NeracaError(
                f"{path} is missing; pages are published from the root of a Neraca clone."
            ) from None
        except (KeyError, TypeError) as error:
            raise NeracaError(
                f"{path} lacks the entry {error}; restore it from the repository."
            ) from None


def _navigation(entries: list[dict[str, str]]) -> tuple[Link, ...]:
    return tuple(Link(entry["text"], entry["href"]) for entry in entries)
