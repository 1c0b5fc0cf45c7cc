"""What reports are made from, as it is now, each file hashed and each question asked once."""

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from analysis import errors
from analysis.errors import NeracaError
from neraca.pipeline.project import Project

# The libraries whose version can change a figure, a number or a page.
LIBRARIES = (
    "babel",
    "holidays",
    "ipykernel",
    "matplotlib",
    "nbclient",
    "numpy",
    "pandas",
    "papermill",
    "pypandoc_binary",
    "scipy",
    "seaborn",
    "statsmodels",
    "typst",
)

# Files that a notebook opens without a recorded read; so each counts as a whole.
UNRECORDED = ("classifications/provinces.csv", "links.yml")
# Files that decide what a read gives, and count through the reads alone.
READ_THROUGH = ("datapackage.json", "corrections.yml")

# A table of the national comparison; the data package has none whose name begins like this.
NATIONAL = "national"

ABSENT = "absent"

LIBRARIES_KEY = "the installed libraries"  # all of them, and Python itself

# The analysis that runs, wherever the project's own copy lies.
ANALYSIS = Path(errors.__file__).parent

Read = Mapping[str, Any]


class Inputs:
    """What the reports of a project are made from.

    A file is hashed when it is first asked for, and what was seen of it then stands for it from
    then on: `are_steady` says whether that still holds.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self._digests: dict[Path, str] = {}
        self._seen: dict[Path, tuple[int, ...]] = {}
        self._resources: dict[str, str] = {}
        self._answers: dict[str, str] = {}
        self._execution: dict[tuple[str, ...], dict[str, str]] = {}

    def __getstate__(self) -> dict[str, Any]:
        """Give what another process is told: what was seen, and no table that was read."""
        return {name: value for name, value in vars(self).items() if name != "_catalog"}

    def look(self, notebooks: Sequence[str], compared: int | None = None) -> None:
        """Look at everything that notebooks can read, before they are executed.

        Args:
            notebooks: their names.
            compared: the year of which they read the national comparison; none, if they make it.

        """
        self.execution(notebooks)
        for name in self.tables:
            self.resource(name)
        if compared is not None:
            for path in self.project.national(compared).glob("*.csv"):
                self.resource(path.relative_to(self.project.root).as_posix())

    def are_steady(self) -> bool:
        """Say whether every file that was looked at is still the very same."""
        return all(_stat(path) == seen for path, seen in self._seen.items())

    def execution(self, notebooks: Sequence[str]) -> dict[str, str]:
        """Give the digest of each thing that notebooks are executed from, figures aside."""
        names = tuple(notebooks)
        if names not in self._execution:
            data, root = self.project.data, self.project.root
            self._execution[names] = {
                **{f"notebooks/{name}.ipynb": self._notebook(name) for name in names},
                **{f"data/{name}": self._digest(data / name) for name in UNRECORDED},
                "requirements.lock": self._digest(root / "requirements.lock"),
                "src/analysis": self._analysis,
                LIBRARIES_KEY: self._installed,
            }
        return self._execution[names]

    @property
    def tables(self) -> list[str]:
        """Give the names of the tables of the data package."""
        return sorted(self._package["declared"])

    @property
    def report_years(self) -> tuple[int, int]:
        """Give the first and the last year that the figures allow a report for."""
        years = self._package["report_years"]
        return years["first"], years["last"]

    def resource(self, key: str) -> str:
        """Give the digest of all that decides what reads of a table give.

        Args:
            key: name of a table of the data package, or the path of one of the national
                comparison, as `resource_key` has it.

        """
        if key not in self._resources:
            self._resources[key] = self._resource(key)
        return self._resources[key]

    def replay(self, read: Read) -> str:
        """Ask a recorded question again and give the SHA-256 of the rows that come back now.

        Raises:
            NeracaError: if the figures no longer allow the question.

        """
        question = json.dumps([read["resource"], read["filters"]], sort_keys=True)
        if question not in self._answers:
            self._answers[question] = self._ask(read)
        return self._answers[question]

    def require_sound_links(self) -> None:
        """Hold the declared links against their evidence, which no report records that it read.

        Raises:
            NeracaError: if the evidence of a link no longer holds.

        """
        from analysis.catalog.trade import checked_links

        codes = [province.code for province in self._catalog.provinces.all]
        checked_links(self.project.data, tuple(codes))

    def _resource(self, key: str) -> str:
        if "/" in key:
            return self._digest(self.project.root / key)
        declared = self._package["declared"].get(key)
        if declared is None:
            return ABSENT
        parts = [
            {name: value for name, value in declared.items() if name not in ("hash", "bytes")},
            self._digest(self.project.data / "corrections.yml"),
            self._digest(self.project.data / declared["path"]),
        ]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def _ask(self, read: Read) -> str:
        catalog = self._catalog
        catalog.reads.clear()
        filters = dict(read["filters"])
        if is_national(read):
            catalog.read_national(read["resource"], filters.pop("year"), **filters)
        else:
            catalog.read(read["resource"], until=filters.pop("until", None), **filters)
        return catalog.reads[0].sha256

    @cached_property
    def _catalog(self) -> Any:
        # Only now: what has not changed is told without waiting for pandas.
        from analysis.catalog import Catalog

        return Catalog(self.project.data)

    @cached_property
    def _package(self) -> dict[str, Any]:
        path = self.project.data / "datapackage.json"
        self._digest(path)
        try:
            package = json.loads(path.read_text(encoding="utf-8"))
            declared = {resource["name"]: resource for resource in package["resources"]}
            return {"declared": declared, "report_years": package["report_years"]}
        except (OSError, ValueError, KeyError, TypeError):
            raise NeracaError(
                f"{path} is missing or damaged; restore it, then run `neraca data check`."
            ) from None

    @cached_property
    def _analysis(self) -> str:
        names = {path.relative_to(ANALYSIS).as_posix(): path for path in analysis_files()}
        digests = {name: self._digest(path) for name, path in sorted(names.items())}
        return hashlib.sha256(json.dumps(digests).encode()).hexdigest()

    @cached_property
    def _installed(self) -> str:
        versions = {"python": platform.python_version(), **installed_versions()}
        return hashlib.sha256(json.dumps(versions).encode()).hexdigest()

    def _notebook(self, name: str) -> str:
        path = self.project.notebooks / f"{name}.ipynb"
        return source_digest(path) if self._digest(path) != ABSENT else ABSENT

    def _digest(self, path: Path) -> str:
        """Give the digest of a file; of a store that of the list of its files, and their sizes."""
        if path not in self._digests:
            self._digests[path] = self._hash(path)
        return self._digests[path]

    def _hash(self, path: Path) -> str:
        self._seen[path] = _stat(path)
        if path.is_dir():
            # The list holds the digest of each file, which a read of the store holds it against.
            below = sorted(path.rglob("*.parquet"))
            sizes = [(file.relative_to(path).as_posix(), file.stat().st_size) for file in below]
            listed = self._digest(path / "manifest.csv")
            return hashlib.sha256(json.dumps([listed, sizes]).encode()).hexdigest()
        if not path.is_file():
            return ABSENT
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def installed_versions() -> Mapping[str, str]:
    """Give the versions of the libraries that can change a result, as this process has them."""
    return {library: version(library) for library in LIBRARIES}


def is_national(read: Read) -> bool:
    """Say whether a read is of the national comparison.

    >>> is_national({"resource": "national_months", "filters": {"year": 2025}})
    True
    """
    return str(read["resource"]).startswith(NATIONAL)


def resource_key(read: Read) -> str:
    """Name the table that a read is of, as a state keeps it.

    >>> resource_key({"resource": "trade", "filters": {"until": 2025}})
    'trade'
    >>> resource_key({"resource": "national", "filters": {"year": 2025}})
    'reports/national/2025/national.csv'
    """
    if is_national(read):
        return f"reports/national/{read['filters']['year']}/{read['resource']}.csv"
    return str(read["resource"])


def analysis_files() -> Iterable[Path]:
    """Give the files of the analysis package, translations included, compiled ones not."""
    return (
        path for path in ANALYSIS.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    )


def source_digest(notebook: Path) -> str:
    """Give the SHA-256 of a notebook's cells as written, whatever outputs they were saved with.

    Raises:
        NeracaError: if the file is no notebook.

    """
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        written = [
            (cell["cell_type"], cell["metadata"].get("tags", []), "".join(cell["source"]))
            for cell in cells
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        raise NeracaError(
            f"{notebook} is not a notebook; restore it from the repository."
        ) from None
    return hashlib.sha256(json.dumps(written).encode()).hexdigest()


def _stat(path: Path) -> tuple[int, ...]:
    """Give what changes with a file's content, and cannot be set back as its time can."""
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
