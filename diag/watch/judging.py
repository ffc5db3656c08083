"""Judging what is there now: the same way and the same rules as `arcdiag check`."""

from __future__ import annotations

import importlib
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from diag import analyze, engine, formats
from diag.analyze.load import Loaded, Options, fill
from diag.analyze.sanitise import Sanitiser
from diag.engine.ruleset import RuleSet
from diag.engine.run import wanted
from diag.model import Bundle, BundleKind, Severity
from diag.store import Builder, Fleeting, Store
from diag.store.fleeting import NAME
from diag.watch.apart import apart, can_fork
from diag.watch.gate import Gate
from diag.watch.memory import let_go_of_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from diag.engine import Suppression
    from diag.engine.compiled import CompiledRule
    from diag.engine.rule import Rule
    from diag.formats import Families
    from diag.model import Diagnosis, Evidence, Member, Rows

    Params = Mapping[str, object] | Sequence[object]

    class Run(Protocol):
        """What does work: `apart`, or `_here`."""

        def __call__(self, work: Callable[[], T]) -> T:
            """Return what it returns."""


T = TypeVar("T")
FEW = 3  # rules that are asked where their store was made; more need more memory
SMALL = 1 << 20  # bytes of logs for which that is so
OFTEN = 4  # queries after which code of DuckDB is let go of


class _Frugal(Store):
    """A store that is asked many different things, one after the other."""

    _asked = 0

    def query(self, sql: str, params: Params | None = None, **limits: Any) -> Rows:  # noqa: ANN401 - as a store has them
        """Run one SELECT, as any store does."""
        if self._asked % OFTEN == 0:
            let_go_of_code()
        self._asked += 1
        return super().query(sql, params, **limits)


@dataclass(frozen=True)
class _Ready(RuleSet):
    """Rules whose queries were compiled before: a judgement comes every few minutes."""

    compiled: Mapping[str, CompiledRule] | None = None

    def compile(
        self, chosen: Iterable[Rule], errors: list[str] | None = None
    ) -> list[CompiledRule]:
        """Return the compiled ones of the rules; those that are wrong were told."""
        del errors
        known = self.compiled or {}
        return [known[rule.id] for rule in chosen if rule.id in known]


@dataclass(frozen=True, slots=True)
class Settings:
    """What a judgement depends on beside the logs; as the options of `check`.

    `kept` is the cache folder. With `secrets` they stay in what findings show.
    """

    options: Options
    experimental: bool = False
    suppressions: Sequence[Suppression] = ()
    kept: Path | None = None
    secrets: bool = False


def prepare(load: Callable[[], RuleSet], settings: Settings) -> RuleSet:
    """Return loaded rules; what compiling them needs is not kept in memory.

    Args:
        load: Loads rules that keep their compiled queries in a folder.
        settings: Which of them will run.
    """
    if can_fork():
        apart(lambda: len(_chosen(load(), settings)[0]))
    return load()


def _chosen(rules: RuleSet, settings: Settings) -> tuple[list[CompiledRule], list[str]]:
    """Return the rules that run, compiled, and what is wrong with others."""
    chosen = [one for one in rules if wanted(one, experimental=settings.experimental)]
    errors: list[str] = []
    return rules.compile(chosen, errors), errors


