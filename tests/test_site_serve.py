"""Showing the site: to this machine only, with a plain word where it cannot be shown."""

import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.errors import NeracaError
from neraca.publish import serve


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "index.html").write_text("<p>here</p>")
    return tmp_path


def test_serves_files_and_keeps_none(site: Path) -> None:
    with serve._server(site, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        with urllib.request.urlopen(address) as answer:
            assert answer.read() == b"<p>here</p>"
            assert answer.headers["Cache-Control"] == "no-store"
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{address}/gone.html")
        assert server.server_address[0] == "127.0.0.1"
        server.shutdown()


@pytest.fixture
def address(site: Path) -> Iterator[tuple[str, int]]:
    with serve._server(site, 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield "127.0.0.1", server.server_port
        server.shutdown()


@pytest.mark.parametrize(
    "path", ["/reports/", "/a%00b", "/../beside.txt", "/..%2fbeside.txt", "/%2e%2e/beside.txt"]
)
def test_what_is_no_page_of_the_site_is_not_found(
    site: Path, address: tuple[str, int], path: str, capfd: pytest.CaptureFixture[str]
) -> None:
    (site / "reports").mkdir()
    (site.parent / "beside.txt").write_text("not for readers")
    answer = b""
    with socket.create_connection(address) as reader:
        reader.sendall(f"GET {path} HTTP/1.0\r\n\r\n".encode())
        while received := reader.recv(4096):
            answer += received
    assert answer.startswith(b"HTTP/1.0 404 ")
    assert b"not for readers" not in answer
    assert capfd.readouterr().err == ""


def test_a_reader_who_leaves_is_no_error(site: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (site / "large.parquet").write_bytes(bytes(20_000_000))
    server = serve._server(site, 0)  # closing it waits for its answers
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with socket.create_connection(("127.0.0.1", server.server_port)) as reader:
        reader.sendall(b"GET /large.parquet HTTP/1.0\r\n\r\n")
        assert reader.recv(15) == b"HTTP/1.0 200 OK"
    server.shutdown()
    server.server_close()
    assert capfd.readouterr().err == ""


def test_a_defect_is_still_told(capfd: pytest.CaptureFixture[str]) -> None:
    server = serve._server(Path(), 0)
    try:
        raise ValueError("a defect")
    except ValueError:
        server.handle_error(None, ("127.0.0.1", 1))
    server.server_close()
    assert "a defect" in capfd.readouterr().err


def test_says_that_there_is_no_site(tmp_path: Path) -> None:
    with pytest.raises(NeracaError, match=r"There is no site in .* yet"):
        serve.serve(tmp_path, 0, pytest.fail)


def test_says_that_a_port_is_taken(site: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(NeracaError, match=f"Port {port} cannot be used: another program"):
            serve.serve(site, port, pytest.fail)


def test_an_interrupt_ends_it_without_a_traceback(site: Path) -> None:
    code = (
        "import signal, sys; from pathlib import Path; from neraca.publish.serve import serve\n"
        # What starts in the background is deaf to interrupts, and so would the tests be.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "serve(Path(sys.argv[1]), 0, ready=lambda address: print(address, flush=True))"
    )
    command = [sys.executable, "-c", code, str(site)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout.readline().startswith("http://127.0.0.1:")
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=20)
    assert (running.returncode, errors) == (0, "")
