"""What a notebook records of the making of its numbers, in small."""

from typing import Any

from analysis.report.lineage import COLUMNS

SOURCES = {
    "s0000000a": ("Rilis BPS Lampung, Februari 2021", "https://lampung.bps.go.id/a", "2021-02-01"),
    "s0000000b": ("Koran Lampung, Maret 2020", "", "2020-03"),
}


def made(indicator: dict[str, Any], *inputs: str) -> dict[str, Any]:
    """Say of an indicator what it is made from, by default exports."""
    return indicator | {
        "inputs": list(inputs or ("export_origin",)),
        "section": "reading",
        "sources": [],
        "method": indicator["method"] or "analysis.indicators.trade.trade_balance",
    }


def lineage(year: int) -> dict[str, Any]:
    """Make what a record has beside its indicators: a series of three months, of two sources."""
    unit = "million USD"
    figures = [
        [f"{year}-01", "", 206.31, unit, "published", "s0000000a", "", "", ""],
        [f"{year}-01", "", 206.3, unit, "approximate", "s0000000b", "status", "", ""],
        [f"{year}-02", "", 250.44, unit, "published", "s0000000b", "doubtful", "tenfold", ""],
        [f"{year}-03", "", 99.5, unit, "derived", "s0000000a s0000000b", "balance", "", ""],
    ]
    return {
        "sections": [{"name": "reading", "title": "Cara membaca"}],
        "series": {
            "export_origin": {
                "resource": "trade",
                "where": {"dimension": "total", "flow": "export", "basis": "origin"},
                "apart": False,
                "links": ["lampung-exports-by-origin"],
                "columns": list(COLUMNS),
                "figures": figures,
            }
        },
        "sources": {
            name: {
                "kind": "publication",
                "title": title,
                "url": url,
                "released": released,
                "retrieved": "",
            }
            for name, (title, url, released) in SOURCES.items()
        },
        "corrections": {
            "tenfold": {"action": "doubt", "reason": "Ten times its neighbours.", "source": "b"}
        },
    }
