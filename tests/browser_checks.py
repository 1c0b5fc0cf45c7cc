"""What a reader's browser must find on every page; used by all tests that open one."""

import functools
import http.server
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

NARROW, WIDE = 360, 1280

_LOAD_ALL = """async () => {
  const images = [...document.images];
  images.forEach(image => { image.loading = 'eager'; });
  await Promise.all(images.map(image => image.decode().catch(() => null)));
  return images.map(image => [image.getAttribute('src'), image.naturalWidth]);
}"""
_TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
_NO_NAME = "[...document.images].filter(image => !image.alt).map(image => image.src)"


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium; skip the test, with the reason, where there is none."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("Chromium is not installed: no program called chromium on PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program,
            args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
        )
        yield browser
        browser.close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def do_GET(self) -> None:
        if self.path == "/favicon.ico":  # a browser asks for it whatever the page says
            self.send_response(http.HTTPStatus.NO_CONTENT)
            self.end_headers()
        else:
            super().do_GET()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(site: Path) -> Iterator[str]:
    """Serve a site on this machine and give its address; Quarto's scripts need a server."""
    handler = functools.partial(_Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def problems(browser: Browser, page: Path | str, width: int, colours: str = "light") -> list[str]:
    """List what is wrong with a page: messages, images not loaded or not named, width.

    ``page`` is a file or an address; ``width`` is the window's in pixels; ``colours`` is the
    scheme asked for, light or dark.
    """
    found: list[str] = []
    window = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=colours)
    window.on("console", lambda message: found.append(f"console: {message.text}"))
    window.on("pageerror", lambda error: found.append(f"error: {error}"))
    window.on("requestfailed", lambda request: found.append(f"not loaded: {request.url}"))
    window.goto(page.as_uri() if isinstance(page, Path) else page)
    images = window.evaluate(_LOAD_ALL)
    found += [f"image not loaded: {source}" for source, natural in images if not natural]
    found += [f"image without alt: {source}" for source in window.evaluate(_NO_NAME)]
    too_wide = window.evaluate(_TOO_WIDE)
    if too_wide > 0:
        found.append(f"scrolls sideways by {too_wide} px at {width} px")
    window.close()
    return found


def image_count(browser: Browser, page: Path) -> int:
    window = browser.new_page()
    window.goto(page.as_uri())
    count = window.evaluate("document.images.length")
    window.close()
    return count
