"""Where things lie in a checkout of the project."""

from dataclasses import dataclass
from pathlib import Path

from analysis.errors import NeracaError
from analysis.parameters import ReportParameters


@dataclass(frozen=True)
class Project:
    """A checkout of the project, known by its `_quarto.yml` and its `notebooks` directory.

    Attributes:
        root: the directory that holds both.

    """

    root: Path

    @classmethod
    def find(cls, start: Path) -> "Project":
        """Find the project that a directory belongs to.

        Raises:
            NeracaError: if neither the directory nor any above it is a project.

        """
        origin = start.resolve()
        for place in (origin, *origin.parents):
            if (place / "_quarto.yml").is_file() and (place / "notebooks").is_dir():
                return cls(place)
        raise NeracaError(
            f"{origin} is not inside a Neraca project: neither it nor a directory above it holds "
            "_quarto.yml and notebooks. Change into the project's directory and try again."
        )

    @property
    def data(self) -> Path:
        """Give the directory of the published figures."""
        return self.root / "data"

    @property
    def notebooks(self) -> Path:
        """Give the directory of the notebooks as written, not executed."""
        return self.root / "notebooks"

    @property
    def site(self) -> Path:
        """Give the directory of the rendered site."""
        return self.root / "_site"

    def report(self, parameters: ReportParameters) -> Path:
        """Give the directory of a report's source: its staged notebook, figures and record.

        >>> parameters = ReportParameters.parse({"province": "lampung", "year": 2025})
        >>> Project(Path("/project")).report(parameters).as_posix()
        '/project/reports/id/lampung/2025'

        """
        return self.at(parameters.language, parameters.province, parameters.year)

    def at(self, language: str, province: str, year: int) -> Path:
        """Give the directory of a report's source by its address."""
        return self.root / "reports" / language / province / str(year)

    def page(self, parameters: ReportParameters) -> Path:
        """Give the directory of a report's rendered page."""
        return self.site / self.report(parameters).relative_to(self.root)

    def national(self, year: int) -> Path:
        """Give the directory of a year's national result."""
        return self.root / "reports" / "national" / str(year)


def address(parameters: ReportParameters) -> str:
    """Give the directory of a report below the root, and below the site, with slashes.

    >>> address(ReportParameters.parse({"province": "lampung", "year": 2025}))
    'reports/id/lampung/2025'

    """
    return f"reports/{parameters.language}/{parameters.province}/{parameters.year}"
