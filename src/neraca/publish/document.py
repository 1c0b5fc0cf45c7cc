"""Read the source of a page into a checked and numbered document.

The source is a staged notebook or a `.qmd` file; pandoc parses its Markdown once, and both
writers (HTML and typst) work on what this module returns. What neither writer can show is
refused here, by name, so that nothing is lost on the way to a page.
"""

import datetime
import functools
import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypandoc

from analysis.errors import NeracaError
from neraca.publish.configuration import Configuration
from neraca.publish.plain import PlainText
from neraca.publish.words import LANGUAGES, callout_kinds
from neraca.publish.yaml_text import read_yaml

Node = dict[str, Any]

_BLOCKS = {
    *("Plain", "Para", "CodeBlock", "BlockQuote", "OrderedList", "BulletList"),
    *("DefinitionList", "Header", "HorizontalRule", "Table", "Figure", "Div", "Markup"),
}
_INLINES = {
    *("Str", "Emph", "Strong", "Strikeout", "Superscript", "Subscript", "Quoted", "Cite"),
    *("Code", "Space", "SoftBreak", "LineBreak", "Link", "Image", "Note", "Span"),
}
# Attributes of nodes that pandoc writes in the same form as nodes.
_VALUES = {
    *("AlignLeft", "AlignRight", "AlignCenter", "AlignDefault", "ColWidth", "ColWidthDefault"),
    *("AuthorInText", "NormalCitation", "SuppressAuthor", "SingleQuote", "DoubleQuote"),
    *("DefaultStyle", "Decimal", "DefaultDelim", "Period"),
}
# Divisions and spans that mean a look to Quarto which this publisher does not draw.
_QUARTO_LAYOUTS = re.compile(
    r"panel-.*|column-.*|columns?|content-hidden|aside|fragment|hidden|landscape|list-table"
    r"|mark|kbd"
)
_REFERENCE = re.compile(r"(fig|tbl|sec)-")
# Divisions that Quarto numbers: theorems and their like, listings, callouts.
_NUMBERED = re.compile(
    r"(fig|tbl|sec|lst|eq|thm|lem|cor|prp|cnj|def|exm|exr|sol|rem|alg|nte|tip|wrn|imp|cau)-"
)
# What pandoc takes anywhere, and both writers only where a reader of a report would look for it.
_OF_THE_PAGE = {"Header": "heading", "Figure": "figure", "Table": "table"}
_ANCHORED = {"Div", "Span", "Link", "Code"}
_TELLING = {*_ANCHORED, "Header", "Cite"}  # what has a name or names another place
_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z\d+.-]*:")
_REPORT = re.compile(r"reports/[a-z]+/[a-z-]+/\d+/index\.html")
_CELL_FENCE = ":" * 60
_FEWEST_CONTENTS = 3
# pandoc reads a page in a part of the memory that it sets up by itself; a smaller one, which fits a
# processor's cache, and no early clearing up take a quarter less of its time.
_MEMORY = ("+RTS", "-H1m", "-A8m", "-O64m", "-RTS")
_PANDOC = (*_MEMORY, "--from=markdown", "--to=json", "--fail-if-warnings")


class UnsupportedError(NeracaError):
    """Name a construct that the embedded publisher cannot show, and where it stands."""


@dataclass(frozen=True)
class Heading:
    """A numbered heading: its level in the source, number, anchor and words."""

    level: int
    number: str
    identifier: str
    inlines: list[Node]


