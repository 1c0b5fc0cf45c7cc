"""Pages as somebody meets them who does not see them, or has no mouse: WCAG 2.2, level AA."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser_checks import NARROW, WIDE, chromium, serving
from playwright.sync_api import Browser, Page
from publish_samples import without_quarto
from site_samples import small_site

pytestmark = pytest.mark.browser

REPORTS = ("reports/id/lampung/2020/index.html", "reports/en/lampung/2020/index.html")
PAGES = (
    *("index.html", "en/index.html", "methods.html", "en/methods.html", *REPORTS),
    *("reports/id/lampung/index.html", "reports/en/lampung/index.html"),
    "reports/id/failed/index.html",
    *("reports/id/lampung/2020/numbers.html", "reports/en/lampung/2020/numbers.html"),
)
# Each page in both schemes of colours, and each kind of page in each scheme at both widths: the
# two languages of a page have the same layout.
WINDOWS = [
    (page, width, colours)
    for page in PAGES
    for width, colours in zip(
        (WIDE, NARROW) if "en/" in page else (NARROW, WIDE), ("light", "dark"), strict=True
    )
]

_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}

# What Quarto's own frame of a page is found guilty of, by axe's name of the rule.
_QUARTOS_OWN = {
    "aria-allowed-attr",  # the header of a folded callout says that it is folded, with no role
}

# Opens what is folded, so that what is in it is looked at too.
_UNFOLD = "document.querySelectorAll('details').forEach(found => { found.open = true; })"

# What the Tab key shall reach: what can be followed or opened, and what scrolls.
_REACHABLE = """() => [...document.querySelectorAll('a[href], summary, button, input, select')]
  .filter(found => found.tabIndex >= 0 && found.checkVisibility())
  .map(found => found.outerHTML.slice(0, 120))"""
_FOCUSED = """() => {
  const found = document.activeElement;
  const box = found.getBoundingClientRect();
  const style = getComputedStyle(found);
  return {
    html: found.outerHTML.slice(0, 120),
    seen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight,
    marked: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
  };
}"""
_UNREACHABLE_SCROLLERS = """() => [...document.querySelectorAll('main *')]
  .filter(found => /auto|scroll/.test(getComputedStyle(found).overflowX)
    && found.scrollWidth > found.clientWidth && found.tabIndex < 0)
  .map(found => found.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as monkeypatch:
        without_quarto(monkeypatch)
        return small_site(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def quarto_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(small_site(tmp_path_factory.mktemp("quarto"))) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


def violations(window: Page) -> list[str]:
    """List what axe finds on a page as it is: the rule, and the elements that break it."""
    window.evaluate(_UNFOLD)
    found = Axe().run(window, options=_RULES).response["violations"]
    return [
        f"{violation['id']}: {node['html'][:200]} ({node['failureSummary']})"
        for violation in found
        for node in violation["nodes"]
    ]


def opened(browser: Browser, address: str, width: int, colours: str = "light") -> Page:
    window = browser.new_page(
        viewport={"width": width, "height": 800}, color_scheme=colours, reduced_motion="reduce"
    )
    window.goto(address)
    return window


@pytest.mark.parametrize(("page", "width", "colours"), WINDOWS)
def test_axe_finds_nothing(
    browser: Browser, site: Path, page: str, width: int, colours: str
) -> None:
    window = opened(browser, (site / page).as_uri(), width, colours)
    found = violations(window)
    window.close()
    assert found == []


@pytest.mark.quarto
@pytest.mark.parametrize(("page", "width", "colours"), WINDOWS)
def test_axe_finds_in_quartos_pages_only_what_is_known(
    browser: Browser, quarto_site: str, page: str, width: int, colours: str
) -> None:
    window = opened(browser, f"{quarto_site}/{page}", width, colours)
    found = violations(window)
    window.close()
    assert [text for text in found if text.partition(":")[0] not in _QUARTOS_OWN] == []


def test_axe_can_find_something(browser: Browser, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        '<!DOCTYPE html><title>a</title><p style="color: #ccc">pale</p><img src="data:,">'
    )
    window = opened(browser, page.as_uri(), WIDE)
    rules = {text.partition(":")[0] for text in violations(window)}
    window.close()
    assert {"image-alt", "color-contrast", "html-has-lang"} <= rules


@pytest.mark.parametrize(
    ("page", "width"), [(page, width) for page, width, colours in WINDOWS if colours == "light"]
)
def test_the_keyboard_reaches_everything(
    browser: Browser, site: Path, page: str, width: int
) -> None:
    window = opened(browser, (site / page).as_uri(), width)
    expected = window.evaluate(_REACHABLE)
    assert expected
    reached: list[str] = []
    for _ in range(len(expected) + 30):  # a scrolling region is a stop of its own
        window.keyboard.press("Tab")
        focused = window.evaluate(_FOCUSED)
        if focused["html"].startswith("<body"):
            break
        assert focused["seen"], f"out of sight when focused: {focused['html']}"
        assert focused["marked"], f"without a mark of the focus: {focused['html']}"
        reached.append(focused["html"])
    assert [text for text in reached if text in expected] == expected
    assert window.evaluate(_UNREACHABLE_SCROLLERS) == []
    window.close()


def test_a_folded_box_opens_with_the_keyboard(browser: Browser, site: Path) -> None:
    window = opened(browser, (site / REPORTS[0]).as_uri(), NARROW)
    window.locator("summary").focus()
    window.keyboard.press("Enter")
    assert window.locator("details").evaluate("found => found.open")
    window.close()
