"""Measure how much better the forecasts are than the seasonal naive one, against set bars.

`make skill` runs this, prints every candidate beside the nested choice, and writes
`forecast_skill.json` beside this file. It fails where a bar is missed.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.catalog import Catalog
from analysis.catalog.trade import all_trade_flows
from analysis.indicators.series import NotComputed
from analysis.models.forecast import ORIGIN_STEP, SEED, Backtest, backtest_flow
from analysis.parameters.provinces import load_provinces

RESULT = Path(__file__).with_suffix(".json")

#: What a report promises: the error relative to the seasonal naive forecast, on average over both
#: flows, and the share of what came that lay in the 80 percent interval, for each.
MOST_RATIO = 0.80
COVERAGE = (0.72, 0.88)

LEVEL = 0.80
LONG = {"first_month": "2015-01", "last_month": "2025-12", "first_origin": 60, "horizon": 12}
SHORT = {"first_month": "2022-01", "last_month": "2025-12", "first_origin": 36, "horizon": 6}

NESTED = "chosen at each origin"

Flows = Iterator[tuple[str, str, pd.Series]]
Result = dict[str, Any]


def measure() -> Result:
    """Score the flows of Lampung, and beside them those of every province with 48 months."""
    flows = list(all_flows(2025))
    lampung = (flow for flow in flows if flow[0] == "lampung")
    complete = (flow for flow in flows if months(flow[2], SHORT).notna().all())
    return score(lampung, LONG) | {
        "bars": {"mean_ratio": MOST_RATIO, "coverage_80": list(COVERAGE)},
        "every_province_with_48_months": score(complete, SHORT),
    }


def all_flows(year: int) -> Flows:
    """Give the exports and imports of every province as a report of a year models them."""
    provinces = [each for each in load_provinces().all if not each.is_country]
    for code, flows in all_trade_flows(Catalog(), provinces, year).items():
        slug = load_provinces().by_code(code).slug
        basis = flows.main_basis(year)
        for flow in ("export", "import"):
            yield slug, flow, flows.comparable(flow, basis)


def months(flow: pd.Series, settings: Result) -> pd.Series:
    """Take a flow's months of a span, missing ones as such."""
    span = pd.period_range(settings["first_month"], settings["last_month"], freq="M")
    return flow.reindex(span)


def score(flows: Flows, settings: Result) -> Result:
    """Backtest flows under the same settings, and give the mean of their ratios."""
    series, left_out = [], []
    for province, flow, values in flows:
        known = months(values, settings)
        result = backtest_flow(known, settings["horizon"], settings["first_origin"], LEVEL, SEED)
        if isinstance(result, NotComputed):
            left_out.append({"province": province, "flow": flow, "lacks": result.unit.value})
        else:
            series.append({"province": province, "flow": flow} | entry(result))
    ratios = pd.Series([each["ratio"] for each in series])
    candidates = pd.DataFrame([each["candidates"] for each in series]).mean()
    return {
        "settings": settings | {"origin_step": ORIGIN_STEP, "level": LEVEL, "seed": SEED},
        "mean_ratio": round(float(ratios.mean()), 4),
        "median_ratio": round(float(ratios.median()), 4),
        "better_than_naive": int((ratios < 1).sum()),
        "mean_candidates": {str(name): round(float(each), 4) for name, each in candidates.items()},
        "series": series,
        "not_computed": left_out,
    }


def entry(result: Backtest) -> Result:
    """Put a backtest into plain values."""
    ratios = result.candidates["ratio"]
    interval = result.ratio_interval
    return {
        "ratio": round(result.ratio, 4),
        "ratio_interval": [round(interval.lower, 4), round(interval.upper, 4)],
        "coverage_80": round(result.coverage, 4),
        "mean_absolute_error": round(result.mean_absolute_error, 3),
        "candidates": {str(name): round(float(ratio), 4) for name, ratio in ratios.items()},
        "best_after_the_fact": str(ratios.idxmin()),
        "origins": len(result.origins),
        "choices": result.choices.tolist(),
        "comparisons": result.errors,
    }


def missed(result: Result) -> list[str]:
    """Say of every bar that is missed by how much."""
    found = []
    if result["mean_ratio"] > MOST_RATIO:
        found.append(f"the mean ratio is {result['mean_ratio']}, above {MOST_RATIO}")
    low, high = COVERAGE
    found += [
        f"{each['coverage_80']:.1%} of Lampung's {each['flow']}s lay in the 80 percent interval, "
        f"not {low:.0%} to {high:.0%}"
        for each in result["series"]
        if not low <= each["coverage_80"] <= high
    ]
    return found


def lines(result: Result) -> Iterator[str]:
    """Write the result as a table of plain text."""
    yield "Mean absolute error as a ratio to the seasonal naive forecast's, Lampung:"
    for each in result["series"]:
        low, high = each["ratio_interval"]
        yield ""
        yield f"  {each['flow']}s, {each['origins']} origins, {each['comparisons']} months"
        yield f"    {NESTED:<28}{each['ratio']:.3f} ({low:.3f} to {high:.3f})"
        yield from ranked(each["candidates"])
        yield f"    {each['coverage_80']:.1%} of what came lay in the 80 percent interval"
    yield ""
    yield f"  mean of both: {result['mean_ratio']:.3f} (at most {MOST_RATIO:.2f})"
    beside = result["every_province_with_48_months"]
    yield ""
    yield f"Every province with 48 months, {SHORT['horizon']} ahead, without a bar:"
    yield ""
    yield f"  {'':<36}{'ratio':<8}{'interval':<18}{'covered':<10}best after the fact"
    for each in beside["series"]:
        low, high = each["ratio_interval"]
        best = each["best_after_the_fact"]
        yield (
            f"  {each['province'] + ', ' + each['flow'] + 's':<36}{each['ratio']:<8.3f}"
            f"{f'{low:.3f} to {high:.3f}':<18}{each['coverage_80']:<10.0%}"
            f"{best} {each['candidates'][best]:.3f}"
        )
    yield ""
    yield f"  mean of {len(beside['series'])} flows, {beside['better_than_naive']} below 1"
    yield f"    {NESTED:<28}{beside['mean_ratio']:.3f} (median {beside['median_ratio']:.3f})"
    yield from ranked(beside["mean_candidates"])


def ranked(candidates: dict[str, float]) -> Iterator[str]:
    """List candidates from the best to the worst, and say that hindsight chose the best."""
    for rank, (name, ratio) in enumerate(sorted(candidates.items(), key=lambda item: item[1])):
        yield f"    {name:<28}{ratio:.3f}{'' if rank else ' best after the fact'}"


def main() -> int:
    """Measure, write and print; the exit code says whether every bar is reached."""
    result = measure()
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    sys.stdout.writelines(f"{line}\n" for line in lines(result))
    below = missed(result)
    for sentence in below:
        sys.stderr.write(f"A bar is missed: {sentence}.\n")
    return 1 if below else 0


if __name__ == "__main__":
    sys.exit(main())
