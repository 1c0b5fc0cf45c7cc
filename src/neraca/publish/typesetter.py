"""Let typst print one document, as a program of its own, which ends with it.

typst keeps what it has worked out for the next document, tens of megabytes each time, and its
Python binding has no way to let go of that. Run with the request as JSON on its standard input, it
writes the PDF to its standard output; what typst refuses, it says on its standard error. It
imports nothing of this project, so that it starts in a moment.
"""

import json
import sys
from typing import Any

import typst


def main() -> None:
    """Print the document that the request describes."""
    request = json.load(sys.stdin)
    fonts = typst.Fonts(include_system_fonts=False, font_paths=request["fonts"])
    compiler = typst.Compiler(root=request["root"], font_paths=fonts)
    try:
        compiled: Any = compiler.compile(
            request["source"].encode(),
            format="pdf",
            pdf_standards=request["standard"],
            timestamp=request["timestamp"],
        )
    except typst.TypstError as error:
        sys.exit(str(error))
    sys.stdout.buffer.write(compiled)


if __name__ == "__main__":
    main()
