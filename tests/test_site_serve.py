"""Showing the site: to this machine only, with a plain word where it cannot be shown."""

import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
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
