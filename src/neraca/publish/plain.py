"""Spare pandoc the plain text of a page, which would take it most of the time it has for a report.

pandoc looks at every letter in several ways, and at the words of a link or a span once more before
it takes them for one. Words, links, spans, code and rows of tables that have nothing to
interpret are put aside before pandoc reads the page, and put in their place, as pandoc would have
written them, afterwards.
"""

import json
import re
from dataclasses import dataclass, field

_MARK = "neraca-plain:"
_A_MARK = re.compile(rf"`{_MARK}(\d+)`")
# A line of text: no heading, whose anchor is made of its words, and no row of a table.
_LINE = re.compile(r"^[^#|\n].*$", re.MULTILINE)
# What draws a table or a heading by the place of its signs, which a mark would shift.
_DRAWN = re.compile(r"^ *\+?(?:[-=]{2,}[-+= ]*|[-=] *)$", re.MULTILINE)
_TEX = re.compile(r"\\[A-Za-z]")  # a command, which takes brackets for its own
_LINK_IN_CODE = re.compile(r"`[^`]*\]\([^`]*`")
# What may hold a table of pipes without being one, other than code between fences of ticks.
_HOLDING = re.compile(r"^ *~{3}|^ +`{3}|<(?!https?://)[A-Za-z!?/]|\\[A-Za-z]", re.MULTILINE)
_FENCE = re.compile(r" *`{3,}[^`]*")
# Words that brackets elsewhere in the text can stand for.
_DEFINED = re.compile(r"^ *\[[^\]^\n][^\]\n]*\]:", re.MULTILINE)
# Signs that mean something to Markdown are left out, and a full stop that may end a word.
_LINK = re.compile(
    r"(?<![!\\\]`])"
    r"\[((?:[^\W_]|[ ,:;/%()-]|(?<!-)–|\.(?=[^\W_])|(?<=[^\W_])_(?=[^\W_]))+)\]"
    r"\((?:<(https?://(?:[^\W_]|[/.~?=%#+,;:@!*_-])+)>|((?:[^\W_]|[/.#_-])+))\)"
    r'(?:\{lang="([a-z]+)"\})?(?![{`[(])'
)
_CODE = r"(?<!`)`(?=[^`\s])[^`\n]*(?<=[^`\s])`(?![`{])"
# A full stop after a short word may be an abbreviation, after which pandoc lets no line break.
_WORD = (
    r"(?:[^\W_]|[,;:/%()?−]|[-–](?![-–])|(?<=[^\W_])_(?=[^\W_])|\.(?=[^\W_])"
    rf"|(?:(?<=[^\W_]{{6}})|(?<=[\d)%`]))\.(?=[ \]]|$)|{_CODE})"
)
_SPAN = re.compile(
    rf"(?<![!\\\]`^])\[(?! )({_WORD}+(?: {_WORD}+)*)\]"
    r'\{((?:#[a-z][a-z0-9-]*|\.[a-z][a-z-]*|(?:lang|when-format)="[a-z]+")'
    r'(?: (?:\.[a-z][a-z-]*|(?:lang|when-format)="[a-z]+"))*)\}(?![{`[(])'
)
# Classes by which pandoc makes something else of a span.
_NO_SPAN = {"smallcaps", "ul", "underline", "mark"}
# Several words: the first is none that begins a list or a caption, or clings to the one before.
_WORDS = re.compile(
    rf"(?:^(?![Tt]able:)|(?<=[^\\. ] ))(?:[^\W\d_]{{2,}}[,;:?]?(?= |$)|{_CODE}{_WORD}*)"
    rf"(?: {_WORD}+(?= |$))*(?= |$)"
)
# What is not looked into: code, and brackets that may refer to a heading by its words.
_KEPT = re.compile(r"`[^`]*`|\[(?:[^][]|\[[^][]*\])*\](?![({])")
_SCANNED = re.compile(rf"({_WORDS.pattern})|{_KEPT.pattern}")
_PARTS = re.compile(r"(`[^`]*`)|( )|([^ `]+)")
# A table between blank lines: its head with the rule below, and its rows. Or a block of code,
# in which what looks like a table is none.
_TABLE = re.compile(
    r"(?<=\n\n)(\|[^\n]*\|\n\|(?: *:?-+:? *\|)+\n)((?:\|[^\n]*\|\n)+)(?=\n)"
    r"|^(`{3,})[^`\n]*\n(?:[^\n]*\n)*?\3`* *$",
    re.MULTILINE,
)
_CELL = re.compile(rf"(?:{_WORD}|[—≈>◇]|\+(?=\d))+(?: (?:{_WORD}|[—≈>◇]|\+(?=\d))+)*")
_BARE = '["",[],[]]'  # attributes that say nothing
_EMPTY_CELL = f'[{_BARE},{{"t":"AlignDefault"}},1,1,[]]'
_BETWEEN = '"},{"t":"Space"},{"t":"Str","c":"'  # two words of pandoc's nodes
_FEWEST_LETTERS = 24  # shorter words are read as fast as the mark

