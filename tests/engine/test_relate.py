"""Findings that silence and explain each other, and their order."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from diag.engine.relate import relate
from diag.engine.rule import Rule, Suppression, When
from diag.model import Finding, Severity, Silence

NOON = datetime(2026, 3, 10, 12)  # noqa: DTZ001 - as the store has it


def rule(
    name: str,
    *,
    explains: tuple[str, ...] = (),
    suppress: tuple[Suppression, ...] = (),
) -> Rule:
    return Rule(
        id=name,
        name=name,
        description="",
        severity=Severity.LOW,
        version="1.0.0",
        query="Events",
        explains=explains,
        suppress=suppress,
    )


def finding(
    name: str,
    severity: Severity = Severity.MEDIUM,
    *,
    minutes: tuple[int, int] | None = (0, 10),
    computer: str = "a",
    title: str = "t",
) -> Finding:
    first, last = (
        (NOON + timedelta(minutes=m) for m in minutes) if minutes else (None, None)
    )
    return Finding(
        rule=name,
        covers=(),
        severity=severity,
        benign=False,
        title=title,
        why="",
        computer=computer,
        first_seen=first,
        last_seen=last,
        count=1,
        evidence=(),
        remedy=(),
        references=(),
    )


def test_the_worst_comes_first_then_the_earliest() -> None:
    rules = [rule("A"), rule("B")]
    findings = [
        finding("B", Severity.INFO),
        finding("B", Severity.HIGH, minutes=(5, 6)),
        finding("B", Severity.HIGH, minutes=(1, 2), computer="z"),
        finding("A", Severity.HIGH, minutes=(1, 2), computer="z", title="y"),
        finding("A", Severity.HIGH, minutes=(1, 2), computer="z", title="x"),
        finding("A", Severity.HIGH, minutes=None),
        finding("A", Severity.CRITICAL, minutes=(9, 9)),
    ]
    shown, suppressed = relate(findings, rules)
    assert suppressed == ()
    assert [findings.index(one) for one in shown] == [6, 5, 4, 3, 2, 1, 0]


def test_a_cause_is_named_and_stands_before_what_it_explains() -> None:
    rules = [rule("CAUSE", explains=("GAP",)), rule("GAP"), rule("OTHER")]
    findings = [
        finding("GAP", Severity.HIGH, minutes=(0, 20)),
        finding("CAUSE", Severity.LOW, minutes=(15, 16)),
        finding("OTHER", Severity.HIGH, minutes=(30, 31)),
    ]
    shown, _ = relate(findings, rules)
    assert [one.rule for one in shown] == ["CAUSE", "OTHER", "GAP"]
    assert shown[2].explained_by == ("CAUSE",)
    assert shown[0].severity is Severity.LOW


def test_a_chain_of_causes_stands_in_its_order() -> None:
    rules = [
        rule("A", explains=("B",)),
        rule("B", explains=("C",)),
        rule("C"),
    ]
    findings = [
        finding("C", Severity.CRITICAL),
        finding("B", Severity.INFO),
        finding("A", Severity.INFO),
    ]
    shown, _ = relate(findings, rules)
    assert [one.rule for one in shown] == ["A", "B", "C"]


def test_an_effect_may_follow_its_cause_within_a_minute() -> None:
    rules = [rule("CAUSE", explains=("CODE",)), rule("CODE")]
    for minute, expected in ((11, ("CAUSE",)), (12, ())):
        findings = [finding("CAUSE"), finding("CODE", minutes=(minute, minute))]
        shown, _ = relate(findings, rules)
        assert shown[-1].explained_by == expected


def test_findings_about_different_parts_explain_nothing() -> None:
    rules = [rule("LOOP", explains=("GAP",)), rule("GAP")]
    for cause, other, expected in (
        ("extd", "himdsd", ()),
        ("himdsd", "himdsd", ("LOOP",)),
        ("", "himdsd", ("LOOP",)),
        ("extd", "", ("LOOP",)),
    ):
        findings = [
            replace(finding("LOOP"), subject=cause),
            replace(finding("GAP"), subject=other),
        ]
        shown, _ = relate(findings, rules)
        assert shown[-1].explained_by == expected


def test_another_computer_or_time_explains_nothing() -> None:
    rules = [rule("CAUSE", explains=("GAP",)), rule("GAP")]
    findings = [
        finding("GAP", minutes=(0, 20)),
        finding("CAUSE", minutes=(21, 22)),
        finding("CAUSE", minutes=(0, 20), computer="b"),
    ]
    shown, _ = relate(findings, rules)
    assert all(one.explained_by == () for one in shown)


def test_a_cause_without_a_time_always_holds() -> None:
    rules = [rule("CAUSE", explains=("GAP",)), rule("GAP")]
    findings = [finding("GAP"), finding("CAUSE", minutes=None)]
    shown, _ = relate(findings, rules)
    assert [one.explained_by for one in shown] == [(), ("CAUSE",)]


def test_a_silenced_finding_is_kept_apart_and_explains_nothing() -> None:
    rules = [
        rule("A", suppress=(Suppression("B", When.OVERLAP),)),
        rule("B", explains=("C",)),
        rule("C"),
    ]
    findings = [
        finding("A"),
        finding("B"),
        finding("B", minutes=(50, 60)),
        finding("B", computer="b"),
        finding("C"),
    ]
    shown, suppressed = relate(findings, rules)
    silence = Silence(findings[0].rule, f"is part of: {findings[0].title}")
    assert suppressed == (replace(findings[1], silence=silence),)
    assert [one.rule for one in shown] == ["A", "C", "B", "B"] or len(shown) == 4
    assert all(one.explained_by == () for one in shown)


def test_a_rule_can_silence_another_on_the_whole_host() -> None:
    rules = [rule("A", suppress=(Suppression("B", When.SAME_HOST),)), rule("B")]
    findings = [
        finding("A"),
        finding("B", minutes=(50, 60)),
        finding("B", computer="b"),
    ]
    shown, suppressed = relate(findings, rules)
    silence = Silence(findings[0].rule, f"is part of: {findings[0].title}")
    assert suppressed == (replace(findings[1], silence=silence),)
    assert len(shown) == 2


def test_rules_that_did_not_run_may_be_named() -> None:
    rules = [
        rule("A", explains=("GONE",), suppress=(Suppression("GONE", When.OVERLAP),))
    ]
    shown, _ = relate([finding("A")], rules)
    assert len(shown) == 1


NAMES = ("A", "B", "C", "D")
RULES = [
    rule("A", explains=("B", "C")),
    rule("B", explains=("D",)),
    rule("C", explains=("D",), suppress=(Suppression("B", When.OVERLAP),)),
    rule("D"),
]
one_finding = st.builds(
    lambda name, severity, start, length, computer: finding(
        name, severity, minutes=(start, start + length), computer=computer
    ),
    st.sampled_from(NAMES),
    st.sampled_from(Severity),
    st.integers(0, 30),
    st.integers(0, 10),
    st.sampled_from(("a", "b")),
)


@given(st.lists(one_finding, max_size=12), st.integers())
def test_the_order_does_not_depend_on_the_input_order(
    findings: list[Finding], seed: int
) -> None:
    mixed = list(findings)
    Random(seed).shuffle(mixed)
    assert relate(findings, RULES) == relate(mixed, RULES)


@given(st.lists(one_finding, max_size=12))
def test_nothing_is_lost_and_causes_come_first(findings: list[Finding]) -> None:
    shown, suppressed = relate(findings, RULES)
    assert len(shown) + len(suppressed) == len(findings)
    for place, one in enumerate(shown):
        for cause in one.explained_by:
            assert cause in {before.rule for before in shown[:place]}
