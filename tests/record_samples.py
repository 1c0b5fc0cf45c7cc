"""Records made by hand, small and whole."""

import copy
from typing import Any

from neraca.pipeline.record import LOCK, Record, fingerprint, magnitude

CSV = b"year,value\n2024,5.5\n2025,6.25\n"
SVG = b'<svg><path d="M30 200 L150 120"/><text>2025</text></svg>'


def indicator(value: Any, **changes: Any) -> dict[str, Any]:
    return {
        "value": value,
        "unit": "million USD",
        "obs_status": "published",
        "time_period": "2025",
        "basis": "origin",
        "method": None,
        "sources": ["s00000001"],
        **changes,
    }


def read(resource: str = "trade", sha256: str = "a" * 64, rows: int = 12, **filters: Any) -> dict:
    return {"resource": resource, "filters": filters, "rows": rows, "sha256": sha256}


def a_record() -> Record:
    """Give a record that a test may change."""
    return copy.deepcopy(
        {
            "parameters": {"province": "lampung", "year": 2025, "horizon_months": 12},
            "data_vintage": "2025-12-31",
            "indicators": {
                "summary": {"verdict": indicator("confirmed", unit=None)},
                "export_surplus": {
                    "exports": indicator(500.0),
                    "balance": indicator(-2.5),
                    "rank": indicator(3, unit="rank"),
                },
            },
            "reads": {
                "summary": [read("statements", until=2025)],
                "export_surplus": [
                    read(province_code="18", until=2025),
                    read("national", "b" * 64, rows=1, year=2025),
                ],
            },
            "data": {"data/observations/trade.csv": "c" * 64, "data/corrections.yml": "d" * 64},
            "national": {"national.csv": "e" * 64},
            "code": {
                "notebooks/export_surplus.ipynb": "1" * 64,
                "src/analysis/indicators/trade.py": "2" * 64,
                LOCK: "3" * 64,
            },
            "results": {
                "index.ipynb": fingerprint(b"exports of 500.0"),
                "figures/fig-balance.svg": fingerprint(SVG),
                "data/fig-balance.csv": {**fingerprint(CSV), "sum": magnitude(CSV)},
            },
            "environment": {"python": "3.11.7", "platform": "Linux x86_64", "pandas": "3.1.1"},
            "pages": {
                "index.html": fingerprint(b"<p>exports of 500.0</p>"),
                "index.pdf": {"sha256": "4" * 64},
            },
            "publishing": {"_quarto.yml": "5" * 64},
        }
    )
