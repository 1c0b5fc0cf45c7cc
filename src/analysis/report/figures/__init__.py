"""The report's figures: each draws one result and words it for those who cannot see it."""

from analysis.report.figures import (
    axes,
    commodities,
    forecast,
    industry,
    local_economy,
    partners,
    products,
    provinces,
    readings,
    scenario,
    structure,
    summary,
    trade,
    trend,
)

__all__ = [
    "axes",
    "commodities",
    "forecast",
    "industry",
    "local_economy",
    "partners",
    "products",
    "provinces",
    "readings",
    "scenario",
    "structure",
    "summary",
    "trade",
    "trend",
]
