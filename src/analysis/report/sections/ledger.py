"""The statements ledger: each claim, the figures it can be held against, and the verdict."""

from collections import Counter
from collections.abc import Sequence

from analysis.catalog.statements import Evidence, Statement
from analysis.indicators.statements import Judgement, Verdict, judge
from analysis.report.page import Page
from analysis.report.sections.base import statements_series


def show_ledger(page: Page, claims: tuple[Statement, ...]) -> None:
    """Display every statement with its verdict, and record the verdicts."""
    if not claims:
        page.text(
            page.say(
                "No statement of an official on {province} up to {year} is in the collection. "
                "One is added as a row of `data/observations/statements.csv`, with its source.",
                province=page.place,
                year=page.year,
            )
        )
        return
    results = [
        judge(claim.value, claim.rounding, claim.source_id, claim.evidence, claim.comparison)
        for claim in claims
    ]
    page.text(_overview(page, results))
    for number, (claim, result) in enumerate(zip(claims, results, strict=True), start=1):
        page.text(_entry(page, claim, result))
        figures = _record_figures(page, f"statement_{number}", claim, result)
        page.source_ids.update(_sources(claim))
        page.indicator(
            f"statement_{number}_{claim.indicator}",
            result.verdict.value,
            "verdict",
            claim.time_period,
            obs_status="derived",
            sources=_sources(claim),
            method="analysis.indicators.statements.judge",
            inputs=[statements_series(page), *figures],
        )


def _overview(page: Page, results: Sequence[Judgement[Evidence]]) -> str:
    """Count the verdicts in words, and record the counts."""
    counts = Counter(result.verdict for result in results)
    for verdict, count in sorted(counts.items()):
        page.indicator(
            f"statements_{verdict.value.replace(' ', '_')}",
            count,
            "statements",
            str(page.year),
            obs_status="derived",
            method="analysis.indicators.statements.judge",
            inputs=[statements_series(page)],
        )
    page.indicator(
        "statements",
        len(results),
        "statements",
        str(page.year),
        obs_status="derived",
        method="analysis.catalog.statements.statements",
        inputs=[statements_series(page)],
    )
    return page.language.count(
        "{number} statement of an official up to {year}: {verdicts}. Each stands here with the "
        "figures that bear on it; the verdict says no more than these do.",
        "{number} statements of officials up to {year}: {verdicts}. Each stands here with the "
        "figures that bear on it; the verdict says no more than these do.",
        len(results),
        year=page.year,
        verdicts=page.language.listing(
            [_counted(page, verdict, counts[verdict]) for verdict in Verdict if counts[verdict]]
        ),
    )


def _counted(page: Page, verdict: Verdict, count: int) -> str:
    messages = {
        Verdict.CONFIRMED: page.say("{count} [confirmed](#term-confirmed)", count=count),
        Verdict.CONTRADICTED: page.say(
            "{count} [contradicted by the data](#term-contradicted)", count=count
        ),
        Verdict.DISPUTED: page.say("{count} [disputed](#term-disputed)", count=count),
        Verdict.REPEATS_ONE_SOURCE: page.say(
            "{count} [with its own source only](#term-repeats-one-source)", count=count
        ),
        Verdict.CANNOT_BE_CHECKED: page.say(
            "{count} [that cannot be checked](#term-cannot-be-checked)", count=count
        ),
    }
    return messages[verdict]


def _record_figures(
    page: Page, name: str, claim: Statement, result: Judgement[Evidence]
) -> list[str]:
    """Record the figures that an entry prints, of the evidence and of other years; name them."""
    recorded = []
    shown = (*result.agreeing, *result.differing)
    for position, item in enumerate(shown, start=1):
        # A difference also prints the two figures that it is made of.
        figures = {"": item, **dict(zip(("_exports", "_imports"), item.parts, strict=False))}
        for ending, figure in figures.items():
            recorded.append(f"{name}_evidence_{position}{ending}")
            page.indicator(
                recorded[-1],
                figure.value,
                claim.unit,
                claim.time_period,
                obs_status=figure.obs_status,
                sources=figure.source_ids,
                inputs=[_evidence_series(page, claim, item.indicator)],
            )
    for year, value, source in claim.other_years[-3:]:
        recorded.append(f"{name}_count_{year}")
        page.indicator(
            recorded[-1],
            value,
            claim.unit,
            str(year),
            obs_status="published",
            sources=[source],
            inputs=[_evidence_series(page, claim)],
        )
    return recorded


def _evidence_series(page: Page, claim: Statement, whole: str = "") -> str:
    """Name the figures that a claim can be held against as a series of the page.

    `whole` is the indicator of what the claim is about a part of.
    """
    code = page.province.code
    if claim.unit == "million USD":
        period = claim.time_period
        return page.table(
            f"trade_of_{period}",
            "trade",
            province_code=code,
            dimension="total",
            time_period=period,
        )
    name = whole or claim.indicator
    table = "economy" if whole else "industry"
    return page.table(f"{name}_printed", table, province_code=code, indicator=name, sub_period="")


def verdict_name(page: Page, verdict: Verdict) -> str:
    """Name a verdict."""
    names = {
        Verdict.CONFIRMED: page.say("Confirmed"),
        Verdict.CONTRADICTED: page.say("Contradicted by the data"),
        Verdict.DISPUTED: page.say("Disputed"),
        Verdict.REPEATS_ONE_SOURCE: page.say("Repeats one source"),
        Verdict.CANNOT_BE_CHECKED: page.say("Cannot be checked"),
    }
    return names[verdict]


