"""The report's sections: each shows a result where there is one, and says what lacks where not."""

from analysis.report.sections import base, industry, ledger, products, reproduction, summary, trade

__all__ = ["base", "industry", "ledger", "products", "reproduction", "summary", "trade"]
