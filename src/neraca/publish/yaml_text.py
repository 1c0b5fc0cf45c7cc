"""Read YAML through the library in C where there is one, which takes a tenth of the time."""

from typing import Any

import yaml

# What is written goes through Python's own everywhere, since the two do not write the same bytes.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str) -> Any:
    r"""Return the content of a YAML text.

    >>> read_yaml("toc: true\ntoc-depth: 2")
    {'toc': True, 'toc-depth': 2}
    """
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 (both loaders are safe ones)
