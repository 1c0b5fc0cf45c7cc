"""The schema that every report is asked through, and that refuses what it does not know."""

import difflib
import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from analysis.errors import NeracaError
from analysis.parameters.provinces import load_provinces
from analysis.project import data_directory

Schema = TypeVar("Schema", bound=BaseModel)


def _refuse_boolean(value: object) -> object:
    """Keep True from passing for 1, which Python's own conversion would allow."""
    if isinstance(value, bool):
        raise ValueError("it must be a number, not true or false")
    return value


Number = BeforeValidator(_refuse_boolean)


class ReportParameters(BaseModel):
    """Everything a report depends on beside the figures themselves.

    Attributes:
        province: slug of a province, for example `kalimantan-utara`.
        year: the report's year; figures for later periods take no part in its estimates.
        language: `id` (Indonesian) or `en` (English).
        horizon_months: months to forecast beyond the last one observed, 1 to 24.
        interval_level: probability that an interval is meant to hold, 0.5 to 0.99.
        ikm_growth_target: growth of small industry to test, percent a year; None takes the
            target that an authority stated.
        raw_export_cut: percent of raw exports kept at home in the scenario, 0 to 100.

    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    province: str
    year: Annotated[int, Number]
    language: Literal["id", "en"] = "id"
    horizon_months: Annotated[int, Number, Field(ge=1, le=24)] = 12
    interval_level: Annotated[float, Number, Field(ge=0.5, le=0.99)] = 0.80
    ikm_growth_target: Annotated[float, Number, Field(gt=-100, le=1000)] | None = None
    raw_export_cut: Annotated[float, Number, Field(ge=0, le=100)] = 10.0

    @model_validator(mode="after")
    def _known_place_and_year(self) -> "ReportParameters":
        provinces = load_provinces()
        province = provinces.by_slug(self.province)
        if province.is_country:
            raise NeracaError(
                "Indonesia is no province: its trade totals are not in the data. "
                "`neraca provinces` lists what a report can be made for."
            )
        _require_year(self.year)
        provinces.require_founded(province, self.year)
        return self

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> "ReportParameters":
        """Check a set of parameters.

        Raises:
            NeracaError: one sentence a wrong parameter, naming it and what is allowed.

        >>> ReportParameters.parse({"province": "lampung", "year": 2025}).language
        'id'

        """
        return _parse(cls, values)


class NationalParameters(BaseModel):
    """What the comparison of all provinces depends on beside the figures: its year.

    Attributes:
        year: the year that is compared.

    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    year: Annotated[int, Number]

    @field_validator("year")
    @classmethod
    def _known_year(cls, year: int) -> int:
        return _require_year(year)


def _require_year(year: int) -> int:
    first, last = report_years()
    if not first <= year <= last:
        raise NeracaError(f"There is no report for {year}: the figures allow {first} to {last}.")
    return year


def report_years() -> tuple[int, int]:
    """Give the first and last year that a report can be made for, as the data package states."""
    package = json.loads((data_directory() / "datapackage.json").read_text(encoding="utf-8"))
    return package["report_years"]["first"], package["report_years"]["last"]


def from_notebook(names: Mapping[str, Any]) -> ReportParameters:
    """Check the parameters of a notebook from its `globals()`, as its first cell does.

    papermill only warns of a parameter that a notebook does not have, and would then make a
    report for the default province; so any plain value that is no parameter is refused here.

    Raises:
        NeracaError: for an unknown name, a missing parameter, or a wrong value.

    >>> from_notebook({"province": "lampung", "year": 2025, "provnce": "aceh"})
    Traceback (most recent call last):
    analysis.errors.NeracaError: There is no parameter 'provnce'. Did you mean province?

    """
    return _parse(ReportParameters, _plain_values(names, ReportParameters))


def national_from_notebook(names: Mapping[str, Any]) -> NationalParameters:
    """Check the parameters of `national.ipynb` from its `globals()`; see `from_notebook`."""
    return _parse(NationalParameters, _plain_values(names, NationalParameters))


def _parse(model: type[Schema], values: Mapping[str, Any]) -> Schema:
    try:
        return model.model_validate(dict(values))
    except ValidationError as error:
        sentences = [_sentence(item, list(model.model_fields)) for item in error.errors()]
        raise NeracaError(" ".join(sentences)) from None


def _plain_values(names: Mapping[str, Any], model: type[BaseModel]) -> dict[str, Any]:
    """Give what a notebook was asked for: every plain value among its names.

    Once a notebook has checked its parameters, its own plain values stand among its names too: run
    again in the same kernel, only the parameters themselves are looked at.
    """
    if isinstance(names.get("parameters"), BaseModel):
        return {name: names[name] for name in model.model_fields if name in names}
    return {
        name: value
        for name, value in names.items()
        if not _IPYTHON_NAME.fullmatch(name) and _is_plain(value)
    }


# IPython puts its input and output history among a notebook's names, and Python its own.
_IPYTHON_NAME = re.compile(r"In|Out|__.*|_+|_i+|_i?\d+|_[iod]h|_exit_code")


def _is_plain(value: object) -> bool:
    return value is None or isinstance(value, str | int | float | list | dict | tuple)


def _sentence(error: Any, known: list[str]) -> str:
    """Word one error of pydantic for a person; `known` are the parameters there are."""
    name = ".".join(str(part) for part in error["loc"] if part in known)
    kind, context, given = error["type"], error.get("ctx", {}), error["input"]
    if kind == "extra_forbidden":
        return _unknown_name(str(error["loc"][0]), known)
    if kind == "missing":
        return f"The parameter {error['loc'][0]} is missing."
    if isinstance(context.get("error"), NeracaError):
        return str(context["error"])
    if kind == "literal_error":
        return f"{name} must be one of {context['expected']}, not {given!r}."
    return f"{name} is {given!r}, but {_requirement(error)}."


def _unknown_name(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    hint = f"Did you mean {near[0]}?" if near else f"The parameters are {', '.join(known)}."
    return f"There is no parameter {name!r}. {hint}"


def _requirement(error: Any) -> str:
    limits = {
        "greater_than": ("gt", "must be more than"),
        "greater_than_equal": ("ge", "must be at least"),
        "less_than_equal": ("le", "must be at most"),
    }
    if error["type"] in limits:
        key, words = limits[error["type"]]
        return f"{words} {error['ctx'][key]:g}"
    if error["type"].startswith("int"):
        return "must be a whole number"
    if error["type"].startswith("float"):
        return "must be a number"
    return str(error["msg"]).removeprefix("Value error, ")
