"""The report's figures: each draws one result and words it for those who cannot see it."""

from analysis.report.figures import axes, industry, products, trade

__all__ = ["axes", "industry", "products", "trade"]
