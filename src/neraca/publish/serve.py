"""Show the site on this machine, to a browser on this machine only."""

import errno
import functools
import http.server
import sys
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any

from analysis.errors import NeracaError

HOST = "127.0.0.1"


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Send files, let a browser keep none of them, and write no log."""

    def end_headers(self) -> None:
        # A report that is made again must be seen when the page is loaded again.
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def send_head(self) -> Any:
        if "\0" in self.translate_path(self.path):  # no file is called so, and none can be opened
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        return super().send_head()

    def list_directory(self, _: object) -> None:
        # As where a site is hosted: a directory without a page is no page.
        self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, *_: object) -> None:
        pass


class _Server(http.server.ThreadingHTTPServer):
    """Answer each request in a thread of its own."""

    def handle_error(self, *request: Any) -> None:
        # A reader who leaves a page or stops a download has done nothing wrong.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(*request)


def serve(site: Path, port: int, ready: Callable[[str], None]) -> None:
    """Serve a site until interrupted; ``ready`` is told its address once it answers.

    ``port`` 0 takes any that is free.

    Raises:
        NeracaError: if there is no site, or the port cannot be used.

    """
    if not (site / "index.html").is_file():
        raise NeracaError(
            f"There is no site in {site} yet. Make a report with `neraca report`, "
            "or build the site from executed reports with `neraca site`."
        )
    with _server(site, port) as server, suppress(KeyboardInterrupt):
        ready(f"http://{HOST}:{server.server_port}/")
        server.serve_forever()


def _server(site: Path, port: int) -> _Server:
    handler = functools.partial(_Handler, directory=str(site))
    try:
        return _Server((HOST, port), handler)
    except OSError as error:
        reasons = {
            errno.EADDRINUSE: "another program uses it",
            errno.EACCES: "the system keeps it to itself",
        }
        raise NeracaError(
            f"Port {port} cannot be used: {reasons.get(error.errno or 0, error.strerror)}. "
            "Name another one with --port."
        ) from None
