"""Name the reference reports, whose records are kept in the repository."""

from analysis.parameters import ReportParameters

LANGUAGES = ("id", "en")

# A province and year each, in both languages, with the parameters' defaults. `.gitignore` takes the
# records of these in, and of no other report.
REFERENCES = (
    ("lampung", 2020),
    ("lampung", 2022),
    ("lampung", 2025),
    ("kalimantan-utara", 2024),
)


def reference_reports() -> list[ReportParameters]:
    """Give the parameters of each reference report.

    >>> len(reference_reports())
    8
    """
    return [
        ReportParameters.parse({"province": province, "year": year, "language": language})
        for province, year in REFERENCES
        for language in LANGUAGES
    ]
