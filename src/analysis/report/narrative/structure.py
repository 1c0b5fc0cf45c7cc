"""Sentences on how industry works: by scale, with whom, and how large."""

from collections.abc import Mapping

import pandas as pd

from analysis.report.page import Page

# Figures of IBS are in thousand IDR.
THOUSANDS_A_BILLION = 1e6


def productivity(page: Page, ratios: pd.DataFrame, year: int) -> str:
    """Say what a worker and an establishment of each scale make.

    Args:
        page: the page.
        ratios: as `indicators.industry.productivity` gives them, in million IDR.
        year: the survey's.

    """
    micro, small = ratios.loc["micro"], ratios.loc["small"]
    sentences = []
    if micro["value_added_per_worker"] > 0 and small["value_added_per_worker"] > 0:
        sentences.append(
            page.say(
                "In {year} a worker of a micro establishment made a [value "
                "added](#term-value-added) of {micro}, one of a small establishment {small}.",
                year=year,
                micro=_million(page, micro["value_added_per_worker"]),
                small=_million(page, small["value_added_per_worker"]),
            )
        )
    if micro["output_per_establishment"] > 0 and small["output_per_establishment"] > 0:
        sentences.append(
            page.say(
                "The output of a micro establishment was {micro} in the year, that of a small one "
                "{small}.",
                micro=_million(page, micro["output_per_establishment"]),
                small=_million(page, small["output_per_establishment"]),
            )
        )
    return " ".join(sentences)


def scales(page: Page, shares: pd.DataFrame) -> str:
    """Say what part of micro and small industry is micro."""
    micro = shares.loc["micro"]
    if micro[["establishments", "workers", "value_added"]].isna().any():
        return ""
    return page.say(
        "Micro establishments are {establishments} percent of the establishments of micro and "
        "small industry ([IMK](#term-imk)); they have {workers} percent of its workers and make "
        "{value_added} percent of its value added.",
        establishments=page.language.number(micro["establishments"], 1),
        workers=page.language.number(micro["workers"], 1),
        value_added=page.language.number(micro["value_added"], 1),
    )


def working(page: Page, shares: Mapping[str, float], year: int) -> str:
    """Say how many establishments use the internet, borrow, or have a partner."""
    written = {name: page.language.number(share, 1) for name, share in shares.items()}
    parts = []
    if "imk_using_internet" in written:
        parts.append(
            page.say("{share} percent used the internet", share=written["imk_using_internet"])
        )
    if "imk_with_loans" in written:
        parts.append(page.say("{share} percent had a loan", share=written["imk_with_loans"]))
    if "imk_in_partnership" in written:
        parts.append(
            page.say("{share} percent worked in a partnership", share=written["imk_in_partnership"])
        )
    return page.say(
        "Of the micro and small establishments of {province} in {year}, {parts}.",
        province=page.place,
        year=year,
        parts=page.language.listing(parts),
    )


def large_and_medium(page: Page, figures: pd.DataFrame) -> str:
    """Say what the latest years of large and medium industry give.

    Args:
        page: the page.
        figures: as `catalog.industry.large_and_medium` gives them.

    """
    latest = figures.sort_values("year").drop_duplicates("indicator", keep="last")
    rows = latest.set_index("indicator")
    sentences = []
    if "ibs_establishments" in rows.index:
        row = rows.loc["ibs_establishments"]
        sentences.append(
            page.language.count(
                "In {year} {province} had one large or medium establishment ([IBS](#term-ibs)).",
                "In {year} {province} had {number} large and medium establishments "
                "([IBS](#term-ibs)).",
                int(row["value"]),
                year=row["year"],
                province=page.place,
            )
        )
    if {"ibs_workers", "ibs_output", "ibs_value_added_market_prices"} <= set(rows.index):
        row = rows.loc["ibs_workers"]
        values = {
            "workers": page.language.number(row["value"]),
            "output": _billion(page, rows.loc["ibs_output", "value"]),
            "value_added": _billion(page, rows.loc["ibs_value_added_market_prices", "value"]),
        }
        counted = rows["year"].get("ibs_establishments")
        if row["year"] == counted:
            sentences.append(
                page.say(
                    "They had {workers} workers, an output of {output} and a value added of "
                    "{value_added}.",
                    **values,
                )
            )
        else:
            sentences.append(
                page.say(
                    "In {year}, the latest year with values, they had {workers} workers, an output "
                    "of {output} and a value added of {value_added}.",
                    year=row["year"],
                    **values,
                )
            )
    sentences += _split(page, figures)
    return " ".join(sentences)


def _split(page: Page, figures: pd.DataFrame) -> list[str]:
    sizes = figures[
        figures["indicator"].isin(["ibs_establishments_large", "ibs_establishments_medium"])
    ]
    if len(sizes) < 2:
        return []
    values = sizes.set_index("indicator")["value"]
    # Other sources may count otherwise: the sum says which count is split.
    return [
        page.say(
            "Of the {total} that the survey of {year} counted, {large} were large and {medium} "
            "medium.",
            total=page.language.number(values.sum()),
            year=sizes["year"].iloc[0],
            large=page.language.number(values["ibs_establishments_large"]),
            medium=page.language.number(values["ibs_establishments_medium"]),
        )
    ]


def doubts(page: Page, figures: pd.DataFrame) -> str:
    """Say in which years sources disagree on large and medium industry, or are not exact."""
    counts = figures[figures["indicator"] == "ibs_establishments"]
    apart = counts[counts["lowest"] < counts["highest"]]
    rough = sorted(set(figures.loc[figures["obs_status"] == "approximate", "year"]))
    sentences = [_disagreement(page, apart)] if len(apart) else []
    if rough:
        sentences.append(
            page.say(
                "The figures of {years} are rounded or ambiguous in their source.",
                years=page.language.listing([str(year) for year in rough]),
            )
        )
    return " ".join(sentences)


def _disagreement(page: Page, apart: pd.DataFrame) -> str:
    counts = [
        page.say(
            "{lowest} to {highest} establishments in {year}",
            lowest=page.language.number(row["lowest"]),
            highest=page.language.number(row["highest"]),
            year=row["year"],
        )
        for _, row in apart.iterrows()
    ]
    return page.say(
        "Sources differ: {years}. So no growth is computed over the years.",
        years=page.language.listing(counts),
    )


def manufacturing_share(page: Page, shares: pd.DataFrame) -> str:
    """Say what part of the province's product all manufacturing makes; nothing if not known."""
    if shares.empty:
        return ""
    first, last = shares.iloc[0], shares.iloc[-1]
    share = page.language.number(last["value"], 1)
    source = page.cite(last["source_ids"])
    if len(shares) == 1:
        return page.say(
            "All manufacturing together, of every size, made {share} percent of the "
            "[GRDP](#term-grdp) of {province} in {year}, at constant 2010 prices ({source}).",
            share=share,
            province=page.place,
            year=last["year"],
            source=source,
        )
    return page.say(
        "All manufacturing together, of every size, made {share} percent of the "
        "[GRDP](#term-grdp) of {province} in {year}, at constant 2010 prices; in {first} it was "
        "{before} percent ({source}).",
        share=share,
        province=page.place,
        year=last["year"],
        first=first["year"],
        before=page.language.number(first["value"], 1),
        source=source,
    )


def _million(page: Page, value: float) -> str:
    return page.say("IDR {amount} million", amount=page.language.number(value, 1))


def _billion(page: Page, thousands: float) -> str:
    billions = thousands / THOUSANDS_A_BILLION
    return page.say(
        "IDR {amount} billion", amount=page.language.number(billions, 0 if billions >= 10 else 2)
    )
