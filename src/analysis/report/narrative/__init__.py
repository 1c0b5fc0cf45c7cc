"""The report's sentences, each made from the numbers it states and silent on causes."""

from analysis.report.narrative import (
    changes,
    commodities,
    forecast,
    industry,
    local_economy,
    open_questions,
    partners,
    products,
    provinces,
    readings,
    report,
    scenario,
    structure,
    summary,
    trade,
    trend,
)

__all__ = [
    "changes",
    "commodities",
    "forecast",
    "industry",
    "local_economy",
    "open_questions",
    "partners",
    "products",
    "provinces",
    "readings",
    "report",
    "scenario",
    "structure",
    "summary",
    "trade",
    "trend",
]
