"""Execute units on the workers of a Dask cluster: bytes there, bytes back, no shared file system.

Each worker has a checkout of its own, of the same version in every respect that can change a
result. The scheduler sends the units of a worker that is gone to others.
"""

import hashlib
import os
import platform
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from analysis.errors import NeracaError
from neraca.pipeline.inputs import LIBRARIES_KEY, Inputs, installed_versions
from neraca.pipeline.project import Project
from neraca.pipeline.units import Outcome, Unit, execute_unit
from neraca.publish.failures import Failure

try:
    import distributed
except ImportError:
    raise NeracaError(
        "--scheduler needs the library `distributed`, which is not installed here. Install it "
        "with: pip install --require-hashes --requirement requirements-cluster.lock"
    ) from None

PLACE = "NERACA_PROJECT"  # names the checkout of a worker that is not started in it
ANSWER_SECONDS = 20  # within which a scheduler and its workers answer
UNITS_A_THREAD = 2  # so that none waits for the next one

Versions = Mapping[str, str]


@dataclass(frozen=True)
class Refused:
    """Why a worker executed nothing: what differs there, or is missing."""

    reason: str


def versions(project: Project) -> dict[str, str]:
    """Give the version of each thing that can change what notebooks give, by its name.

    Not of the notebooks themselves, which units carry.
    """
    inputs = Inputs(project)
    found = {f"data/{name}": inputs.resource(name) for name in inputs.tables}
    found |= inputs.execution(())
    # Told one by one, so that who reads of a difference knows which library it is.
    del found[LIBRARIES_KEY]
    libraries = {"python": platform.python_version(), **installed_versions()}
    found |= {name: f"{name} {version}" for name, version in libraries.items()}
    return {**found, "src/neraca": _package_digest()}


def difference(here: Versions, there: Versions) -> str:
    """Name what is there in another version than here; empty if nothing is.

    >>> difference({"src/analysis": "a", "scipy": "scipy 2"}, {"scipy": "scipy 1"})
    'scipy 1 (here scipy 2), src/analysis'
    >>> difference({"src/analysis": "a"}, {"src/analysis": "a"})
    ''
    """
    differing = sorted(name for name in {*here, *there} if here.get(name) != there.get(name))
    return ", ".join(_named(name, here.get(name, ""), there.get(name, "")) for name in differing)


def _named(name: str, here: str, there: str) -> str:
    return f"{there} (here {here})" if here.startswith(f"{name} ") and there else name


def worker_versions() -> dict[str, str] | Refused:
    """Give the versions of the worker that this runs on."""
    try:
        return versions(_checkout())
    except NeracaError as error:
        return Refused(str(error))


def execute_there(unit: Unit, expected: Versions) -> Outcome | Refused:
    """Execute a unit on the worker that this runs on, if that has the versions expected."""
    # Each time: it costs milliseconds, and a checkout can change while its worker runs.
    found = worker_versions()
    refusal = _refusal(distributed.get_worker().address, expected, found)
    return refusal or execute_unit(unit, _checkout().data)


def _checkout() -> Project:
    """Find the checkout that is named, else the one around the current directory or this code."""
    named = os.environ.get(PLACE)
    if named:
        return Project.find(Path(named))
    try:
        return Project.find(Path.cwd())
    except NeracaError:
        return Project.find(Path(__file__).parent)


def _refusal(
    place: str, here: Versions, there: Versions | Refused | BaseException
) -> Refused | None:
    """Say why a worker may not execute; None if it may."""
    if isinstance(there, Refused):
        return Refused(f"The worker at {place} has no checkout: {there.reason}")
    if isinstance(there, BaseException):
        return Refused(
            f"The worker at {place} cannot run this project ({type(there).__name__}: {there}). "
            "Start it from a checkout, in an environment made from requirements-cluster.lock "
            "in which the project is installed."
        )
    differing = difference(here, there)
    if not differing:
        return None
    return Refused(
        f"The worker at {place} has another version of {differing}. "
        "Bring its checkout and its environment to the state here and start it again."
    )


def _package_digest() -> str:
    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


