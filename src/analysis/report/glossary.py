"""Links from a report's words to their explanation on the page of methods."""

import re

from analysis.errors import NeracaError

#: What the pages of methods explain; each stands there at the anchor `term-…`, in both languages.
TERMS = frozenset(
    {
        "backtest",
        "break",
        "cannot-be-checked",
        "certificate-of-origin",
        "cif",
        "coincidence",
        "comparative-advantage",
        "completed-year",
        "confirmed",
        "constant-prices",
        "contradicted",
        "cover-ratio",
        "data-vintage",
        "disputed",
        "doubtful",
        "downstreaming",
        "equivalent-number",
        "export-basis",
        "false-discovery-rate",
        "fob",
        "forecast",
        "grdp",
        "hhi",
        "hs",
        "ibs",
        "ikm",
        "imk",
        "imports-by-use",
        "interval",
        "modelled-month",
        "normalized-balance",
        "obs-status",
        "origin",
        "p-value",
        "pad",
        "partial-pooling",
        "port-of-loading",
        "provisional",
        "raw-share",
        "repeats-one-source",
        "scenario",
        "seasonal-naive",
        "seasonally-adjusted",
        "series-break",
        "shift-share",
        "surplus",
        "target-path",
        "trade-balance",
        "trend",
        "unit-value",
        "value-added",
    }
)

# From reports/<language>/<province>/<year>/index.html.
_PAGES = {"id": "../../../../methods.html", "en": "../../../../en/methods.html"}
_MARKED = re.compile(r"\[([^\[\]]+)\]\(#term-([^()\s]*)\)")


def link(language_code: str, term: str, text: str) -> str:
    """Link words on a report's page to the term that explains them, on the page of methods.

    `language_code` is `id` or `en`, `term` one of `TERMS`; `text` is Markdown without brackets.

    Raises:
        NeracaError: for an unknown term or language, or words that cannot be linked.

    >>> link("en", "cover-ratio", "cover ratio")
    '[cover ratio](../../../../en/methods.html#term-cover-ratio)'

    """
    if term not in TERMS:
        raise NeracaError(
            f"The glossary has no term {term!r}; explain it on both pages of methods at the anchor "
            f"#term-{term} and add it to analysis.report.glossary.TERMS."
        )
    if language_code not in _PAGES:
        raise NeracaError(f"There is no glossary in the language {language_code!r}; use id or en.")
    if not text.strip() or re.search(r"[\[\]]", text):
        raise NeracaError(
            f"The words {text!r} cannot be linked to {term}; give some, without brackets."
        )
    return f"[{text}]({_PAGES[language_code]}#term-{term})"


def link_terms(language_code: str, text: str, linked: set[str]) -> str:
    """Link the terms that a text marks at their first use, and unmark them at later ones.

    A term is marked in the text, and in its translation, as `[words](#term-name)`. `linked` holds
    the terms that earlier texts of the same notebook have linked; those linked here are added to
    it. Other links stay as they are. Raises NeracaError as `link` does.

    >>> linked = {"fob"}
    >>> link_terms("id", "[Ekspor FOB](#term-fob), [impor CIF](#term-cif)", linked)
    'Ekspor FOB, [impor CIF](../../../../methods.html#term-cif)'
    >>> sorted(linked)
    ['cif', 'fob']
    """

    def linked_once(found: re.Match[str]) -> str:
        words, term = found.groups()
        whole = link(language_code, term, words)
        if term in linked:
            return words
        linked.add(term)
        return whole

    return _MARKED.sub(linked_once, text)
