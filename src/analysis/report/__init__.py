"""What a reader sees: figures, tables and sentences, in Indonesian or in English."""

from analysis.report import figures, narrative, sections, tables
from analysis.report.page import Page, record

__all__ = ["Page", "figures", "narrative", "record", "sections", "tables"]
