"""The report's tables: finished texts in the report's language, with units in the header."""

from analysis.report.tables import (
    base,
    commodities,
    forecast,
    industry,
    local_economy,
    open_questions,
    partners,
    products,
    provinces,
    readings,
    scenario,
    structure,
    summary,
    trade,
)

__all__ = [
    "base",
    "commodities",
    "forecast",
    "industry",
    "local_economy",
    "open_questions",
    "partners",
    "products",
    "provinces",
    "readings",
    "scenario",
    "structure",
    "summary",
    "trade",
]
