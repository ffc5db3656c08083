"""Which rules are about which machines, and which logs are missing where."""

from __future__ import annotations

import pytest

from diag.engine.machines import Machine, Machines, Verdict
from diag.engine.rule import AppliesTo, Rule
from diag.engine.versions import parse_range, parse_version
from diag.model import Severity

EVERY = AppliesTo()
OLD = AppliesTo(("linux",), parse_range("<1.40"))


def machine(name: str, system: str, version: str, *logs: str) -> Machine:
    return Machine(name, system, parse_version(version), frozenset(logs))


def rule(
    *,
    needs: tuple[str, ...] = (),
    any_of: tuple[str, ...] = (),
    applies: AppliesTo = EVERY,
) -> Rule:
    return Rule(
        id="ARC-TEST-001",
        name="a",
        description="b",
        severity=Severity.LOW,
        version="1.0.0",
        query="Events",
        required_logs=needs,
        required_any_log=any_of,
        applies_to=applies,
    )


@pytest.mark.parametrize(
    ("system", "version", "verdict"),
    [
        ("linux", "1.39.1", Verdict.YES),
        ("linux", "1.40", Verdict.NO),
        ("windows", "1.39", Verdict.NO),
        ("windows", "", Verdict.NO),
        ("", "1.39", Verdict.UNKNOWN),
        ("linux", "", Verdict.UNKNOWN),
        ("", "1.40", Verdict.NO),
    ],
)
def test_unknown_facts_do_not_rule_a_machine_out(
    system: str, version: str, verdict: Verdict
) -> None:
    machines = Machines((machine("a", system, version),))
    assert machines.applies(OLD) is verdict
    assert machines.applies(OLD, "a") is verdict


def test_one_machine_that_fits_is_enough_to_run_a_rule() -> None:
    machines = Machines((machine("a", "linux", "1.39"), machine("b", "linux", "1.60")))
    assert machines.applies(OLD) is Verdict.YES
    assert machines.applies(OLD, "b") is Verdict.NO
    assert machines.applies(OLD, "never seen") is Verdict.YES


def test_a_store_without_bundles_is_unknown() -> None:
    assert Machines(()).applies(OLD) is Verdict.UNKNOWN
    assert Machines(()).applies(AppliesTo()) is Verdict.YES
    [missing] = Machines(()).missing(rule(needs=("himds",)))
    assert missing.everywhere


def test_the_system_and_name_are_told_when_all_agree() -> None:
    one = Machines((machine("a", "linux", ""), machine("b", "windows", "")))
    assert (one.system("a"), one.system("b"), one.system("c")) == (
        "linux",
        "windows",
        "",
    )
    assert one.only_computer == ""
    assert Machines((machine("a", "", ""),)).only_computer == "a"


def test_a_log_that_is_missing_is_named() -> None:
    machines = Machines((machine("a", "linux", "", "himds"),))
    assert machines.missing(rule(needs=("himds",))) == []
    [missing] = machines.missing(rule(needs=("himds", "gc_ext")))
    assert (missing.logs, missing.everywhere, missing.reason) == (("gc_ext",), True, "")


def test_one_of_several_logs_is_enough() -> None:
    machines = Machines((machine("a", "linux", "", "himds"),))
    assert machines.missing(rule(any_of=("journal", "himds"))) == []
    [missing] = machines.missing(rule(any_of=("journal", "dsc")))
    assert missing.everywhere
    assert missing.reason == "one of these logs is needed"


def test_a_rule_runs_when_only_some_machines_lack_a_log() -> None:
    machines = Machines(
        (
            machine("a", "linux", "", "himds", "journal"),
            machine("c", "linux", "", "journal"),
            machine("b", "linux", "", "journal"),
        )
    )
    [missing] = machines.missing(rule(needs=("himds", "journal")))
    assert not missing.everywhere
    assert missing.logs == ("himds",)
    assert missing.reason == "missing on b, c"


def test_logs_of_machines_that_a_rule_is_not_about_do_not_count() -> None:
    machines = Machines(
        (machine("a", "linux", "1.39", "himds"), machine("b", "windows", "1.39"))
    )
    assert machines.missing(rule(needs=("himds",), applies=OLD)) == []


def test_many_names_are_counted() -> None:
    names = [machine(f"m{number}", "", "") for number in range(5)]
    machines = Machines((machine("a", "", "", "himds"), *names))
    [missing] = machines.missing(rule(needs=("himds",)))
    assert missing.reason == "missing on m0, m1, m2 and 2 more"
