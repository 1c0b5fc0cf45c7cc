"""The figures: read, corrected, reconciled into one series, and every read recorded."""

from analysis.catalog.tables import Catalog

__all__ = ["Catalog"]
