"""The environment: what is declared, what is locked, and how a person sets it up."""

import re
import subprocess
import tomllib

import pytest
import yaml

REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)(.*(?:\n    .*)*)", re.MULTILINE)
ADDRESS = re.compile(r"https?://|--(?:extra-)?index-url|--find-links|--trusted-host|file:")


def normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(text: str) -> dict[str, dict[str, int]]:
    """Give name, then version, then number of hashes, of each line of a lock."""
    found: dict[str, dict[str, int]] = {}
    for name, version, rest in REQUIREMENT.findall(text):
        found.setdefault(normalized(name), {})[version] = rest.count("--hash=sha256:")
    return found


@pytest.fixture(scope="module")
def project(project_root) -> dict:
    return tomllib.loads((project_root / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def run_lock(project_root) -> dict[str, dict[str, int]]:
    return locked((project_root / "requirements.lock").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def full_lock(project_root) -> dict[str, dict[str, int]]:
    return locked((project_root / "requirements-test.lock").read_text(encoding="utf-8"))


def names(requirements: list[str]) -> set[str]:
    return {normalized(re.split(r"[<>=!~;\[ ]", item)[0]) for item in requirements}


def test_every_dependency_is_locked(project, run_lock, full_lock) -> None:
    groups = project["dependency-groups"]
    needed = names(project["project"]["dependencies"] + groups["build"])
    assert needed <= set(run_lock)
    assert needed | names(groups["test"]) <= set(full_lock)


def test_what_builds_the_project_is_locked(project, run_lock) -> None:
    assert names(project["build-system"]["requires"]) <= set(run_lock)


def test_every_locked_version_has_a_hash(run_lock, full_lock) -> None:
    for lock in (run_lock, full_lock):
        unhashed = [name for name, versions in lock.items() if 0 in versions.values()]
        assert lock
        assert unhashed == []


def test_every_line_of_a_lock_is_understood(project_root) -> None:
    for name in ("requirements.lock", "requirements-test.lock"):
        text = (project_root / name).read_text(encoding="utf-8")
        assert REQUIREMENT.sub("", text).strip() == ""


def test_both_locks_agree(run_lock, full_lock) -> None:
    for name, versions in run_lock.items():
        assert full_lock[name] == versions


def test_no_file_names_an_index(project_root) -> None:
    for name in ("requirements.lock", "requirements-test.lock", "environment.yml"):
        assert ADDRESS.search((project_root / name).read_text(encoding="utf-8")) is None


def test_the_conda_environment_leaves_versions_to_the_lock(project_root) -> None:
    text = (project_root / "environment.yml").read_text(encoding="utf-8")
    dependencies = yaml.safe_load(text)["dependencies"]
    assert {"pip": ["-r requirements.lock"]} in dependencies
    named = {re.split(r"[ <>=]", item)[0] for item in dependencies if isinstance(item, str)}
    assert named == {"python", "make", "quarto", "pip"}


def test_the_citation_has_the_version_of_the_project(project, project_root) -> None:
    citation = yaml.safe_load((project_root / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == project["project"]["version"]
    assert citation["license"] == project["project"]["license"]


def planned(project_root, *arguments: str, **environment: str) -> str:
    """Give what make would run, as if everything were set up."""
    command = ["make", "--dry-run", "--old-file=.venv/project", *arguments]
    return subprocess.run(
        command, cwd=project_root, env={"PATH": "/usr/bin:/bin", **environment},
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip


def test_make_takes_the_language_from_its_command_line_only(project_root) -> None:
    from_environment = planned(project_root, "report", LANGUAGE="en_US:en")
    assert "report 'lampung' '2025' --language 'id'" in from_environment
    given = planned(project_root, "report", "LANGUAGE=en", "PROVINCE=aceh", "YEAR=2024")
    assert "report 'aceh' '2024' --language 'en'" in given


def test_make_refuses_an_old_python(project_root, tmp_path) -> None:
    (tmp_path / "Makefile").write_text((project_root / "Makefile").read_text(encoding="utf-8"))
    for name in ("requirements.lock", "pyproject.toml"):
        (tmp_path / name).touch()
    old = tmp_path / "python"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    made = subprocess.run(
        ["make", "report", f"PYTHON={old}"], cwd=tmp_path, capture_output=True, text=True
    )
    assert made.returncode != 0
    assert "Python 3.11 or newer is needed" in made.stderr
    assert not (tmp_path / ".venv").exists()
