"""What the sections share: their opening, cards, and what to say where a figure lacks."""

from collections.abc import Sequence
from typing import NamedTuple

from analysis.report.narrative.report import add_a_figure
from analysis.report.page import SECTION, Page


def opening(page: Page, title: str, name: str) -> None:
    """Open a notebook with its own heading."""
    page.heading(title, name, level=SECTION)


class Card(NamedTuple):
    """One headline figure: what it is, its value, what it says, and how sure it is."""

    label: str
    value: str
    note: str
    sureness: str = ""


def cards(page: Page, facts: Sequence[Card]) -> None:
    """Show headline figures as cards; an empty note or sureness is left out."""
    blocks = []
    for card in facts:
        parts = [f"[{card.label}]{{.label}}", f"[{card.value}]{{.value}}", card.note]
        if card.sureness:
            parts.append(f"[{card.sureness}]{{.sureness}}")
        body = "\n\n".join(part for part in parts if part)
        blocks.append(f"::: {{.card}}\n\n{body}\n\n:::")
    page.text("::: {.cards}\n\n" + "\n\n".join(blocks) + "\n\n:::")


def lacking(page: Page, title: str, reason: str, table: str) -> None:
    """Say what is not shown and why, and how a figure is added to the table that lacks it."""
    page.note(title, f"{reason} {add_a_figure(page, table)}")
