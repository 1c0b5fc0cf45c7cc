"""Write a document as a tagged PDF for print, through typst."""

import datetime
import importlib.util
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from babel.dates import format_date

from analysis.errors import NeracaError
from neraca.publish.configuration import Configuration
from neraca.publish.document import (
    Document,
    Node,
    callout_kind,
    callout_parts,
    leads_elsewhere,
    only_on_web,
    walk,
)
from neraca.publish.images import svg_size
from neraca.publish.words import Word, word

_TEMPLATE = Path(__file__).parent / "paper.typ"
_TYPESETTER = Path(__file__).parent / "typesetter.py"
# Signs that may mean something to typst, which none does within a word or number, and a comma or
# the end of a bracket not after one. Each that is escaped is a text of its own, and takes its time.
_PUNCTUATION = re.compile(
    r"(?!(?<=[^\W_])[.,](?=[^\W_])|(?<=[^\W\d_])(?:-(?=[^\W\d_])|\.$)|(?<=[^\W_])[,)%])"
    r"([!-/:-@\[-`{-~])"
)
_FUNCTIONS = {
    "Emph": "emph",
    "Strong": "strong",
    "Strikeout": "strike",
    "Superscript": "super",
    "Subscript": "sub",
}
_QUOTES = {"SingleQuote": ("‘", "’"), "DoubleQuote": ("“", "”")}
_ALIGNMENTS = {"AlignRight": "right", "AlignCenter": "center"}
# Of a figure, in widths of the text, and as in paper.lua: its width, its letters then a little
# smaller than the text's, and its height, so that text and figure share a page.
_WIDEST, _TALLEST = 0.74, 1.0
_SHORT_BOX = 8  # items of lists; a box with more may go on over the page
# typst allocates a hundred megabytes piece by piece. Given to it at once and in large pages, where
# the system's library can do that, they take a sixth less of its time; others ignore this.
_ALLOCATION = "glibc.malloc.hugetlb=1:glibc.malloc.top_pad=134217728"


def pdf(document: Document, configuration: Configuration, figures: Path) -> bytes:
    """Return the document as a PDF; `figures` is the directory that its images are in.

    The PDF's time stamp is the document's date, so equal input gives equal bytes.
    Raises NeracaError with typst's own message when typst refuses the document.
    """
    with printing(document, configuration, figures) as printed:
        return printed()


@contextmanager
def printing(
    document: Document, configuration: Configuration, figures: Path
) -> Iterator[Callable[[], bytes]]:
    """Let typst print the document as ``pdf`` does, while the block does something else.

    The block is given what waits for the PDF and returns it. When the block ends without having
    waited, by an error or an interrupt, typst is ended.
    """
    source = _TEMPLATE.read_text(encoding="utf-8") + typst_source(document, configuration, figures)
    request = {
        "source": source,
        "root": str(figures),
        "fonts": _fonts(),
        "standard": configuration.pdf_standard,
        "timestamp": _seconds(document.date),
    }
    # Files, since of a pipe one side would have to wait until the other one has read.
    with TemporaryFile() as asked, TemporaryFile() as made, TemporaryFile() as refused:
        asked.write(json.dumps(request).encode())
        asked.seek(0)
        process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-P", str(_TYPESETTER)],
            stdin=asked,
            stdout=made,
            stderr=refused,
            env={**os.environ, "GLIBC_TUNABLES": _tunables()},
        )

        def printed() -> bytes:
            code = process.wait()
            if code:
                said = _content(refused).decode(errors="replace").strip()
                reason = said or f"it ended with {code}"
                raise NeracaError(f"typst cannot make the PDF of '{document.title}': {reason}")
            return _content(made)

        try:
            yield printed
        finally:
            process.kill()  # nothing happens to one that has ended
            process.wait()


def _content(file: IO[bytes]) -> bytes:
    """Read a file, which another process has written, from its beginning."""
    file.seek(0)
    return file.read()


def _tunables() -> str:
    """Add to what the environment says of allocation; what it says itself comes last and counts."""
    return ":".join(filter(None, [_ALLOCATION, os.environ.get("GLIBC_TUNABLES")]))


