"""Words: probabilities, needs and names, each with its own in both languages."""

import re

import pytest
from report_samples import sound

from analysis.catalog.coverage import MONTHLY_SUBJECTS, YEARLY_SUBJECTS, State
from analysis.catalog.industry import AUTHORITY_COUNTS, READINGS, LeftOut
from analysis.indicators.series import NotComputed, Unit
from analysis.indicators.statements import Verdict
from analysis.models.panel import Estimator
from analysis.report import sections, words
from analysis.report.locale import Language


@pytest.mark.parametrize(
    "text",
    ["a {place}", "it is nan", "it is None percent", "a  gap", "4.583,01 and 4,583.01", "in ()"],
)
def test_what_is_not_sound(page, text):
    with pytest.raises(AssertionError):
        sound(page, text)


@pytest.mark.parametrize("chance", [0.0, 0.02, 0.3, 0.5, 0.64, 0.7, 0.96, 1.0])
def test_probability(page, chance):
    text = sound(page, words.probability(page.language, chance))
    assert not re.search(r"\b(0|100)\b", text), "never quite impossible, never certain"


def test_probabilities_in_words():
    say = Language("en")
    assert words.probability(say, 0.01) == "less than 5 percent (unlikely)"
    assert words.probability(say, 0.5) == "about 50 percent (about even)"
    assert words.probability(say, 0.99) == "more than 95 percent (likely)"


@pytest.mark.parametrize("unit", list(Unit))
def test_every_need_has_words(page, unit):
    text = sound(page, words.explain(page.language, NotComputed("m", 36, 11, unit)))
    assert "36" in text
    assert "11" in text


def test_every_name_has_words(page):
    language = page.language
    names = [words.basis(language, name) for name in ("origin", "port-of-loading", "")]
    names += [
        words.status(language, name)
        for name in ("published", "derived", "approximate", "estimated")
    ]
    stages = ("raw", "mixed", "processed", "unclassified", "unlisted")
    names += [words.stage(language, name) for name in stages]
    names += [words.balance_word(language, value) for value in (1.0, -1.0, 0.0)]
    names += [words.count_name(language, name) for name in {*READINGS, *AUTHORITY_COUNTS}]
    names += [sections.ledger.verdict_name(page, verdict) for verdict in Verdict]
    names += [
        words.forecast_method(page.language, name)
        for name in (
            "seasonal_naive", "last_twelve_mean", "recent_mean", "local_level",
            "shrunken_level", "airline", "combination",
        )
    ]  # fmt: skip
    assert all(sound(page, name) for name in names)
    assert len(set(names)) == len(names)


def test_every_subject_and_state_has_words(page):
    language = page.language
    subjects = [words.subject(language, name) for name in (*MONTHLY_SUBJECTS, *YEARLY_SUBJECTS)]
    states = [words.state(language, name) for name in State]
    reasons = [words.left_out(language, reason) for reason in LeftOut]
    estimators = [words.estimator(language, name) for name in Estimator]
    known_by = [words.known_by(language, name) for name in ("year", "months", "cumulative")]
    for names in (subjects, states, reasons, estimators, known_by):
        assert all(sound(page, name) for name in names)
        assert len(set(names)) == len(names)
    # Beside a row of a figure on a phone there is room for a short name only.
    assert max(len(words.subject(language, name)) for name in MONTHLY_SUBJECTS) <= 18
