"""The report's tables: finished texts in the report's language, with units in the header."""

from analysis.report.tables import base, industry, products, summary, trade

__all__ = ["base", "industry", "products", "summary", "trade"]
