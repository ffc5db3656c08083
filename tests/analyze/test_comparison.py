"""Two machines side by side: what differs, what does not, and what surprises."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag import analyze
from diag.analyze.comparison import compare
from diag.analyze.comparison.messages import LEVELS, surprise_of
from tests.shipped import lenient

if TYPE_CHECKING:
    from diag.engine import RuleSet
    from diag.model import Comparison, Difference

SAMPLES = Path(__file__).parents[2] / "samples"
COUNT = st.integers(0, 10_000)


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return lenient()


def compared(good: Path, bad: Path, rules: RuleSet) -> Comparison:
    with (
        analyze.load([good], cache=False) as one,
        analyze.load([bad], cache=False) as other,
    ):
        return compare(
            (one, analyze.diagnose(one, rules)),
            (other, analyze.diagnose(other, rules)),
        )


def machine(folder: Path, **files: str) -> Path:
    """Write a bundle of `azcmagent show` and himds.log."""
    names = {
        "show": "commands/azcmagent-show.txt",
        "himds": "var/opt/azcmagent/log/himds.log",
        "config": "commands/azcmagent-config-list.txt",
        "systemctl": "commands/systemctl-list-units.txt",
    }
    for key, text in files.items():
        path = folder / names[key]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def show(**facts: str) -> str:
    return "".join(f"{k.replace('_', ' '):<40}: {v}\n" for k, v in facts.items())


def lines(*messages: tuple[str, str], times: int = 1) -> str:
    made = []
    for number, (level, text) in enumerate(messages * times):
        moment = f"2026-03-10T{number // 60:02}:{number % 60:02}:00Z"
        made.append(f'time="{moment}" level={level} msg="{text}"\n')
    return "".join(made)


def by_kind(found: Comparison, kind: str) -> list[Difference]:
    return [one for one in found.differences if one.kind == kind]


@pytest.mark.parametrize("name", ["heartbeat-lost", "healthy-windows.zip"])
def test_a_machine_does_not_differ_from_itself(name: str, rules: RuleSet) -> None:
    found = compared(SAMPLES / name, SAMPLES / name, rules)
    assert found.differences == ()
    assert found.uncompared == ()


def test_the_cause_stands_before_its_symptoms(rules: RuleSet) -> None:
    found = compared(SAMPLES / "healthy-linux", SAMPLES / "heartbeat-lost", rules)
    first = found.differences[0]
    assert first.text.startswith("ARC-ID-001")
    assert (first.evidence[0].file, first.evidence[0].line) == (
        "var/opt/azcmagent/log/himds.log",
        233,
    )
    order = [one.text.split()[0] for one in by_kind(found, "finding")]
    assert order.index("ARC-HB-001") < order.index("ARC-HB-004")  # ID-001 explains it
    surprises = [one.surprise for one in found.differences]
    assert surprises == sorted(surprises, reverse=True)
    assert ("gc_ext", "good") in found.uncompared


def test_settings_differ_and_names_and_ids_do_not(
    tmp_path: Path, rules: RuleSet
) -> None:
    own = {"VM_ID": "11111111-2222-3333-4444-555555555555", "Resource_Name": "a1"}
    other = {"VM_ID": "99999999-2222-3333-4444-555555555555", "Resource_Name": "b2"}
    good = machine(tmp_path / "good", show=show(**own, Using_HTTPS_Proxy=""))
    bad = machine(
        tmp_path / "bad", show=show(**other, Using_HTTPS_Proxy="http://p.example:3128")
    )
    [one] = by_kind(compared(good, bad, rules), "setting")
    assert one.text == "Using HTTPS Proxy (azcmagent_show)"
    assert (one.good, one.bad) == ("empty", "http://p.example:3128")
    assert one.evidence[0].line == 3


def test_an_error_that_never_came_is_more_surprising_than_a_rate(
    tmp_path: Path, rules: RuleSet
) -> None:
    tick, slow = ("debug", "tick"), ("info", "answer was slow")
    good = machine(tmp_path / "good", himds=lines(tick, tick, tick, slow, times=20))
    bad = machine(
        tmp_path / "bad",
        himds=lines(tick, slow, slow, slow, times=19) + lines(("error", "no such key")),
    )
    found = by_kind(compared(good, bad, rules), "message")
    assert found[0].text == "error: no such key"
    assert (found[0].good, found[0].bad) == ("never", "once")
    assert found[0].evidence[0].line == 77
    assert {one.text for one in found[1:]} == {"debug: tick", "info: answer was slow"}


def test_what_differs_by_chance_is_not_told(tmp_path: Path, rules: RuleSet) -> None:
    tick, other = ("info", "tick"), ("info", "other")
    good = machine(tmp_path / "good", himds=lines(tick, other, times=20))
    bad = machine(
        tmp_path / "bad", himds=lines(tick, other, times=18) + lines(tick, tick)
    )
    assert by_kind(compared(good, bad, rules), "message") == []


@given(COUNT, COUNT, COUNT, COUNT, st.sampled_from(["", *LEVELS]))
def test_surprise_is_never_negative_nor_without_bounds(
    a: int, b: int, more_a: int, more_b: int, level: str
) -> None:
    total_a, total_b = max(a + more_a, 1), max(b + more_b, 1)
    bits = surprise_of(a, b, total_a, total_b, level)
    assert 0 <= bits <= 26


@given(st.integers(1, 10_000), st.integers(1, 50))
def test_equal_shares_do_not_surprise(count: int, times: int) -> None:
    assert surprise_of(count * times, count, count * times * 2, count * 2, "error") == 0
