"""What a reader sees: figures, tables and sentences, in Indonesian or in English."""

from analysis.report import figures, headline, narrative, sections, tables
from analysis.report.ledger import show_ledger
from analysis.report.page import Page, record

__all__ = [
    "Page",
    "figures",
    "headline",
    "narrative",
    "record",
    "sections",
    "show_ledger",
    "tables",
]