@dataclass(frozen=True)
class Document:
    """A page ready for the writers.

    ``numbers`` maps each label (``fig-…``, ``tbl-…``, ``sec-…``) to its number. ``blocks``
    are pandoc's, except that a figure or table together with its source line is one block
    of the type ``Exhibit``. ``settings`` is the page's own front matter, which goes before
    the configuration of the site.
    """

    title: str
    language: str
    date: datetime.date | None
    description: str
    blocks: list[Node]
    headings: list[Heading]
    numbers: dict[str, str]
    settings: dict[str, Any]

    def numbers_sections(self, configuration: Configuration) -> bool:
        """Tell whether the page numbers its sections."""
        return bool(self.settings.get("number-sections", configuration.number_sections))

    def contents(self, configuration: Configuration) -> list[Heading]:
        """Return the headings that the page's table of contents lists.

        Empty when the page shall have no table of contents, or is too short to need one.
        """
        top = min((heading.level for heading in self.headings), default=1)
        depth = configuration.contents_depth
        listed = [heading for heading in self.headings if heading.level - top < depth]
        wanted = self.settings.get("toc", configuration.contents)
        return listed if wanted and len(listed) >= _FEWEST_CONTENTS else []

    def header_texts(self) -> list[str]:
        """Return what the page puts into the head of its HTML."""
        formats = self.settings.get("format")
        html = formats.get("html") if isinstance(formats, dict) else None
        included = html.get("include-in-header", []) if isinstance(html, dict) else []
        return [entry["text"] for entry in included]


def read(path: Path, root: Path) -> Document:
    """Read a staged notebook (`.ipynb`) or a page of the site (`.qmd`).

    ``root`` is the project's directory; parts named by `::: {.include file="…"}` are looked
    up in it. Raises UnsupportedError for a construct that cannot be shown, and NeracaError
    for a source that cannot be read.
    """
    metadata, cells = _cells(path)
    language = str(metadata.get("lang", "id"))
    if language not in LANGUAGES:
        raise NeracaError(f"{path}: unknown language '{language}'; it must be one of id, en.")
    blocks = _parse(cells, path)
    blocks = _include(blocks, path, root)
    telling: list[Node] = []
    for cell, block in _with_cells(blocks):
        telling += _check(block, f"{path}, cell {cell}" if cell else str(path))
    blocks = _group([block for _, block in _with_cells(blocks)])
    headings = _number_headings(blocks, path)
    numbers = {heading.identifier: heading.number for heading in headings}
    numbers |= _number_exhibits(blocks, path)
    _check_references(telling, numbers, path)
    _check_site_links(telling, path, root)
    return Document(
        title=str(metadata.get("title", "")),
        language=language,
        date=_date(metadata.get("date"), path),
        description=str(metadata.get("description", "")),
        blocks=blocks,
        headings=headings,
        numbers=numbers,
        settings=metadata,
    )


def walk(node: Any) -> Iterator[Node]:
    """Yield every node of pandoc's tree, outer ones first.

    >>> tree = {"t": "Para", "c": [{"t": "Strong", "c": [{"t": "Str", "c": "a"}]}]}
    >>> [node["t"] for node in walk(tree)]
    ['Para', 'Strong', 'Str']
    """
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if "t" not in node:
                waiting.extend(reversed(node.values()))
                continue
            yield node
            content = node.get("c")
            if isinstance(content, list):  # most nodes are words
                waiting.extend(content[::-1])
            elif isinstance(content, dict):
                waiting.append(content)
        elif isinstance(node, list):
            waiting.extend(node[::-1])


def plain_text(inlines: list[Node]) -> str:
    """Return the bare words of inline nodes.

    >>> plain_text([{"t": "Str", "c": "a"}, {"t": "Space"}, {"t": "Code", "c": [[], "b"]}])
    'a b'
    """
    words = {"Space": " ", "SoftBreak": " ", "LineBreak": " "}
    parts = []
    for node in walk(inlines):
        if node["t"] == "Str":
            parts.append(node["c"])
        elif node["t"] == "Code":
            parts.append(node["c"][1])
        else:
            parts.append(words.get(node["t"], ""))
    return "".join(parts)


def callout_kind(classes: list[str]) -> str | None:
    """Return which callout the classes of a division make, if any.

    >>> callout_kind(["callout-note"]), callout_kind(["cards"])
    ('note', None)
    """
    kinds = [name.removeprefix("callout-") for name in classes if name.startswith("callout-")]
    return kinds[0] if kinds else None


def callout_parts(content: list[Node]) -> tuple[list[Node] | None, list[Node]]:
    """Split the content of a callout into its title, if it has one, and its body."""
    if content and content[0]["t"] == "Header":
        return content[0]["c"][2], content[1:]
    return None, content


