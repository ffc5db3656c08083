"""Run the tests that stand inside rules: raw log text in, expected findings out."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from diag import bundle, engine, formats
from diag.analyze.load import Options, build
from diag.engine.expect import differences
from diag.store import Store

if TYPE_CHECKING:
    from diag.engine import RuleSet
    from diag.engine.rule import Rule, RuleTest
    from diag.formats import Families, Family


@dataclass(frozen=True, slots=True)
class TestResult:
    """How one test of a rule ended; `message` says what was found instead."""

    __test__ = False  # pytest takes the name for a test class

    rule: str
    name: str
    ok: bool
    message: str = ""


def run_tests(
    rule: Rule, rules: RuleSet, families: Families | None = None
) -> list[TestResult]:
    """Run all tests of one rule, each on a store of its own.

    Args:
        rule: The rule.
        rules: The set it was loaded with.
        families: The log definitions; the built-in ones when None.

    Returns:
        One result per test, in order.

    Raises:
        RuleError: The rule's query is wrong.
    """
    known = families or formats.load_families()
    return [_run(rule, rules, test, known) for test in rule.tests]


def _run(rule: Rule, rules: RuleSet, test: RuleTest, families: Families) -> TestResult:
    unknown = sorted(set(test.logs) - set(families))
    if unknown:
        text = f"there is no log {', '.join(unknown)}"
        return TestResult(rule.id, test.name, ok=False, message=text)
    with tempfile.TemporaryDirectory(prefix="arcdiag-trial-") as folder:
        root = Path(folder) / "machine"
        root.mkdir()
        for log, text in test.logs.items():
            place = root / canonical_path(families[log], test.system)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text.encode())
        path = Path(folder) / "store.duckdb"
        codes = engine.load_error_codes()
        options = Options(now=test.as_of.replace(tzinfo=UTC))
        build(path, [bundle.open_bundle(root)], families, codes, options)
        with Store(path) as store:
            wrong = differences(store, rules, rule, test)
    return TestResult(rule.id, test.name, ok=not wrong, message="; ".join(wrong))


def canonical_path(family: Family, system: str = "") -> str:
    """Return a path at which a file is recognised as this family.

    Args:
        family: A family with at least one path.
        system: linux or windows; Linux first when empty. A log that this system
            does not have lies where another one has it.
    """
    order = (
        [system, "any", "linux", "windows"] if system else ["linux", "windows", "any"]
    )
    globs = [glob for name in order for glob in family.systems.get(name, ())]
    return globs[0].replace("*", "0")
