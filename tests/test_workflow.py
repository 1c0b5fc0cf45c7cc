"""The workflow for those who fork the repository: pinned actions, no secrets, real commands."""

import re
from pathlib import Path

import pytest
import yaml

PINNED = re.compile(r"^[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


@pytest.fixture(scope="module")
def text(project_root: Path) -> str:
    return (project_root / ".github/workflows/reports.yml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def steps(text: str) -> list[dict]:
    jobs = yaml.safe_load(text)["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


def test_every_action_is_pinned_by_commit_and_names_its_version(text, steps) -> None:
    used = re.findall(r"uses: (.+)", text)
    assert len(used) == sum("uses" in step for step in steps) > 5
    assert [name for name in used if not PINNED.match(name)] == []


def test_no_step_needs_a_secret_and_only_publishing_may_write(text) -> None:
    workflow = yaml.safe_load(text)
    assert "secrets" not in text
    assert workflow["permissions"] == {"contents": "read"}
    given = {
        name: job["permissions"] for name, job in workflow["jobs"].items() if "permissions" in job
    }
    assert given == {"publish": {"pages": "write", "id-token": "write"}}


def test_nothing_is_published_that_was_not_tested_and_verified(text) -> None:
    jobs = yaml.safe_load(text)["jobs"]
    assert jobs["publish"]["needs"] == "render"
    assert set(jobs["render"]["needs"]) == {"test", "verify"}
    assert "refs/heads/main" in jobs["publish"]["if"]
    assert all(job["timeout-minutes"] <= 60 for job in jobs.values())


def test_what_is_checked_out_keeps_no_credentials(steps) -> None:
    checkouts = [step for step in steps if step.get("uses", "").startswith("actions/checkout")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_every_command_is_a_target_of_the_makefile(project_root, steps) -> None:
    makefile = (project_root / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([\w-]+):", makefile, re.MULTILINE))
    commands = [step["run"].split() for step in steps if "run" in step]
    assert commands
    assert {command[0] for command in commands} == {"make"}
    assert {command[1] for command in commands} <= targets


def test_one_version_of_quarto_renders_and_is_tested(steps) -> None:
    versions = [step["with"]["version"] for step in steps if "quarto" in step.get("uses", "")]
    assert len(versions) == 2
    assert len(set(versions)) == 1
