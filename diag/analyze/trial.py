"""Run the tests that stand inside rules: raw log text in, expected findings out."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from diag import bundle, engine, formats
from diag.analyze.load import Options, fill
from diag.analyze.written import add_written
from diag.engine.expect import differences_of
from diag.store import Builder, Store

if TYPE_CHECKING:
    from types import TracebackType

    from diag.engine import RuleSet
    from diag.engine.compiled import CompiledRule
    from diag.engine.rule import Rule, RuleTest
    from diag.formats import Families, Family


@dataclass(frozen=True, slots=True)
class TestResult:
    """How one test of a rule ended; `message` says what was found instead.

    A test that is `todo` is known to fail: it is `ok` all the same, `passes` says
    whether it does, and its message what is found.
    """

    __test__ = False  # pytest takes the name for a test class

    rule: str
    name: str
    ok: bool
    message: str = ""
    todo: bool = False
    seconds: float = 0.0
    passes: bool = True


class Samples:
    """The stores of tests, each built once, in one temporary folder."""

    def __init__(self, families: Families | None = None) -> None:
        """Prepare to build.

        Args:
            families: The log definitions; the built-in ones when None.
        """
        self.families = families or formats.load_families()
        self._codes = engine.load_error_codes()
        self._folder = tempfile.TemporaryDirectory(prefix="arcdiag-trial-")
        self._paths: dict[str, Path] = {}

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove everything."""
        self._folder.cleanup()

    def unknown(self, test: RuleTest) -> str:
        """Return the logs of a test that do not exist; empty when all do."""
        return ", ".join(sorted(set(test.logs) - set(self.families)))

    def open(self, test: RuleTest) -> Store:
        """Return the store of a test's logs, which the real parsers read.

        Args:
            test: Tests with the same logs, system and time share one store.
        """
        key = repr((test.logs, test.system, test.as_of, test.events, test.facts))
        if key not in self._paths:
            self._paths[key] = self._build(test, str(len(self._paths)))
        return Store(self._paths[key])

    def _build(self, test: RuleTest, name: str) -> Path:
        root = Path(self._folder.name) / name / "machine"
        root.mkdir(parents=True)
        for log, text in test.logs.items():
            place = root / canonical_path(self.families[log], test.system)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text.encode())
        path = root.parent / "store.duckdb"
        options = Options(now=test.as_of.replace(tzinfo=UTC))
        written = bool(test.events or test.facts)
        # A test of rows alone has no logs, and no machine without any.
        bundles = [bundle.open_bundle(root)] if test.logs or not written else []
        more = partial(add_written, test=test)
        fill(Builder(path), bundles, self.families, self._codes, options, more)
        return path


def run_tests(
    rule: Rule,
    rules: RuleSet,
    families: Families | None = None,
    samples: Samples | None = None,
) -> list[TestResult]:
    """Run all tests of one rule, each on a store of its own.

    Args:
        rule: The rule.
        rules: The set it was loaded with.
        families: The log definitions; the built-in ones when None.
        samples: Stores that were built already, and are kept for others.

    Returns:
        One result per test, in order.

    Raises:
        RuleError: The rule's query is wrong.
    """
    if samples is None:
        with Samples(families) as own:
            return run_tests(rule, rules, samples=own)
    [compiled] = rules.compile([rule])
    return [run_test(compiled, rules, test, samples) for test in rule.tests]


def compiled_for(
    compiled: CompiledRule, rules: RuleSet, test: RuleTest
) -> CompiledRule:
    """Return a rule as a test wants it: with the test's own parameters, if it has any.

    Raises:
        RuleError: With these the query is wrong.
    """
    if not test.parameters:
        return compiled
    [other] = rules.compile([compiled.rule.with_values(test.parameters)])
    return other


def run_test(
    compiled: CompiledRule, rules: RuleSet, test: RuleTest, samples: Samples
) -> TestResult:
    """Run one test of a rule.

    Args:
        compiled: The rule.
        rules: The set it was loaded with.
        test: The test.
        samples: Stores that were built already, and are kept for others.

    Raises:
        RuleError: With the parameters of the test the query is wrong.
    """
    began = time.perf_counter()
    name = compiled.rule.id
    if unknown := samples.unknown(test):
        text = f"there is no log {unknown}"
        return TestResult(name, test.name, ok=False, message=text)
    with samples.open(test) as store:
        fitting = compiled_for(compiled, rules, test)
        wrong = differences_of(store, fitting, test, rules)
    message = "; ".join(wrong)
    if test.todo:
        message = message or "passes, although it is marked as todo"
    seconds = time.perf_counter() - began
    ok = test.todo or not wrong
    return TestResult(name, test.name, ok, message, test.todo, seconds, not wrong)


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