# A row that pandoc has read with a mark alone, in the place of others.
_MARKED_ROW = re.compile(
    re.escape(f'[{_BARE},[[{_BARE},{{"t":"AlignDefault"}},1,1,[{{"t":"Plain","c":[')
    + re.escape(f'{{"t":"Code","c":[{_BARE},"{_MARK}')
    + r"(\d+)"
    + re.escape('"]}]}]]')
    + f"(?:,{re.escape(_EMPTY_CELL)})*"
    + re.escape("]]")
)


@dataclass
class PlainText:
    """What was put aside of one text, in its order: the source, and what it is to pandoc."""

    sources: list[str] = field(default_factory=list)
    nodes: list[str] = field(default_factory=list)

    def put_aside(self, text: str) -> str:
        r"""Return the text with a mark for each plain part.

        >>> PlainText().put_aside("- [BPS, 2025](<https://bps.go.id>) and [*b*](<https://b.id>)")
        '- `neraca-plain:0` and [*b*](<https://b.id>)'
        >>> PlainText().put_aside("Exports rose by 12.5 percent, and *imports* did not.")
        '`neraca-plain:0` *imports* did not.'
        >>> rows = "| Ekspor barang, 2024 | 6,7 |\n| Impor | 5 |\n"
        >>> PlainText().put_aside(f"\n\n| a | b |\n|---|---|\n{rows}\n").splitlines()[-2]
        '| `neraca-plain:0`       | |'
        """
        if _MARK in text or _DRAWN.search(text) or _has_open_code(text):
            return text
        text = _LINE.sub(lambda line: self._without_links(line[0]), text)
        if _DEFINED.search(text):
            return text
        text = _LINE.sub(lambda line: self._without_words(line[0]), text)
        if _HOLDING.search(text):
            return text
        return _TABLE.sub(
            lambda table: table[1] + self._without_rows(table) if table[1] else table[0], text
        )

    def put_back(self, tree: str) -> str:
        """Return pandoc's tree, as JSON, with what was put aside in the place of its marks."""
        if not self.sources:
            return tree
        tree = _MARKED_ROW.sub(lambda found: self.nodes[int(found[1])], tree)
        marked = re.compile(
            rf'\{{"t":"Code","c":\[\["",\[\],\[\]\],"{_MARK}(\d+)"\]\}}|{_A_MARK.pattern}'
        )
        return marked.sub(
            lambda found: (
                self.nodes[int(found[1])]
                if found[1]
                else json.dumps(self._source(int(found[2])))[1:-1]
            ),
            tree,
        )

    def _put(self, source: str, nodes: str) -> str:
        self.sources.append(source)
        self.nodes.append(nodes)
        return f"`{_MARK}{len(self.sources) - 1}`"

    def _source(self, number: int) -> str:
        return _A_MARK.sub(lambda found: self._source(int(found[1])), self.sources[number])

    def _without_links(self, line: str) -> str:
        if "](" not in line:
            return line
        if line.count("`") % 2 or _LINK_IN_CODE.search(line) or _TEX.search(line):
            return line
        return _LINK.sub(self._link, line)

    def _link(self, link: re.Match[str]) -> str:
        if "--" in link[1] or link[1] != " ".join(link[1].split()):
            return link[0]
        attributes = json.dumps(["", [], [["lang", link[4]]] if link[4] else []])
        target = json.dumps([link[2] or link[3], ""], ensure_ascii=False)
        node = f'{{"t":"Link","c":[{attributes},[{self._words(link[1])}],{target}]}}'
        return self._put(link[0], node)

    def _without_words(self, line: str) -> str:
        if "``" in line or line.count("[") != line.count("]") or _TEX.search(line):
            return line
        # A span right after a reference would be part of that; one may be within another.
        if "@" not in line and "]{" in line:
            line = _SPAN.sub(self._span, _SPAN.sub(self._span, line))
        return _SCANNED.sub(self._run, line)

    def _span(self, span: re.Match[str]) -> str:
        identifier, classes, pairs = "", [], []
        for given in span[2].split(" "):
            if given[0] == "#":
                identifier = given[1:]
            elif given[0] == ".":
                classes.append(given[1:])
            else:
                name, _, value = given.partition("=")
                pairs.append([name, value[1:-1]])
        if not _NO_SPAN.isdisjoint(classes):
            return span[0]
        attributes = json.dumps([identifier, classes, pairs])
        node = f'{{"t":"Span","c":[{attributes},[{self._words(span[1])}]]}}'
        return self._put(span[0], node)

    def _without_rows(self, table: re.Match[str]) -> str:
        """Put rows of nothing but plain cells aside, as many together as follow one another."""
        columns = table[1].rstrip().rpartition("\n")[2].count("|") - 1
        parts: list[str] = []
        together: list[str] = []
        nodes: list[str] = []
        for line in table[2].split("\n"):  # the last one is empty
            node = self._row(line, columns)
            if node:
                together.append(line)
                nodes.append(node)
                continue
            if together:
                mark = self._put("\n".join(together), ",".join(nodes))
                # As long as these, since a long line makes pandoc divide the width of the page.
                blank = " " * (max(map(len, together)) - len(mark) - 3 - 2 * columns)
                parts.append(f"| {mark}{blank} |{' |' * (columns - 1)}\n")
                together, nodes = [], []
            if line:
                parts.append(f"{line}\n")
        return "".join(parts)

    def _row(self, line: str, columns: int) -> str:
        """Write a row as pandoc does; empty if it is not plain."""
        cells = [cell.strip(" ") for cell in line.split("|")[1:-1]]
        if len(cells) != columns:
            return ""
        if not all(_CELL.fullmatch(cell) for cell in cells if cell):
            return ""
        written = ",".join(
            f'[{_BARE},{{"t":"AlignDefault"}},1,1,[{{"t":"Plain","c":[{self._words(cell)}]}}]]'
            if cell
            else _EMPTY_CELL
            for cell in cells
        )
        return f"[{_BARE},[{written}]]"

    def _run(self, found: re.Match[str]) -> str:
        run: str | None = found[1]
        if not run or len(run) < _FEWEST_LETTERS or _A_MARK.fullmatch(run):
            return found[0]
        return self._put(run, self._words(run))

    def _words(self, text: str) -> str:
        """Write words, with the code and what else is put aside among them, as pandoc's nodes."""
        if "`" not in text and text == " ".join(text.split()):
            return f'{{"t":"Str","c":"{text.replace(" ", _BETWEEN)}"}}'
        nodes = []
        for code, space, word in _PARTS.findall(text):
            mark = _A_MARK.fullmatch(code) if code else None
            if mark:
                nodes.append(self.nodes[int(mark[1])])
            elif code:
                written = json.dumps(code[1:-1], ensure_ascii=False)
                nodes.append(f'{{"t":"Code","c":[["",[],[]],{written}]}}')
            else:
                nodes.append('{"t":"Space"}' if space else f'{{"t":"Str","c":"{word}"}}')
        return ",".join(nodes)


def _has_open_code(text: str) -> bool:
    """Tell whether code between single ticks may go on over the end of a line."""
    return any(
        line.count("`") % 2 and not _FENCE.fullmatch(line)
        for line in text.split("\n")
        if "`" in line
    )
