"""Write JSON that people can read and compare line by line, at the speed of JSON on one line."""

import json
from typing import Any

_ON_ONE_LINE = json.JSONEncoder(ensure_ascii=False, sort_keys=True)


def json_text(content: Any, depth: int) -> str:
    """Return content as JSON with its names in order; what lies ``depth`` levels deep on one line.

    The json module indents ten times slower than it writes, and to the last level.

    >>> print(json_text({"b": {"d": [1, 2], "c": {}}, "a": "é"}, 2))
    {
     "a": "é",
     "b": {
      "c": {},
      "d": [1, 2]
     }
    }
    """
    return _text(content, depth, "\n")


def _text(part: Any, depth: int, line: str) -> str:
    if not depth or not part or not isinstance(part, dict | list):
        return _ON_ONE_LINE.encode(part)
    inner = f"{line} "
    if isinstance(part, dict):
        names = sorted(part)
        texts = [
            f"{_ON_ONE_LINE.encode(name)}: {_text(part[name], depth - 1, inner)}" for name in names
        ]
        opened, closed = "{", "}"
    else:
        texts = [_text(each, depth - 1, inner) for each in part]
        opened, closed = "[", "]"
    return f"{opened}{inner}{f',{inner}'.join(texts)}{line}{closed}"
