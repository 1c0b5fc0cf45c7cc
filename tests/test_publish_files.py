"""Files and directories that are replaced while somebody reads them."""

import threading
from pathlib import Path

import pytest

from neraca.publish import files

SIZE = 20_000  # letters; more than what is written at once


def write(directory: Path, letter: str) -> None:
    with files.replacing(directory) as new:
        (new / "index.html").write_text(letter * SIZE)


def test_a_reader_never_finds_a_directory_missing_or_half(tmp_path: Path) -> None:
    if not files._exchange(*(_made(tmp_path / name) for name in ("one", "two"))):
        pytest.skip("this system cannot let two directories change places")
    target = tmp_path / "2020"
    write(target, "a")
    found: list[str] = []
    done = threading.Event()

    def read() -> None:
        while not done.is_set():
            try:
                found.append((target / "index.html").read_text())
            except FileNotFoundError:
                found.append("missing")

    reader = threading.Thread(target=read)
    reader.start()
    for letter in "bcdefghij" * 40:
        write(target, letter)
    done.set()
    reader.join()
    assert len(set(found)) > 2, "the reader read while it was replaced"
    assert {(text[0], len(text)) for text in found} <= {(letter, SIZE) for letter in "abcdefghij"}


def test_replaces_where_directories_cannot_change_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_exchange", lambda *_: False)
    for letter in "ab":
        write(tmp_path / "2020", letter)
    assert (tmp_path / "2020" / "index.html").read_text()[0] == "b"
    assert [path.name for path in tmp_path.iterdir()] == ["2020"]


def test_an_error_leaves_what_was_there(tmp_path: Path) -> None:
    write(tmp_path / "2020", "a")
    with pytest.raises(ValueError, match="broken"), files.replacing(tmp_path / "2020"):
        raise ValueError("broken")
    assert (tmp_path / "2020" / "index.html").read_text()[0] == "a"
    assert [path.name for path in tmp_path.iterdir()] == ["2020"]


def _made(directory: Path) -> Path:
    directory.mkdir()
    return directory
