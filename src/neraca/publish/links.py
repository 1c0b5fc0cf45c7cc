"""Spare pandoc the plain links, which would take it half of the time it has for a report.

pandoc tries the words of a link in several ways before it takes them for one. A link whose words
and address have nothing to interpret is put aside before pandoc reads the page, and put in its
place, as pandoc would have written it, afterwards.
"""

import json
import re
from dataclasses import dataclass, field

_MARK = "neraca-link:"
# A line of text: no heading, whose anchor is made of its words, and no row of a table.
_LINE = re.compile(r"^[^#|\n].*$", re.MULTILINE)
# What draws a table or a heading by the place of its signs, which a mark would shift.
_DRAWN = re.compile(r"^ *\+?(?:[-=]{2,}[-+= ]*)$", re.MULTILINE)
_LINK_IN_CODE = re.compile(r"`[^`]*\]\([^`]*`")
# Signs that mean something to Markdown are left out, and a full stop that may end a word.
_LINK = re.compile(
    r"(?<![!\\\]`])"
    r"\[((?:[^\W_]|[ ,:;/%()-]|(?<!-)–|\.(?=[^\W_])|(?<=[^\W_])_(?=[^\W_]))+)\]"
    r"\((?:<(https?://(?:[^\W_]|[/.~?=%#+,;:@!*_-])+)>|((?:[^\W_]|[/.#_-])+))\)"
    r'(?:\{lang="([a-z]+)"\})?(?![{`[(])'
)


@dataclass
class PlainLinks:
    """The links put aside of one text, in their order."""

    links: list[re.Match[str]] = field(default_factory=list)

    def put_aside(self, text: str) -> str:
        """Return the text with a mark for each plain link.

        >>> PlainLinks().put_aside("- [BPS, 2025](<https://bps.go.id>) and [*b*](<https://b.id>)")
        '- `neraca-link:0` and [*b*](<https://b.id>)'
        """
        if _MARK in text or _DRAWN.search(text):
            return text
        return _LINE.sub(lambda line: self._without_links(line[0]), text)

    def put_back(self, tree: str) -> str:
        """Return pandoc's tree, as JSON, with the links in the place of their marks."""
        if not self.links:
            return tree
        marked = re.compile(
            rf'\{{"t":"Code","c":\[\["",\[\],\[\]\],"{_MARK}(\d+)"\]\}}|`{_MARK}(\d+)`'
        )
        return marked.sub(
            lambda found: (
                self._node(self.links[int(found[1])])
                if found[1]
                else json.dumps(self.links[int(found[2])][0])[1:-1]
            ),
            tree,
        )

    def _without_links(self, line: str) -> str:
        if line.count("`") % 2 or _LINK_IN_CODE.search(line):
            return line
        return _LINK.sub(self._mark, line)

    def _mark(self, link: re.Match[str]) -> str:
        if "--" in link[1] or link[1] != " ".join(link[1].split()):
            return link[0]
        self.links.append(link)
        return f"`{_MARK}{len(self.links) - 1}`"

    def _node(self, link: re.Match[str]) -> str:
        words: list[object] = []
        for word in link[1].split():
            words += [{"t": "Str", "c": word}, {"t": "Space"}]
        language = [["lang", link[4]]] if link[4] else []
        content = [["", [], language], words[:-1], [link[2] or link[3], ""]]
        return json.dumps({"t": "Link", "c": content}, ensure_ascii=False)