def typst_source(document: Document, configuration: Configuration, figures: Path) -> str:
    """Return the typst markup of a document, without the template that defines its look."""
    date = document.date
    contents = word("contents", document.language) if document.contents(configuration) else ""
    settings = {
        "title": document.title,
        "description": document.description,
        "language": document.language,
        "site": configuration.site_title,
        "date": format_date(date, format="long", locale=document.language) if date else "",
        "contents": contents,
        "vintage-word": word("data_until", document.language),
        "page-word": word("page", document.language),
    }
    given = [f"{name}: {_string(value)}" for name, value in settings.items()]
    given.append(f"depth: {configuration.contents_depth}")
    given.append(f"numbered: {str(document.numbers_sections(configuration)).lower()}")
    margin = ", ".join(f"{side}: {length}" for side, length in configuration.margin.items())
    page = f"#set page(paper: {_string(configuration.paper)}, margin: ({margin}))"
    body = _Writer(document, configuration, figures).blocks(document.blocks)
    return f"\n{page}\n#show: report.with({', '.join(given)})\n\n{body}\n"


@lru_cache(maxsize=4096)  # a page has most of its words several times
def escape(text: str) -> str:
    r"""Return text so that typst prints it as it is.

    >>> print(escape("1. US$ 5 #x"))
    1\. US\$ 5 \#x
    >>> print(escape("kata-kata, 6.637,7 (FOB); ..."))
    kata-kata, 6.637,7 \(FOB)\; \.\.\.
    """
    return text if text.isalnum() else _PUNCTUATION.sub(r"\\\1", text)