class Judge:
    """Loads members and runs rules on them, again and again."""

    def __init__(
        self, rules: RuleSet, settings: Settings, label: str, threads: int = 1
    ) -> None:
        """Compile the rules once.

        Args:
            rules: What `engine.load_rules` returned.
            settings: Beside the logs.
            label: What the source is called.
            threads: That a query may use; each costs memory.
        """
        self.families: Families = formats.load_families(settings.options.parsers)
        self._codes = engine.load_error_codes(
            settings.options.rules,
            lenient=settings.options.lenient,
            unlocked=settings.options.unlocked,
        )
        compiled, self.errors = _chosen(rules, settings)
        self._rules = rules
        if not self.errors:  # else each judgement compiles, and tells what is wrong
            self._rules = _Ready(
                # Without their texts, which are for the lines of errors.
                *(rules.rules, rules.remarks),
                errors=rules.errors,
                lenient=True,
                compiled={one.rule.id: one for one in compiled},
            )
        told = [one for one in compiled if _may_be_told(one.rule)]
        self.gate = Gate(told)
        self.ids = frozenset(one.rule.id for one in told)
        self.options = settings.options
        self._settings = settings
        self._label = label
        self.run: Run = apart if can_fork() else _here
        self._threads = threads
        # Made once, and shared with every fork.
        self._sanitiser = Sanitiser(kept=settings.kept)
        importlib.import_module("diag.analyze.ingest")

    def judge(
        self,
        members: Iterable[Member],
        now: datetime | None,
        only: frozenset[str] | None = None,
    ) -> Diagnosis:
        """Judge members as a folder that holds them, where possible in forks.

        Args:
            members: What is there.
            now: Aware time to judge at.
            only: Ids of rules; None for all whose findings may be told.
        """
        one = Bundle(self._label, BundleKind.FOLDER, "", tuple(members))
        asked = self.ids if only is None else only
        small = sum(member.size or 0 for member in one.members) <= SMALL
        if small and len(asked) <= FEW:
            return self.run(lambda: self._at_once(one, now, asked))
        return self._judged(one, now, asked, self.run)

    def judge_bundle(
        self, one: Bundle, now: datetime | None, only: frozenset[str] | None = None
    ) -> Diagnosis:
        """Judge a bundle in this process; see `judge`. Without `now`, as of then."""
        return self._judged(one, now, only, _here)

    def _judged(
        self,
        one: Bundle,
        now: datetime | None,
        only: frozenset[str] | None,
        run: Run,
    ) -> Diagnosis:
        with tempfile.TemporaryDirectory(prefix="arcdiag-") as folder:
            path = Path(folder) / "store.duckdb"
            # One after the other: what reading needed is gone when the rules run.
            run(lambda: self._build(path, one, now))
            return run(lambda: self._ask(path, now, only))

    def _at_once(
        self, one: Bundle, now: datetime | None, only: frozenset[str]
    ) -> Diagnosis:
        """Ask a few rules, for which memory is enough."""
        builder = Fleeting(threads=self._threads)
        self._fill(builder, one, now)
        within = builder.connection
        with _Frugal(NAME, threads=self._threads, within=within) as store:
            return self._diagnosed(store, now, only)

    def _build(self, path: Path, one: Bundle, now: datetime | None) -> None:
        self._fill(Builder(path, threads=self._threads), one, now)

    def _fill(self, builder: Builder, one: Bundle, now: datetime | None) -> None:
        options = self._settings.options
        options = replace(options, now=now or options.now)
        parts = (self.families, self._codes, options)
        fill(builder, [one], *parts, between=let_go_of_code)

    def _ask(
        self, path: Path, now: datetime | None, only: frozenset[str] | None
    ) -> Diagnosis:
        with _Frugal(path, threads=self._threads) as store:
            return self._diagnosed(store, now, only)

    def _diagnosed(
        self, store: Store, now: datetime | None, only: frozenset[str] | None
    ) -> Diagnosis:
        rules: RuleSet = self._rules
        if only is not None:
            rules = replace(rules, rules=tuple(r for r in rules if r.id in only))
        settings = self._settings
        found = analyze.diagnose(
            Loaded(store),
            rules,
            now,
            experimental=settings.experimental,
            suppressions=settings.suppressions,
        )
        if settings.secrets:
            return found
        # A new one each time: it remembers every text.
        return self._sanitiser.anew().cleaned(found).diagnosis


def _may_be_told(rule: Rule) -> bool:
    """Return whether a finding of a rule is told, or matters to one that is."""
    mild = rule.severity is Severity.INFO and not rule.finding.severity_from
    return not (rule.benign or mild) or bool(rule.suppress or rule.explains)


def _here(work: Callable[[], T]) -> T:
    return work()


def moved(found: Diagnosis, before: Mapping[str, int]) -> Diagnosis:
    """Return a diagnosis with the lines of their evidence as in the whole files.

    Args:
        found: Of files of which only the end was read.
        before: How many lines stand before that, by file.
    """
    if not before:
        return found
    findings = tuple(
        replace(one, evidence=tuple(_moved(line, before) for line in one.evidence))
        for one in found.findings
    )
    return replace(found, findings=findings)


def _moved(one: Evidence, before: Mapping[str, int]) -> Evidence:
    return replace(
        one,
        line=one.line + before.get(one.file, 0) if one.line else one.line,
        before=tuple(_moved(line, before) for line in one.before),
        after=tuple(_moved(line, before) for line in one.after),
    )
