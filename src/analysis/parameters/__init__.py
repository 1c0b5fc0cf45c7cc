"""What a report can be asked for: its parameters and the places they may name."""

from analysis.parameters.provinces import Province, load_provinces
from analysis.parameters.schema import (
    NationalParameters,
    ReportParameters,
    from_notebook,
    national_from_notebook,
    report_years,
)

__all__ = [
    "NationalParameters",
    "Province",
    "ReportParameters",
    "from_notebook",
    "load_provinces",
    "national_from_notebook",
    "report_years",
]
