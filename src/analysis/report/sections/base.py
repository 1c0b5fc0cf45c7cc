"""What the sections share: their opening, cards, and what to say where a figure lacks."""

from collections.abc import Sequence

from analysis.report.narrative.report import add_a_figure
from analysis.report.page import SECTION, Page


def opening(page: Page, title: str, name: str) -> None:
    """Open a notebook with its own heading."""
    page.heading(title, name, level=SECTION)


def cards(page: Page, facts: Sequence[tuple[str, str, str]]) -> None:
    """Show headline figures as cards: a label, a value and a note each."""
    blocks = [
        f"::: {{.card}}\n\n[{label}]{{.label}}\n\n[{value}]{{.value}}\n\n{note}\n\n:::"
        for label, value, note in facts
    ]
    page.text("::: {.cards}\n\n" + "\n\n".join(blocks) + "\n\n:::")


def lacking(page: Page, title: str, reason: str, table: str) -> None:
    """Say what is not shown and why, and how a figure is added to the table that lacks it."""
    page.note(title, f"{reason} {add_a_figure(page, table)}")
