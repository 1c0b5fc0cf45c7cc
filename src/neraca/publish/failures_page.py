"""Write the source of the page that says of each report that could not be made why."""

import re

from neraca.publish.collection import Collection, Key
from neraca.publish.failures import Failure
from neraca.publish.province_page import escape, front_matter, home
from neraca.publish.site_words import say

DIRECTORY = "failed"  # stands among the provinces of a language


def failures_page(collection: Collection, language: str) -> str:
    """Return the Markdown of the page in a language; empty if no report in it failed."""
    names = {province.slug: province.name(language) for province in collection.provinces}
    order = list(names)
    failed = sorted(
        (key for key in collection.failed if key.language == language),
        key=lambda key: (order.index(key.province), -key.year),
    )
    if not failed:
        return ""
    entries = [_entry(key, names[key.province], collection.failed[key]) for key in failed]
    back = f"[{say('back', language)}]({home(language)})\n"
    head = front_matter(say("failures_title", language), say("failures_lead", language), language)
    return "\n\n".join([head, *entries, back])


def anchor(key: Key) -> str:
    """Return the name of the place on the page that is about a report.

    >>> anchor(Key("id", "lampung", 2025))
    'lampung-2025'
    """
    return f"{key.province}-{key.year}"


def _entry(key: Key, name: str, failure: Failure) -> str:
    command = f"neraca report {key.province} {key.year} --language {key.language}"
    return "\n\n".join(
        [
            f"## {escape(name)} {key.year} {{#{anchor(key)}}}",
            _verbatim(failure.message),
            *_parameters(key, failure),
            *([_verbatim(failure.traceback)] if failure.traceback else []),
            f"{say('try_again', key.language)} `{command}`",
        ]
    )


def _parameters(key: Key, failure: Failure) -> list[str]:
    """Say in a paragraph what was asked for, where that is known."""
    given = [f"`{name} = {value}`" for name, value in failure.parameters.items()]
    return [f"{say('asked_for', key.language)} {', '.join(given)}"] if given else []


def _verbatim(text: str) -> str:
    """Show what a program said, in English, as it is.

    The fence is longer than any run of backticks in it.

    >>> print(_verbatim("no ```end``` here"))
    ::: {lang="en"}
    ````
    no ```end``` here
    ````
    :::
    """
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f'::: {{lang="en"}}\n{fence}\n{text.strip()}\n{fence}\n:::'