def _string(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _seconds(date: datetime.date | None) -> int:
    """Return the seconds from 1970 to the beginning of a date; 0 without one."""
    return (date - datetime.date(1970, 1, 1)).days * 86400 if date else 0


def _fonts() -> list[str]:
    """Give where matplotlib's fonts are, for the letters in figures; typst has others itself."""
    found = importlib.util.find_spec("matplotlib")
    if not found or not found.origin:
        return []
    return [str(Path(found.origin).parent / "mpl-data" / "fonts" / "ttf")]


@dataclass
class _Writer:
    """Write pandoc's nodes as typst markup."""

    document: Document
    configuration: Configuration
    figures: Path

    def word(self, name: Word) -> str:
        return word(name, self.document.language)

    def blocks(self, blocks: list[Node]) -> str:
        return "\n\n".join(self._block(block) for block in blocks)

    def inlines(self, inlines: list[Node]) -> str:
        return "".join([self._inline(node) for node in inlines])

    def _block(self, block: Node) -> str:
        written: str = getattr(self, f"_{block['t'].lower()}")(block.get("c"))
        return written

    def _plain(self, content: list[Node]) -> str:
        return self.inlines(content)

    def _para(self, content: list[Node]) -> str:
        return self.inlines(content)

    def _codeblock(self, content: list[Any]) -> str:
        return f"#raw({_string(content[1])}, block: true)"

    def _blockquote(self, content: list[Node]) -> str:
        return f"#quote(block: true)[{self.blocks(content)}]"

    def _bulletlist(self, content: list[list[Node]]) -> str:
        return f"#list({self._items(content)})"

    def _orderedlist(self, content: list[Any]) -> str:
        (start, _, _), items = content
        return f"#enum(start: {start}, {self._items(items)})"

    def _items(self, items: list[list[Node]]) -> str:
        return ", ".join(f"[{self.blocks(item)}]" for item in items)

    def _definitionlist(self, content: list[Any]) -> str:
        items = [
            f"terms.item([{self.inlines(term)}], "
            f"[{self.blocks([block for definition in definitions for block in definition])}])"
            for term, definitions in content
        ]
        return f"#terms({', '.join(items)})"

    def _horizontalrule(self, content: None) -> str:
        return "#line(length: 100%, stroke: 0.5pt + gray)"

    def _header(self, content: list[Any]) -> str:
        level, (identifier, _, _), inlines = content
        top = min(heading.level for heading in self.document.headings)
        return f"#heading(level: {level - top + 1})[{self.inlines(inlines)}]{_label(identifier)}"

    def _div(self, content: list[Any]) -> str:
        (identifier, classes, attributes), blocks = content
        if only_on_web(attributes):
            return ""
        kind: Any = callout_kind(classes)
        if kind:
            title, body = callout_parts(blocks)
            name = self.inlines(title) if title else self.word(kind)
            long = sum(len(node["c"]) for node in walk(body) if node["t"] == "BulletList")
            breakable = str(long > _SHORT_BOX).lower()
            return f'#notice("{kind}", [{name}], [{self.blocks(body)}], breakable: {breakable})'
        if "cards" in classes:
            cards = ", ".join(f"[{self._block(block)}]" for block in blocks)
            return f"#cards({cards})"
        inner = self._in_language(attributes, self.blocks(blocks))
        if "statement" in classes:
            inner = f"#statement[{inner}]"
        return f"#block[{inner}]{_label(identifier)}" if identifier else inner

    def _exhibit(self, content: list[Any]) -> str:
        exhibit, source = content
        line = f"[{self.inlines(source)}]" if source else "none"
        if exhibit["t"] == "Figure":
            return self._figure(exhibit["c"], line)
        return self._table(exhibit["c"], line)

    def _figure(self, figure: list[Any], source: str) -> str:
        (identifier, _, _), caption, body = figure
        (_, _, attributes), _, (target, _) = body[0]["c"][0]["c"]
        width, height = svg_size(self.figures / target)
        share = min(_WIDEST, _TALLEST * width / height)
        return (
            f"#picture({_string('/' + target)}, {_string(dict(attributes)['fig-alt'])}, "
            f"{share * 100:.1f}%, {self._named(identifier, caption)}, {source}, "
            f"label({_string(identifier)}))"
        )

    def _named(self, identifier: str, caption: list[Any]) -> str:
        """Return what the figure or table is called, and its caption."""
        text = "".join(self._block(block) for block in caption[1])
        return f"[{self._name(identifier)}], [{text}]"

    def _kind(self, identifier: str) -> str:
        kind: Any = identifier[:3]
        return self.word(kind)

    def _name(self, identifier: str) -> str:
        return f"{self._kind(identifier)}\u00a0{escape(self.document.numbers[identifier])}"

    def _table(self, table: list[Any], source: str) -> str:
        (identifier, _, _), caption, columns, head, bodies, _ = table
        alignments = [_ALIGNMENTS.get(column[0]["t"], "left") for column in columns]
        grid = (
            f"({', '.join(alignments)},), "
            f"({_arguments(head[1], self)}), ({_arguments(_rows(bodies), self)})"
        )
        if not identifier:
            return f"#data-table({grid})"
        return (
            f"#exhibit-table({grid}, {self._named(identifier, caption)}, {source}, "
            f"label({_string(identifier)}))"
        )

    def _inline(self, node: Node) -> str:
        kind: str = node["t"]
        content: Any = node.get("c")
        if kind == "Str":
            return escape(content)
        if kind in {"Space", "SoftBreak"}:
            return " "
        if kind == "LineBreak":
            return "#linebreak()"
        if kind in _FUNCTIONS:
            return f"#{_FUNCTIONS[kind]}[{self.inlines(content)}]"
        written: str = getattr(self, f"_{kind.lower()}")(content)
        return written

    def _rawinline(self, content: list[str]) -> str:
        return ""  # only comments come this far

    def _quoted(self, content: list[Any]) -> str:
        before, after = _QUOTES[content[0]["t"]]
        return f"{before}{self.inlines(content[1])}{after}"

    def _code(self, content: list[Any]) -> str:
        return f"#raw({_string(content[1])}){_label(content[0][0])}"

    def _link(self, content: list[Any]) -> str:
        (identifier, _, attributes), inlines, (target, _) = content
        if not target.startswith("#") and not leads_elsewhere(target):
            return self._span(content[:2])  # paper cannot follow it to another page of the site
        text = self._in_language(attributes, self.inlines(inlines))
        address = f"label({_string(target[1:])})" if target.startswith("#") else _string(target)
        return f"#link({address})[{text}]{_label(identifier)}"

    def _in_language(self, attributes: list[list[str]], text: str) -> str:
        language = dict(attributes).get("lang")
        return f'#text(lang: "{language}")[{text}]' if language else text

    def _span(self, content: list[Any]) -> str:
        (identifier, classes, attributes), inlines = content
        if only_on_web(attributes):
            return ""
        text = self._in_language(attributes, self.inlines(inlines))
        for name in ("source", "value", "label"):
            if name in classes:
                text = f"#{name}-text[{text}]"
        if "verdict" in classes:
            text = f"#verdict({_string(classes[-1])})[{text}]"
        return f"#box[{text}]{_label(identifier)}" if identifier else text

    def _cite(self, content: list[Any]) -> str:
        links = []
        for citation in content[0]:
            identifier = citation["citationId"]
            bare = citation["citationMode"]["t"] == "SuppressAuthor"
            text = escape(self.document.numbers[identifier]) if bare else self._name(identifier)
            links.append(f"#link(label({_string(identifier)}))[{text}]")
        return ", ".join(links)

    def _note(self, content: list[Node]) -> str:
        return f"#footnote[{self.blocks(content)}]"


def _rows(bodies: list[Any]) -> list[Any]:
    return [row for body in bodies for row in body[3]]


def _arguments(rows: list[Any], writer: _Writer) -> str:
    """Return the cells of rows as the items of a typst array."""
    return "".join(f"[{writer.blocks(cell[4])}], " for row in rows for cell in row[1])


def _label(identifier: str) -> str:
    return f"#label({_string(identifier)})" if identifier else ""
