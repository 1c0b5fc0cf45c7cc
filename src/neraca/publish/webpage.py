"""Write a document as an HTML page that needs no script."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from babel.dates import format_date

from neraca.publish.configuration import Configuration, Link
from neraca.publish.document import (
    Document,
    Heading,
    Node,
    callout_kind,
    callout_parts,
    plain_text,
)
from neraca.publish.images import svg_size
from neraca.publish.words import Word, other_language, word

STYLESHEET = "neraca.css"

# It begins with what it is looked for by: a page has up to a million letters.
_SWITCH = re.compile(r'(<li class="language">).*?(</li>)')
_HERE = Path(__file__).parent
_ALIGNMENTS = {"AlignRight": "right", "AlignCenter": "center"}
_LONG = 40  # letters; a column with a longer cell is kept readable on a phone
_SIMPLE_INLINES = {
    "Emph": "em",
    "Strong": "strong",
    "Strikeout": "s",
    "Superscript": "sup",
    "Subscript": "sub",
}
_QUOTES = {"SingleQuote": ("‘", "’"), "DoubleQuote": ("“", "”")}


@dataclass(frozen=True)
class Place:
    """Where a page stands in the site.

    ``source`` is the source's path from the root, with slashes; ``figures`` the directory
    that the page's figures are read from; ``pdf`` tells whether there is a PDF beside it.
    """

    source: str
    figures: Path
    pdf: bool = False

    @property
    def to_root(self) -> str:
        """The relative link from the page to the site's root, with its final slash.

        >>> Place("en/index.qmd", Path()).to_root
        '../'
        """
        return "../" * self.source.count("/")


def html_page(document: Document, configuration: Configuration, place: Place) -> str:
    """Return the whole HTML page of a document."""
    writer = _Writer(document, configuration, place)
    body = writer.blocks(document.blocks)
    navigation = writer.contents()
    template = Template((_HERE / "page.html").read_text(encoding="utf-8"))
    return template.substitute(
        language=document.language,
        title=escape(document.title),
        site=escape(configuration.site_title),
        home=place.to_root + html_target(writer.own_pages()[0].source),
        description=escape(document.description),
        stylesheet=place.to_root + STYLESHEET,
        head="".join(f"{text}\n" for text in document.header_texts()),
        skip=writer.word("skip"),
        navigation_name=writer.word("main_navigation"),
        navigation=writer.navigation(),
        facts=writer.facts(),
        lead=f'<p class="lead">{escape(document.description)}</p>' if document.description else "",
        contents=navigation,
        layout="with-contents" if navigation else "plain",
        body=body,
        footnotes=writer.footnotes(),
        pages=writer.pages(),
    )


def html_target(source: str) -> str:
    """Return the address of the page that a source file becomes.

    >>> html_target("en/methods.qmd#fob"), html_target("data/a.csv")
    ('en/methods.html#fob', 'data/a.csv')
    """
    return re.sub(r"\.qmd(?=#|$)", ".html", source)


def switch_language(page: str, target: str | None, language: str) -> str:
    """Return a page of this language with its link to the other language set to ``target``.

    ``target`` is relative to the page; None takes the link away.

    >>> switch_language('<li class="language"></li>', "en/", "id")
    '<li class="language"><a href="en/" lang="en" hreflang="en" rel="alternate">English</a></li>'
    """
    link = ""
    if target is not None:
        other = other_language(language)
        name = word("other_language", language)
        attributes = f'lang="{other}" hreflang="{other}" rel="alternate"'
        link = f'<a href="{escape(target)}" {attributes}>{name}</a>'
    return _SWITCH.sub(lambda found: f"{found[1]}{link}{found[2]}", page)


def stylesheet() -> str:
    """Return the stylesheet that all pages of the site share."""
    return "".join(
        (_HERE / name).read_text(encoding="utf-8") for name in ("page.css", "content.css")
    )


@dataclass
class _Writer:
    """Write pandoc's nodes as HTML; collects the footnotes on its way."""

    document: Document
    configuration: Configuration
    place: Place
    notes: list[str] = field(default_factory=list)

    def word(self, name: Word) -> str:
        return word(name, self.document.language)

    def own_pages(self) -> list[Link]:
        """Return the navigation's pages in this page's language."""
        english = self.document.language == "en"
        return [
            link
            for link in self.configuration.navigation
            if link.source.startswith("en/") == english
        ]

    def navigation(self) -> str:
        return f'{self.pages()}\n<li class="language"></li>'

    def pages(self) -> str:
        links = []
        for link in self.own_pages():
            current = ' aria-current="page"' if link.source == self.place.source else ""
            target = self.place.to_root + html_target(link.source)
            links.append(f'<li><a href="{target}"{current}>{escape(link.text)}</a></li>')
        return "\n".join(links)

    def facts(self) -> str:
        """Return the line of facts under the title: the data's date and the PDF."""
        facts = []
        if self.document.date:
            date = format_date(self.document.date, format="long", locale=self.document.language)
            iso = self.document.date.isoformat()
            facts.append(f'{self.word("data_until")} <time datetime="{iso}">{date}</time>')
        if self.place.pdf:
            facts.append(f'<a class="button" href="index.pdf">{self.word("download_pdf")}</a>')
        spans = "\n".join(f"<span>{fact}</span>" for fact in facts)
        return f'<p class="facts">{spans}</p>' if facts else ""

    def contents(self) -> str:
        headings = self.document.contents(self.configuration)
        if not headings:
            return ""
        name = self.word("contents")
        return (
            f'<nav class="contents" aria-labelledby="contents-title">\n'
            f'<h2 id="contents-title">{name}</h2>\n{self._contents_list(headings)}\n</nav>'
        )

    def _contents_list(self, headings: list[Heading]) -> str:
        """Nest the headings' links by their level."""
        items: list[str] = []
        while headings:
            first, *others = headings
            nested = 0
            while nested < len(others) and others[nested].level > first.level:
                nested += 1
            link = f'<a href="#{escape(first.identifier)}">{self._heading_text(first)}</a>'
            items.append(f"<li>{link}{self._contents_list(others[:nested])}</li>")
            headings = others[nested:]
        return f"<ul>\n{chr(10).join(items)}\n</ul>" if items else ""

    def _heading_text(self, heading: Heading) -> str:
        text = escape(plain_text(heading.inlines))
        return f"{self._section_number(heading.identifier)}{text}"

    def _section_number(self, identifier: str) -> str:
        if not self.document.numbers_sections(self.configuration):
            return ""
        return f'<span class="number">{self.document.numbers[identifier]}</span> '

    def footnotes(self) -> str:
        if not self.notes:
            return ""
        back = self.word("back")
        items = "\n".join(
            f'<li id="fn{number}">{note} <a href="#fnref{number}" aria-label="{back} {number}">'
            f"&#8617;&#xfe0e;</a></p></li>"
            for number, note in enumerate(self.notes, start=1)
        )
        title = self.word("footnotes")
        return (
            f'<section class="footnotes" aria-labelledby="footnotes-title">\n'
            f'<h2 id="footnotes-title">{title}</h2>\n<ol>\n{items}\n</ol>\n</section>'
        )

    def blocks(self, blocks: list[Node]) -> str:
        return "\n".join(getattr(self, f"_{block['t'].lower()}")(block) for block in blocks)

    def inlines(self, inlines: list[Node]) -> str:
        return "".join([self._inline(node) for node in inlines])

    def _markup(self, block: Node) -> str:
        return str(block["c"])

    def _plain(self, block: Node) -> str:
        return self.inlines(block["c"])

    def _para(self, block: Node) -> str:
        return f"<p>{self.inlines(block['c'])}</p>"

    def _codeblock(self, block: Node) -> str:
        return f'<pre tabindex="0"><code>{escape(block["c"][1])}</code></pre>'

    def _blockquote(self, block: Node) -> str:
        return f"<blockquote>\n{self.blocks(block['c'])}\n</blockquote>"

    def _bulletlist(self, block: Node) -> str:
        return f"<ul>\n{self._items(block['c'])}\n</ul>"

    def _orderedlist(self, block: Node) -> str:
        (start, _, _), items = block["c"]
        first = f' start="{start}"' if start != 1 else ""
        return f"<ol{first}>\n{self._items(items)}\n</ol>"

    def _items(self, items: list[list[Node]]) -> str:
        return "\n".join(f"<li>{self.blocks(item)}</li>" for item in items)

    def _definitionlist(self, block: Node) -> str:
        parts = []
        for term, definitions in block["c"]:
            parts.append(f"<dt>{self.inlines(term)}</dt>")
            parts += [f"<dd>{self.blocks(definition)}</dd>" for definition in definitions]
        return f"<dl>\n{chr(10).join(parts)}\n</dl>"

    def _horizontalrule(self, block: Node) -> str:
        return "<hr>"

    def _header(self, block: Node) -> str:
        level, (identifier, _, _), inlines = block["c"]
        number = self._section_number(identifier)
        return f'<h{level} id="{escape(identifier)}">{number}{self.inlines(inlines)}</h{level}>'

    def _div(self, block: Node) -> str:
        (identifier, classes, attributes), content = block["c"]
        kind = callout_kind(classes)
        if kind:
            return self._callout(kind, attributes, content)
        names = [name for name in classes if name != "content-visible"]
        return f"<div{_attributes(identifier, names, attributes)}>\n{self.blocks(content)}\n</div>"

    def _callout(self, kind: str, attributes: list[list[str]], content: list[Node]) -> str:
        title, body = callout_parts(content)
        name = self.inlines(title) if title else self.word(kind)  # type: ignore[arg-type]
        classes = f"callout callout-{kind}"
        if dict(attributes).get("collapse") == "true":
            return (
                f'<details class="{classes}">\n<summary>{name}</summary>\n'
                f"{self.blocks(body)}\n</details>"
            )
        return (
            f'<div class="{classes}" role="note">\n<p class="callout-title">{name}</p>\n'
            f"{self.blocks(body)}\n</div>"
        )

    def _exhibit(self, block: Node) -> str:
        content, source = block["c"]
        line = f'<p class="source-line">{self.inlines(source)}</p>' if source else ""
        if content["t"] == "Figure":
            return self._figure(content["c"], line)
        return self._table(content["c"], line)

    def _figure(self, figure: list[Any], source: str) -> str:
        (identifier, _, _), caption, body = figure
        image = body[0]["c"][0]
        (_, _, attributes), _, (target, _) = image["c"]
        width, height = svg_size(self.place.figures / target)
        alternative = escape(dict(attributes)["fig-alt"])
        return (
            f'<figure id="{identifier}">\n'
            f'<div class="panel"><img src="{escape(target)}" alt="{alternative}" '
            f'width="{width:.0f}" height="{height:.0f}" loading="lazy" decoding="async"></div>\n'
            f"<figcaption>{self._caption(identifier, caption)}\n{source}</figcaption>\n</figure>"
        )

    def _caption(self, identifier: str, caption: list[Any]) -> str:
        text = "".join(self.blocks([block]) for block in caption[1])
        return f'<p class="caption"><b>{self._label(identifier)}:</b> {text}</p>'

    def _label(self, identifier: str) -> str:
        """Return a label's words, held together: Gambar 1.

        A section's number stands alone where sections carry no numbers.
        """
        kind: Any = identifier[:3]
        return f"{self.word(kind)}&nbsp;{self.document.numbers[identifier]}"

    def _table(self, table: list[Any], source: str) -> str:
        (identifier, _, _), caption, columns, head, bodies, _ = table
        rows = [row for body in bodies for row in body[3]]
        cells = zip(*(row[1] for row in rows), strict=True)
        classes = [
            _ALIGNMENTS.get(column[0]["t"]) or _length_class(texts)
            for column, texts in zip(columns, cells, strict=True)
        ]
        grid = (
            f"<table>\n<thead>\n{self._rows(head[1], classes, 'th')}\n</thead>\n"
            f"<tbody>\n{self._rows(rows, classes, 'td')}\n</tbody>\n</table>"
        )
        if not identifier:
            name = self.word("wide_table")
            return (
                f'<div class="scroll" role="region" tabindex="0" aria-label="{name}">{grid}</div>'
            )
        title = f"{identifier}-caption"
        return (
            f'<figure id="{identifier}" class="table">\n<figcaption id="{title}">'
            f"{self._caption(identifier, caption)}</figcaption>\n"
            f'<div class="scroll" role="region" tabindex="0" aria-labelledby="{title}">\n'
            f"{grid}\n</div>\n{source}\n</figure>"
        )

    def _rows(self, rows: list[Any], classes: list[str], tag: str) -> str:
        scope = ' scope="col"' if tag == "th" else ""
        lines = []
        for _, cells in rows:
            parts = [
                f"<{tag}{scope}{_attributes('', [name], [])}>{self.blocks(cell[4])}</{tag}>"
                for cell, name in zip(cells, classes, strict=True)
            ]
            lines.append(f"<tr>{''.join(parts)}</tr>")
        return "\n".join(lines)

    def _inline(self, node: Node) -> str:
        kind: str = node["t"]
        content: Any = node.get("c")
        if kind == "Str":
            return content if content.isalnum() else escape(content, quote=False)
        if kind in {"Space", "SoftBreak"}:
            return " "
        if kind == "LineBreak":
            return "<br>\n"
        if kind in _SIMPLE_INLINES:
            tag = _SIMPLE_INLINES[kind]
            return f"<{tag}>{self.inlines(content)}</{tag}>"
        written: str = getattr(self, f"_{kind.lower()}")(content)
        return written

    def _rawinline(self, content: list[str]) -> str:
        return ""  # only comments come this far

    def _quoted(self, content: list[Any]) -> str:
        before, after = _QUOTES[content[0]["t"]]
        return f"{before}{self.inlines(content[1])}{after}"

    def _code(self, content: list[Any]) -> str:
        return f"<code{_attributes(*content[0])}>{escape(content[1], quote=False)}</code>"

    def _link(self, content: list[Any]) -> str:
        (identifier, classes, attributes), inlines, (target, _) = content
        kept = [name for name in classes if name not in {"uri", "email"}]  # pandoc's own
        given = _attributes(identifier, kept, attributes)
        return f'<a href="{escape(html_target(target))}"{given}>{self.inlines(inlines)}</a>'

    def _span(self, content: list[Any]) -> str:
        (identifier, classes, attributes), inlines = content
        names = [name for name in classes if name != "content-visible"]
        return f"<span{_attributes(identifier, names, attributes)}>{self.inlines(inlines)}</span>"

    def _cite(self, content: list[Any]) -> str:
        links = []
        for citation in content[0]:
            identifier = citation["citationId"]
            bare = citation["citationMode"]["t"] == "SuppressAuthor"
            text = self.document.numbers[identifier] if bare else self._label(identifier)
            links.append(f'<a href="#{identifier}" class="reference">{text}</a>')
        return ", ".join(links)

    def _note(self, content: list[Node]) -> str:
        note = self.blocks(content)
        # The link back ends the last paragraph; after a list it has one of its own.
        self.notes.append(note.removesuffix("</p>") if note.endswith("</p>") else f"{note}\n<p>")
        number = len(self.notes)
        return (
            f'<sup class="note"><a href="#fn{number}" id="fnref{number}" role="doc-noteref">'
            f"{number}</a></sup>"
        )


def _length_class(cells: Sequence[Any]) -> str:
    """Return the class of a column of words by its longest cell."""
    return "long" if any(len(plain_text(cell[4])) > _LONG for cell in cells) else ""


def _attributes(identifier: str, classes: list[str], attributes: list[list[str]]) -> str:
    language = dict(attributes).get("lang", "")
    values = {"id": identifier, "class": " ".join(classes), "lang": language}
    return "".join(f' {name}="{escape(value)}"' for name, value in values.items() if value)
