"""Figures of what is sold: products and how far they are processed."""

import pandas as pd

from analysis.catalog.composition import Composition
from analysis.report import display, theme, words
from analysis.report.figures.axes import short
from analysis.report.page import Page


def composition(page: Page, shown: Composition) -> None:
    """Draw the listed products of one period by size, with their stage and what is not listed."""
    products = shown.products.sort_values("value")
    unlisted = max(shown.total - products["value"].sum(), 0.0)
    labels = [
        page.say("not listed"),
        *(
            f"{row['item']} {short(row[f'name_{page.language.code}'])}"
            for _, row in products.iterrows()
        ),
    ]
    values = [unlisted, *products["value"]]
    stages = ["unlisted", *products["stage"].replace("unclassified", "unlisted")]
    with theme.styled():
        figure = theme.new_figure(1.1 + 0.42 * len(values))
        axes = figure.subplots()
        bars = axes.barh(labels, values, color=[theme.STAGES[s] for s in stages], edgecolor="white")
        for bar, stage in zip(bars, stages, strict=True):
            bar.set_hatch(theme.STAGE_HATCHES[stage])
        axes.bar_label(
            bars, [page.language.number(100 * v / shown.total, 1) + "%" for v in values], padding=4
        )
        axes.grid(visible=False)
        axes.set_xticks([])
        axes.spines["bottom"].set_visible(False)
        axes.margins(x=0.15)
        axes.set_title(page.say("Percent of exports"))
        used = [s for s in theme.STAGES if s in stages and s != "unlisted"]
        handles = [bars[stages.index(stage)] for stage in used]
        figure.legend(
            handles,
            [words.stage(page.language, stage) for stage in used],
            loc="outside lower center",
            ncols=2,
        )
    largest = products.iloc[-1]
    display.show_figure(
        figure,
        "composition",
        caption=page.say(
            "Exports of {province} by product (HS chapter), {period}: {coverage} percent of the "
            "total is listed. Exports FOB, {basis}.",
            province=page.place,
            period=page.language.period(shown.time_period),
            coverage=page.language.number(shown.coverage_percent),
            basis=words.basis(page.language, shown.basis),
        ),
        alt=page.language.count(
            "A bar for the one listed product, {product}, with {share} percent of exports; "
            "{unlisted} percent are not listed.",
            "Bars of {number} listed products. The largest is {product} with {share} percent of "
            "exports; {unlisted} percent are not listed.",
            len(products),
            product=largest[f"name_{page.language.code}"],
            share=page.language.number(100 * largest["value"] / shown.total, 1),
            unlisted=page.language.number(100 * unlisted / shown.total, 1),
        ),
        source=page.source_line(shown.source_ids),
        data=pd.DataFrame(
            {
                "hs": ["", *products["item"]],
                "name": [page.say("not listed"), *products[f"name_{page.language.code}"]],
                "stage": stages,
                "value_usd_million": values,
            }
        ).iloc[::-1],
    )