class Cluster:
    """The workers of a scheduler, as what executes the units of a batch.

    Results arrive in a queue, as the number of the unit and what became of it; so do warnings,
    without a number, and a `NeracaError` if the cluster is of no use any longer.
    """

    def __init__(
        self, address: str, project: Project, results: "SimpleQueue[tuple[int | None, Any]]"
    ) -> None:
        """Connect, and hold every worker's versions against those here.

        Raises:
            NeracaError: if the scheduler does not answer, has no worker, or one of them has
                something in another version.

        """
        self._address = address
        self._results = results
        self._versions = versions(project)
        self._futures: dict[int, Any] = {}
        self._lock = threading.Lock()
        self._stopped = False
        self._told: set[str] = set()
        self._client = _connected(address)
        try:
            self._require_equal_workers()
        except BaseException:
            self.stop()
            raise

    @property
    def capacity(self) -> int:
        """Say how many units keep all its threads at work."""
        threads = sum(info["nthreads"] for info in self._workers().values())
        return max(1, UNITS_A_THREAD * threads)

    def submit(self, number: int, unit: Unit) -> None:
        """Send a unit to whichever worker has time for it."""
        self._send(number, unit, workers=None)

    def stop(self) -> None:
        """Take back what has not begun, and leave the cluster to itself."""
        with self._lock:
            self._stopped = True
            futures = list(self._futures.values())
        if self._client.status == "running":
            self._client.cancel(futures, force=True)
        self._client.close(timeout=1)

    def _workers(self) -> dict[str, Any]:
        workers: dict[str, Any] = self._client.scheduler_info(n_workers=-1)["workers"]
        return workers

    def _require_equal_workers(self) -> None:
        if not self._workers():
            raise NeracaError(
                f"The scheduler at {self._address} has no worker. Start one inside a checkout: "
                f"dask worker {self._address}"
            )
        refusals = [refusal.reason for refusal in self._refusals().values() if refusal]
        if refusals:
            raise NeracaError("\n".join(refusals))

    def _refusals(self) -> dict[str, Refused | None]:
        """Ask each worker for its versions, and say of it why it may not execute, if so."""
        found = self._client.run(worker_versions, on_error="return")
        return {place: _refusal(place, self._versions, there) for place, there in found.items()}

    def _send(self, number: int, unit: Unit, workers: list[str] | None) -> None:
        future = self._client.submit(
            execute_there, unit, self._versions, pure=False, workers=workers
        )
        with self._lock:
            self._futures[number] = future
        future.add_done_callback(lambda done: self._take(number, unit, done))

    def _take(self, number: int, unit: Unit, future: Any) -> None:
        """Pass on what became of a unit; one that a worker refused goes to another worker."""
        if self._stopped:
            return
        try:
            outcome = future.result()
        except distributed.KilledWorker:
            outcome = _LOST
        except Exception as error:  # whatever the cluster says instead of an answer
            outcome = self._unanswered(error)
        if isinstance(outcome, Refused):
            outcome = self._elsewhere(number, unit, outcome)
        with self._lock:
            if self._futures.get(number) is future:
                del self._futures[number]
        if outcome is not None:
            self._results.put((number, outcome))

    def _unanswered(self, error: Exception) -> Exception:
        return NeracaError(
            f"The cluster at {self._address} gave no answer ({type(error).__name__}: {error}). "
            "What is finished stays; the same command goes on from there."
        )

    def _elsewhere(self, number: int, unit: Unit, refused: Refused) -> Exception | None:
        """Send a unit to a worker that has the versions here; say why if there is none."""
        if refused.reason not in self._told:
            self._told.add(refused.reason)
            self._results.put((None, refused.reason))
        try:
            equal = [place for place, refusal in self._refusals().items() if not refusal]
            if not equal:
                return NeracaError(refused.reason)
            self._send(number, unit, equal)
        except Exception as error:  # as above
            return self._unanswered(error)
        return None


_LOST = Failure(
    "WorkerDied",
    "Each worker of the cluster that began it died, most likely for lack of memory. "
    "Give the workers more memory, or fewer threads, and try again.",
)


def _connected(address: str) -> Any:
    try:
        _require_sound(address)
        return distributed.Client(address, timeout=ANSWER_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise NeracaError(
            f"No scheduler answers at {address} ({error}). `dask scheduler` starts one and tells "
            "its address."
        ) from None


def _require_sound(address: str) -> None:
    """Refuse an address that can be none, which a client would wait for as it is taken down.

    Raises:
        OSError: if its host has no address.
        ValueError: if it is not of the right form, or asks for a certificate that is not there.

    """
    scheme = distributed.comm.addressing.resolve_address(address).partition("://")[0]
    own = distributed.Security().get_connection_args("client")
    if scheme in ("tls", "wss") and own["ssl_context"] is None:
        raise ValueError("it asks for TLS, and Dask's configuration here names no certificate")