def _entry(page: Page, claim: Statement, result: Judgement[Evidence]) -> str:
    kind = result.verdict.value.replace(" ", "-")
    code = page.language.code
    quoted = page.say("“{claim}”", claim=claim.claims[code])
    return (
        "::: {.statement}\n\n"
        f"[{verdict_name(page, result.verdict)}]{{.verdict .{kind}}} {quoted}\n\n"
        f"{_attribution(page, claim)} {reason(page, claim, result)}\n\n"
        ":::"
    )


def _attribution(page: Page, claim: Statement) -> str:
    speaker = claim.speakers[page.language.code]
    return page.say(
        "Said by: {speaker}, {date} ({source}).",
        speaker=speaker,
        date=page.language.date(claim.date),
        source=page.cite([claim.source_id]),
    )


def reason(page: Page, claim: Statement, result: Judgement[Evidence]) -> str:
    """Say which figures carry a verdict."""
    if result.verdict is Verdict.CONFIRMED:
        return _confirmed(page, claim, result)
    if result.verdict is Verdict.DISPUTED and not result.agreeing:
        return page.say(
            "Of the sources collected here only that of the statement itself prints this figure; "
            "another source has {differing}.",
            differing=_figures(page, claim, result.differing),
        )
    if result.verdict is Verdict.DISPUTED:
        return page.say(
            "Supported by {supporting}; another source differs: {differing}.",
            supporting=_figures(page, claim, result.agreeing),
            differing=_figures(page, claim, result.differing),
        )
    if result.verdict is Verdict.CONTRADICTED:
        return _contradicted(page, claim, result)
    if result.verdict is Verdict.REPEATS_ONE_SOURCE:
        return page.say(
            "Of the sources collected here only that of the statement itself prints this figure."
        )
    return _unchecked(page, claim)


def _confirmed(page: Page, claim: Statement, result: Judgement[Evidence]) -> str:
    sentences = []
    printed = tuple(item for item in result.agreeing if item.kind == "observation")
    if printed:
        sentences.append(
            page.say(
                "Another source gives the same: {figures}.", figures=_figures(page, claim, printed)
            )
        )
    for item in result.agreeing:
        if item.kind == "difference":
            sentences.append(_difference(page, item))
    return " ".join(sentences)


def _difference(page: Page, item: Evidence) -> str:
    exports, imports = (part.value for part in item.parts)
    amounts = (exports, imports, item.value)
    return page.say(
        "Exports of {exports} less imports of {imports}, both from other sources ({sources}), "
        "make {difference}.",
        exports=page.language.money(exports, amounts),
        imports=page.language.money(imports, amounts),
        sources=page.cite(item.source_ids),
        difference=page.language.money(item.value, amounts),
    )


def _contradicted(page: Page, claim: Statement, result: Judgement[Evidence]) -> str:
    if result.differing[0].kind == "whole":
        return page.say(
            "All manufacturing together, small industry included, was {figures} of the province's "
            "product (GRDP{prices}) in {year}; a part cannot be larger than the whole. The "
            "statement stands only if it means another measure of the economy, which it does not "
            "name.",
            figures=_figures(page, claim, result.differing),
            prices=page.say(", constant 2010 prices")
            if all("constant" in item.indicator for item in result.differing)
            else "",
            year=claim.time_period,
        )
    return page.say(
        "Other sources give {figures}.", figures=_figures(page, claim, result.differing)
    )


def _unchecked(page: Page, claim: Statement) -> str:
    reasons = {
        "imk_establishments": _no_count(page, claim),
        "ikm_growth": page.say(
            "The statement does not say of what: of establishments, workers, output or value "
            "added. Each reading that has figures stands in the section on small industry, none "
            "preferred."
        ),
        "pad_growth": page.say(
            "No figure collected here splits the province's own-source revenue by who paid it."
        ),
        "raw_export_share": page.say(
            "It names no figure, and product lists of two comparable years are not in the "
            "collection."
        ),
        "unit_value_processed_over_raw": page.say(
            "It would need value and weight of the same good raw and processed, in customs "
            "figures of one year."
        ),
        "raw_rattan_shipped_out": page.say(
            "No figure of rattan sent to other provinces is in the collection; foreign trade does "
            "not contain it."
        ),
    }
    fallback = page.say("No figure of the same thing and period is in the collection.")
    return reasons.get(claim.indicator, fallback)


def _no_count(page: Page, claim: Statement) -> str:
    if not claim.other_years:
        return page.say("No count is in the collection.")
    counts = page.language.listing(
        [f"{page.language.number(value)} ({year})" for year, value, _ in claim.other_years[-3:]]
    )
    return page.say(
        "No count for {year} is among the figures collected here. They have: {counts}.",
        year=claim.time_period,
        counts=counts,
    )


def _figures(page: Page, claim: Statement, evidence: tuple[Evidence, ...]) -> str:
    figures = [
        f"{_amount(page, claim, item.value)} ({page.cite(item.source_ids)})" for item in evidence
    ]
    return page.language.listing(figures)


def _amount(page: Page, claim: Statement, value: float) -> str:
    if claim.unit == "million USD":
        return page.language.money(value)
    if claim.unit.startswith("percent"):
        return page.language.percent(value)
    return page.language.number(value)


def _sources(claim: Statement) -> list[str]:
    ids = [source for item in claim.evidence for source in item.source_ids]
    ids += [source for _, _, source in claim.other_years[-3:]]
    return sorted({claim.source_id, *ids})
