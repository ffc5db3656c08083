"""Load rule packs: the built-in ones and the user's, all errors in one go."""

from __future__ import annotations

from dataclasses import replace
from graphlib import CycleError
from typing import TYPE_CHECKING

from diag import content
from diag.engine.failures import located, raise_all
from diag.engine.fields import Notes, Path, closest
from diag.engine.pack import (
    Pack,
    Source,
    is_pack,
    is_reference,
    matches,
    pack_of,
    read_pack,
)
from diag.engine.relate import causes_first
from diag.engine.ruleset import RuleSet
from diag.engine.validate import read_rule
from diag.errors import ContentError, UsageError

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Collection, Iterable, Sequence

    from diag.engine.rule import Rule


def load_rules(
    extra: Sequence[pathlib.Path] = (),
    only: Collection[str] = (),
    kept: pathlib.Path | None = None,
) -> RuleSet:
    """Load all rules, those of `extra` replacing built-in ones of the same id.

    Args:
        extra: Folders or files of the user. A folder with a `pack.yaml` is a
            pack; in one without, every YAML file holds rules.
        only: Rule ids; empty for all.
        kept: A folder where compiled queries are kept between runs.

    Returns:
        The rules, sorted by id. Their queries are not compiled yet.

    Raises:
        UsageError: A folder of `extra` or an id of `only` does not exist.
        RuleError: Files are wrong; the text lists every error with its place.
    """
    built_in = list(content.yaml_files("rules"))
    theirs = [list(content.yaml_files("rules", [path])) for path in extra]
    roots = [built_in, *(files[len(built_in) :] for files in theirs)]
    return replace(rules_of(roots, only), kept=kept)


def rules_of(
    roots: Iterable[Iterable[tuple[str, str]]], only: Collection[str] = ()
) -> RuleSet:
    """Read rules from YAML texts; `load_rules` with the files already read.

    Args:
        roots: For each root the names and texts of its files; a rule of a later
            root replaces one of the same id.
        only: Rule ids; empty for all.

    Returns:
        As `load_rules`.

    Raises:
        UsageError: An id of `only` does not exist.
        RuleError: Files are wrong; the text lists every error with its place.
    """
    loader = _Loader()
    for number, files in enumerate(roots):
        loader.read_root(files, number)
    rules = loader.finish()
    known = [rule.id for rule in rules]
    for name in only:
        if name not in known:
            raise UsageError(
                f"there is no rule '{name}'{closest(name, known)}",
                hint="arcdiag rules list shows all ids",
            )
    chosen = tuple(rule for rule in rules if not only or rule.id in only)
    return RuleSet(chosen, tuple(loader.remarks), loader.texts)


class _Loader:
    """Gathers rules and errors over all files."""

    def __init__(self) -> None:
        self.rules: dict[str, Rule] = {}
        self.roots: dict[str, int] = {}
        self.texts: dict[str, str] = {}
        self.errors: list[str] = []
        self.remarks: list[str] = []

    def read_root(self, files: Iterable[tuple[str, str]], number: int) -> None:
        """Read the files of one root: its packs, and rules outside of packs."""
        sources = []
        for name, text in files:
            if is_reference(name):
                continue
            try:
                sources.append(Source(name, text, content.load_yaml(text, name)))
            except ContentError as error:
                self.errors.append(str(error))
        packs = [self._pack(source) for source in sources if is_pack(source.name)]
        unused = {(pack.folder, glob) for pack in packs for glob in pack.globs}
        for source in sources:
            if is_pack(source.name):
                continue
            pack = pack_of(source.name, packs)
            if pack is None:
                self._read_file(source, "", number)
                continue
            inner = source.name.removeprefix(pack.folder)
            fitting = [glob for glob in pack.globs if matches(glob, inner)]
            unused -= {(pack.folder, glob) for glob in fitting}
            if fitting:
                self._read_file(source, pack.name, number)
        for folder, glob in sorted(unused):
            self.errors.append(f"{folder}pack.yaml:1: no file matches '{glob}'")

    def _pack(self, source: Source) -> Pack:
        notes = Notes()
        pack = read_pack(source, notes)
        self._keep(source, notes)
        return pack

    def _read_file(self, source: Source, pack: str, number: int) -> None:
        notes = Notes()
        self.texts[source.name] = source.text
        data = source.data
        items: list[tuple[Path, object]] = [((), data)]
        if isinstance(data, list):
            items = [((place,), item) for place, item in enumerate(data)]
        for path, item in items:
            rule = read_rule(item, path, notes, file=source.name, pack=pack)
            if rule:
                self._add(rule, path, notes, number)
        self._keep(source, notes)

    def _add(self, rule: Rule, path: Path, notes: Notes, number: int) -> None:
        before = self.rules.get(rule.id)
        if before and self.roots[rule.id] == number:
            text = f"the id {rule.id} stands in {before.file} too"
            notes.errors.append(((*path, "id"), text))
            return
        self.rules[rule.id] = rule
        self.roots[rule.id] = number

    def _keep(self, source: Source, notes: Notes) -> None:
        self.errors += located(source.name, source.text, notes.errors)
        self.remarks += located(source.name, source.text, notes.notes)

    def finish(self) -> list[Rule]:
        """Check what rules say of one another, and raise what was collected."""
        rules = [self.rules[name] for name in sorted(self.rules)]
        if not self.errors:
            for rule in rules:
                self._check_names(rule)
            self.errors += _circle("explains", {r.id: r.explains for r in rules})
            silenced = {r.id: tuple(s.rule for s in r.suppress) for r in rules}
            self.errors += _circle("suppress", silenced)
        raise_all(self.errors)
        return rules

    def _check_names(self, rule: Rule) -> None:
        wrong = [
            ((*rule.path, key), f"unknown rule '{name}'{closest(name, self.rules)}")
            for key, names in (
                ("explains", rule.explains),
                ("suppress", tuple(item.rule for item in rule.suppress)),
            )
            for name in names
            if name not in self.rules
        ]
        self.errors += located(rule.file, self.texts[rule.file], wrong)


def _circle(key: str, edges: dict[str, tuple[str, ...]]) -> list[str]:
    """Return an error when rules name each other in a circle."""
    try:
        causes_first(edges)
    except CycleError as error:
        return [f"'{key}' runs in a circle: {' -> '.join(reversed(error.args[1]))}"]
    return []