def only_on_web(attributes: list[list[str]]) -> bool:
    """Tell whether the attributes restrict their node to the web page.

    >>> only_on_web([["when-format", "html"]])
    True
    """
    return ["when-format", "html"] in attributes


def leads_elsewhere(target: str) -> bool:
    """Tell whether a link leads away from the site.

    >>> leads_elsewhere("https://www.bps.go.id"), leads_elsewhere("../methods.html")
    (True, False)
    """
    return bool(_ELSEWHERE.match(target))


def _cells(path: Path) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Return the front matter and the (cell id, Markdown) pairs of a source."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        return _notebook_cells(json.loads(text), path)
    return _split(text, path)


def _split(text: str, path: Path) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """Return the front matter of a page, and its text as the one cell."""
    front = re.match(r"---\n(.*?\n)---\n", text, flags=re.DOTALL)
    if not front:
        raise NeracaError(f"{path} has no front matter; begin it with a title between '---'.")
    return read_yaml(front[1]), [("", text[front.end() :])]


def _notebook_cells(
    notebook: dict[str, Any], path: Path
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    first, *others = notebook["cells"]
    if first["cell_type"] != "raw":
        raise NeracaError(f"{path}: the first cell holds no front matter; stage the report again.")
    metadata = read_yaml("".join(first["source"]).strip().strip("-"))
    cells = []
    for cell in others:
        if cell["cell_type"] == "markdown":
            cells.append((cell["id"], "".join(cell["source"])))
        else:
            cells += [(cell["id"], text) for text in _outputs(cell, path)]
    return metadata, cells


def _outputs(cell: Node, path: Path) -> Iterator[str]:
    for output in cell.get("outputs", []):
        if "text/markdown" not in output.get("data", {}):
            raise UnsupportedError(
                f"{path}, cell {cell['id']}: an output without a Markdown form cannot be shown; "
                "display it with the helpers of analysis.report."
            )
        yield "".join(output["data"]["text/markdown"])


def _parse(cells: list[tuple[str, str]], path: Path) -> list[Node]:
    """Parse all cells in one run of pandoc; each becomes a division that carries its id."""
    fenced = [
        f'{_CELL_FENCE} {{.cell cell="{identifier}"}}\n\n{text.strip()}\n\n{_CELL_FENCE}'
        for identifier, text in cells
    ]
    plain = PlainText()
    done = subprocess.run(  # noqa: S603 (the program is the one in the installed package)
        [pypandoc.get_pandoc_path(), *_PANDOC],
        input=plain.put_aside("\n\n".join(fenced)),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise NeracaError(f"{path} is not well-formed Markdown: {done.stderr.strip()}")
    blocks: list[Node] = json.loads(plain.put_back(done.stdout))["blocks"]
    return blocks


def _include(blocks: list[Node], path: Path, root: Path) -> list[Node]:
    """Put the named file in the place of `::: {.include file="…"}`, where the file exists."""
    result = []
    for cell in blocks:
        attributes, content = cell["c"]
        kept: list[Node] = []
        for block in content:
            named = _included_file(block)
            if named and (root / named).exists():
                text = (root / named).read_text(encoding="utf-8")
                kept += [_markup(part) for part in _parse([("", text)], path)[0]["c"][1]]
            else:
                kept += block["c"][1] if named else [block]
        result.append({"t": "Div", "c": [attributes, kept]})
    return result


def _markup(block: Node) -> Node:
    """Let HTML of an included file pass; it is made by this package, and shown on the web only."""
    if block["t"] == "RawBlock" and block["c"][0] == "html":
        return {"t": "Markup", "c": block["c"][1]}
    return block


def _included_file(block: Node) -> str | None:
    if block["t"] != "Div" or "include" not in block["c"][0][1]:
        return None
    return dict(block["c"][0][2]).get("file")


def _with_cells(blocks: list[Node]) -> Iterator[tuple[str, Node]]:
    for division in blocks:
        (_, _, attributes), content = division["c"]
        for block in content:
            if not (block["t"] == "RawBlock" and _is_comment(block["c"])):
                yield dict(attributes)["cell"], block


def _is_comment(raw: list[str]) -> bool:
    return raw[0] == "html" and raw[1].startswith("<!--") and raw[1].endswith("-->")


def _check(block: Node, place: str) -> list[Node]:
    """Refuse, by name, what the writers cannot show; return what refers or is referred to."""
    nodes = list(walk(block))
    in_figures = {
        id(image) for figure in nodes if figure["t"] == "Figure" for image in walk(figure["c"][2])
    }
    in_flow = {id(node) for node in _flow(block)}
    for node in nodes:
        kind = node["t"]
        if kind in _UNPROBLEMATIC:
            continue
        problem = _problem(node, in_figures)
        if kind in _OF_THE_PAGE and id(node) not in in_flow:
            problem = f"the {_OF_THE_PAGE[kind]} in a list, quotation, note or cell"
        if problem:
            raise UnsupportedError(f"{place}: the embedded publisher cannot show {problem}.")
    return [node for node in nodes if node["t"] in _TELLING]


def _flow(block: Node) -> Iterator[Node]:
    """Yield a block, and those that it holds as a mere division."""
    yield block
    if block["t"] == "Div":
        for inner in block["c"][1]:
            yield from _flow(inner)


def _problem(node: Node, in_figures: set[int]) -> str | None:
    kind: str = node["t"]
    content: Any = node.get("c")
    if kind in _PROBLEMS:
        return _PROBLEMS[kind](content)
    if kind != "Image":
        return f"the construct {kind}"
    if id(node) in in_figures:
        return None
    return f"the image {content[2][0]} outside a captioned figure; give it a caption"


def _text_problem(text: str) -> str | None:
    if "{{<" in text:
        return f"the shortcode that begins with '{text}'"
    return f"the footnote mark '{text}', which has no note" if "[^" in text else None


def _raw_problem(content: list[str]) -> str | None:
    return None if _is_comment(content) else f"raw {content[0]} '{content[1].strip()[:60]}'"


def _math_problem(content: list[Any]) -> str:
    return f"the formula '{content[1]}' (a dollar sign is written \\$)"


def _figure_problem(content: list[Any]) -> str | None:
    (identifier, _, _), _, body = content
    images = [node for node in walk(body) if node["t"] == "Image"]
    if not identifier.startswith("fig-") or len(images) != 1:
        return f"the figure '{identifier}'; it must be one image labelled {{#fig-…}}"
    described = dict(images[0]["c"][0][2])
    if set(described) - {"fig-alt"}:
        return f"the attribute '{min(set(described) - {'fig-alt'})}' of {identifier}"
    if not described.get("fig-alt"):
        return f"the figure {identifier} without an alternative text; give it fig-alt"
    return None


def _table_problem(content: list[Any]) -> str | None:
    (identifier, _, attributes), caption, _, head, bodies, _ = content
    if attributes:
        return f"the attribute '{attributes[0][0]}' of table '{identifier}'"
    if bool(caption[1]) != identifier.startswith("tbl-"):
        return f"the table '{identifier}'; a caption and a label {{#tbl-…}} go together"
    body_rows = [row for body in bodies for row in body[3]]
    if not body_rows:
        return f"the table '{identifier}' without rows"
    rows = [*head[1], *body_rows]
    if any(cell[2:4] != [1, 1] for row in rows for cell in row[1]):
        return f"the merged cells of table '{identifier}'"
    return None


def _division_problem(content: list[Any]) -> str | None:
    (identifier, classes, attributes), _ = content
    kind = callout_kind(classes)
    if kind and kind not in callout_kinds():
        return f"the callout '{kind}'"
    layouts = [name for name in classes if _QUARTO_LAYOUTS.fullmatch(name)]
    if layouts or _NUMBERED.match(identifier):
        return f"the division '{(layouts or [identifier])[0]}'"
    return _attribute_problem(classes, attributes)


def _heading_problem(content: list[Any]) -> str | None:
    _, (_, classes, attributes), inlines = content
    given = [*classes, *(name for name, _ in attributes)]
    if given:
        return f"'{given[0]}' of the heading '{plain_text(inlines)}'"
    # The heading stands again at the head of each page, where nothing can be followed.
    if any(node["t"] in {"Link", "Cite", "Note"} for node in walk(inlines)):
        return f"the link, reference or note in the heading '{plain_text(inlines)}'"
    return None


def _code_problem(content: list[Any]) -> str | None:
    (_, _, attributes), text = content
    if text.startswith("{"):
        return f"the result of the code '{text.splitlines()[0]}'"
    return f"the attribute '{attributes[0][0]}'" if attributes else None


def _inline_problem(content: list[Any]) -> str | None:
    _, classes, attributes = content[0]
    looks = [name for name in classes if _QUARTO_LAYOUTS.fullmatch(name)]
    return f"the span '{looks[0]}'" if looks else _attribute_problem(classes, attributes)


def _link_problem(content: list[Any]) -> str | None:
    target, title = content[2]
    return f"the title '{title}' of the link {target}" if title else _inline_problem(content)


def _citation_problem(content: list[Any]) -> str | None:
    for citation in content[0]:
        words = plain_text(citation["citationPrefix"] + citation["citationSuffix"]).strip()
        if words:
            return f"the words '{words}' in one bracket with @{citation['citationId']}"
    return None


def _attribute_problem(classes: list[str], attributes: list[list[str]]) -> str | None:
    if "content-visible" in classes and not only_on_web(attributes):
        return 'a condition other than when-format="html"'
    unknown = {name for name, _ in attributes} - {
        *("lang", "collapse", "when-format", "file", "icon"),
    }
    return f"the attribute '{min(unknown)}'" if unknown else None


_PROBLEMS: dict[str, Callable[[Any], str | None]] = {
    "Str": _text_problem,
    "RawBlock": _raw_problem,
    "RawInline": _raw_problem,
    "Math": _math_problem,
    "Figure": _figure_problem,
    "Table": _table_problem,
    "Div": _division_problem,
    "Span": _inline_problem,
    "Link": _link_problem,
    "Cite": _citation_problem,
    "Code": _code_problem,
    "CodeBlock": _code_problem,
    "Header": _heading_problem,
}
# Most nodes are of these, of which nothing has to be asked.
_UNPROBLEMATIC = (_BLOCKS | _INLINES | _VALUES) - {*_PROBLEMS, "Image"}


def _group(blocks: list[Node]) -> list[Node]:
    """Join each figure and table with the source line that follows it."""
    result: list[Node] = []
    for block in blocks:
        previous = result[-1] if result else None
        if block["t"] == "Div":
            attributes, content = block["c"]
            result.append({"t": "Div", "c": [attributes, _group(content)]})
        elif block["t"] in {"Figure", "Table"}:
            result.append({"t": "Exhibit", "c": [block, []]})
        elif previous and previous["t"] == "Exhibit" and _is_source_line(block):
            previous["c"][1] = block["c"]
        else:
            result.append(block)
    return result


def _is_source_line(block: Node) -> bool:
    return (
        block["t"] == "Para"
        and block["c"][0]["t"] == "Span"
        and "source" in block["c"][0]["c"][0][1]
    )


def _titles(blocks: list[Node]) -> Iterator[Node]:
    """Yield the headings of sections; the title of a callout is none."""
    for block in blocks:
        if block["t"] == "Header":
            yield block
        elif block["t"] == "Div" and not callout_kind(block["c"][0][1]):
            yield from _titles(block["c"][1])


def _number_headings(blocks: list[Node], path: Path) -> list[Heading]:
    titles = [title["c"] for title in _titles(blocks)]
    top = min((level for level, _, _ in titles), default=1)
    counters: list[int] = []
    headings = []
    for level, (identifier, _, _), inlines in titles:
        depth = level - top + 1
        if depth > len(counters) + 1:
            raise UnsupportedError(
                f"{path}: the heading '{plain_text(inlines)}' skips a level; "
                f"make it one level below the heading before it."
            )
        counters = [*counters[:depth], *[0] * (depth - len(counters))]
        counters[-1] += 1
        headings.append(Heading(level, ".".join(map(str, counters)), identifier, inlines))
    return headings


def _number_exhibits(blocks: list[Node], path: Path) -> dict[str, str]:
    numbers: dict[str, str] = {}
    counts = {"fig": 0, "tbl": 0}
    for node in (node for block in blocks for node in _flow(block)):
        if node["t"] != "Exhibit":
            continue
        identifier = node["c"][0]["c"][0][0]
        if identifier in numbers:
            raise UnsupportedError(f"{path}: two figures or tables are called {identifier}.")
        if identifier:
            kind = identifier[:3]
            counts[kind] += 1
            numbers[identifier] = str(counts[kind])
    return numbers


def _check_references(telling: list[Node], numbers: dict[str, str], path: Path) -> None:
    named = Counter(filter(None, map(_identifier, telling)))
    for name, count in named.items():
        if count > 1:
            raise UnsupportedError(f"{path}: two places are called {name}; rename one of them.")
    anchors = set(numbers) | set(named)
    for node in telling:
        if node["t"] == "Cite":
            for citation in node["c"][0]:
                _check_citation(citation["citationId"], numbers, path)
        elif node["t"] == "Link" and node["c"][2][0].startswith("#"):
            target = node["c"][2][0].removeprefix("#")
            if target not in anchors:
                raise UnsupportedError(f"{path}: the link #{target} leads nowhere on the page.")


def _check_site_links(telling: list[Node], path: Path, root: Path) -> None:
    """Refuse links to a page of the site, or to a place on it, that does not exist."""
    for node in telling:
        if node["t"] != "Link" or leads_elsewhere(node["c"][2][0]):
            continue
        address, _, anchor = node["c"][2][0].partition("#")
        if not address or not address.endswith((".html", ".qmd")):
            continue  # a place on this page, or a file that is put beside it
        if (path.parent / address).is_file() and address.endswith(".html"):
            continue  # a page that was written as it is published, beside this one
        target = Path(os.path.relpath(path.parent / address, root))
        if _REPORT.fullmatch(target.as_posix()):
            continue  # listed because the site has it
        source = root / target.with_suffix(".qmd")
        if ".." in target.parts or not source.is_file():
            raise UnsupportedError(f"{path}: the link {address} leads to no page of the site.")
        if anchor and anchor not in _anchors(source):
            raise UnsupportedError(
                f"{path}: the link {address}#{anchor} leads nowhere: {source.relative_to(root)} "
                f"has no {{#{anchor}}}."
            )


def _anchors(source: Path) -> frozenset[str]:
    return _anchors_of(source.read_text(encoding="utf-8"), source)


@functools.cache  # every report links the same page of methods
def _anchors_of(text: str, source: Path) -> frozenset[str]:
    nodes = walk(_parse(_split(text, source)[1], source))
    return frozenset(_identifier(node) for node in nodes) - {""}


def _identifier(node: Node) -> str:
    """Return the anchor that a node makes on a page, if any."""
    if node["t"] == "Header":
        return str(node["c"][1][0])
    return str(node["c"][0][0]) if node["t"] in _ANCHORED else ""


def _check_citation(identifier: str, numbers: dict[str, str], path: Path) -> None:
    if identifier in numbers:
        return
    if _REFERENCE.match(identifier):
        raise UnsupportedError(
            f"{path}: @{identifier} refers to nothing on the page; "
            "label the figure, table or section, or correct the reference."
        )
    raise UnsupportedError(
        f"{path}: @{identifier} is no reference to a figure (fig-), table (tbl-) or section "
        "(sec-); write a plain at sign as \\@."
    )


def _date(value: object, path: Path) -> datetime.date | None:
    if value is None or isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(str(value))
    except ValueError:
        raise NeracaError(f"{path}: the date '{value}' is not of the form 2025-12-31.") from None
