"""The report's sentences, each made from the numbers it states and silent on causes."""

from analysis.report.narrative import industry, products, provinces, report, trade

__all__ = ["industry", "products", "provinces", "report", "trade"]
