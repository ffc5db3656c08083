"""The commands of a remedy, for the system of the machine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from diag.engine.remedy import steps_for
from diag.engine.rule import Rule, StepSpec
from diag.engine.versions import parse_range
from diag.model import Severity, Step
from diag.schema import Type

RESTART = StepSpec(
    "Restart it", "state", "admin", "systemctl restart himdsd", "Restart-Service himds"
)


def rule(*steps: StepSpec, summary: str = "") -> Rule:
    return Rule(
        id="ARC-TEST-001",
        name="a",
        description="b",
        severity=Severity.LOW,
        version="1.0.0",
        query="Events",
        remedy_summary=summary,
        remedy=steps,
    )


@pytest.mark.parametrize(
    ("system", "command"),
    [("linux", "systemctl restart himdsd"), ("windows", "Restart-Service himds")],
)
def test_the_command_fits_the_system(system: str, command: str) -> None:
    assert steps_for(rule(RESTART), system, (), {}, {}) == (
        Step("Restart it", command, "state", "admin"),
    )


def test_an_unknown_system_shows_both() -> None:
    steps = steps_for(rule(RESTART), "", (), {}, {})
    assert [step.text for step in steps] == [
        "Restart it (Linux)",
        "Restart it (Windows)",
    ]
    assert [step.command for step in steps] == [RESTART.linux, RESTART.windows]


def test_a_command_for_both_systems_stands_once() -> None:
    step = StepSpec("Check", linux="azcmagent check", windows="azcmagent check")
    both = steps_for(rule(step), "", (), {}, {})
    assert [s.command for s in both] == ["azcmagent check"]
    none = steps_for(rule(StepSpec("Look")), "", (), {}, {})
    assert [s.command for s in none] == [""]


def test_a_step_for_the_other_system_has_no_command_here() -> None:
    step = StepSpec("Look", linux="journalctl")
    assert steps_for(rule(step), "windows", (), {}, {}) == (Step("Look"),)
    assert [s.text for s in steps_for(rule(step), "", (), {}, {})] == ["Look (Linux)"]


def test_a_summary_alone_is_the_only_step() -> None:
    alone = steps_for(rule(summary="Restart it."), "", (), {}, {})
    assert alone == (Step("Restart it."),)
    assert (
        steps_for(rule(RESTART, summary="Restart it."), "linux", (), {}, {})[0].text
        == "Restart it"
    )
    assert steps_for(rule(), "", (), {}, {}) == ()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("extd", "extd"),
        ("extd.service", "extd.service"),
        ("user@host", "user@host"),
        ("-f", "<Unit>"),
        ("a; rm -rf /", "<Unit>"),
        ("$(reboot)", "<Unit>"),
        ("a\nb", "<Unit>"),
        ("x" * 65, "<Unit>"),
        ("", "<Unit>"),
    ],
)
def test_only_a_plain_word_is_put_into_a_command(value: str, written: str) -> None:
    step = StepSpec("Start {{Unit}}.", linux="systemctl start {{Unit}}")
    kinds = {"Unit": Type.STRING}
    [found] = steps_for(rule(step), "linux", (), {"Unit": value}, kinds)
    assert found.command == f"systemctl start {written}"
    assert found.text == f"Start {value}."


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ((), "Update the agent: version 1.29 has this mended."),
        (
            (1, 21, 4),
            "Update the agent: version 1.29 has this mended; this machine has 1.21.4.",
        ),
        ((1, 29), None),
        ((1, 30, 1), None),
    ],
)
def test_a_newer_agent_is_the_first_remedy(
    version: tuple[int, ...], said: str | None
) -> None:
    spec = replace(rule(StepSpec("Look")), fixed_in="1.29")
    texts = [step.text for step in steps_for(spec, "linux", version, {}, {})]
    assert texts == [said, "Look"] if said else ["Look"]


def test_a_step_may_be_for_some_versions_only() -> None:
    spec = rule(StepSpec("Old way", versions=parse_range("<1.30")), StepSpec("Look"))

    def texts(version: tuple[int, ...]) -> list[str]:
        return [step.text for step in steps_for(spec, "linux", version, {}, {})]

    assert texts((1, 29)) == ["Old way", "Look"]
    assert texts((1, 30)) == ["Look"]
    assert texts(()) == ["Old way", "Look"]
