"""Gather rules from the files of all packs, and everything that is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from graphlib import CycleError
from typing import TYPE_CHECKING

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
from diag.engine.validate import read_rule
from diag.errors import ContentError, KqlError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from diag.engine.rule import Rule
    from diag.kql.libraries import Statement

    ReadFile = Callable[[str, str], object]

OUTSIDE = Pack("", "", "", ())  # where the rules belong to that are in no pack


@dataclass(slots=True)
class Version:
    """A rule, and the number of the root that it stands in."""

    rule: Rule
    root: int


class Loader:
    """Gathers rules and errors over all files.

    `broken` are the ids of rules that something is wrong with.
    """

    def __init__(
        self, read: ReadFile, *, lenient: bool = False, tests: bool = True
    ) -> None:
        """Begin without rules.

        Args:
            read: Returns the data of a text and its name; as `load.read_file`.
            lenient: Leave out what is wrong, and go on.
            tests: Read the tests of the rules, too.
        """
        self.tests = tests
        self.read = read
        self.lenient = lenient
        self.versions: dict[str, list[Version]] = {}
        self.texts: dict[str, str] = {}
        self.errors: list[str] = []
        self.remarks: list[str] = []
        self.broken: set[str] = set()

    def read_root(self, files: Iterable[tuple[str, str]], number: int) -> None:
        """Read the files of one root: its packs, and rules outside of packs.

        Args:
            files: Names and texts.
            number: Which root; rules of a later one replace those of an earlier.
        """
        sources, functions = [], []
        for name, text in files:
            if is_reference(name):
                continue
            if name.endswith(".kql"):
                functions.append((name, text))
            elif not name.endswith(".lock"):
                try:
                    sources.append(Source(name, text, self.read(text, name)))
                except ContentError as error:
                    self.texts[name] = text  # the message shows its line
                    self.errors.append(str(error))
        packs = [self._pack(source) for source in sources if is_pack(source.name)]
        unused = {(one.folder, glob) for one in packs for glob in one.globs}
        libraries = {one.folder: self._library(one, functions) for one in packs}
        for source in sources:
            if is_pack(source.name):
                continue
            pack = pack_of(source.name, packs)
            if pack is None:
                self._read_file(source, OUTSIDE, (), number)
                continue
            inner = source.name.removeprefix(pack.folder)
            fitting = [glob for glob in pack.globs if matches(glob, inner)]
            unused -= {(pack.folder, glob) for glob in fitting}
            if fitting:
                self._read_file(source, pack, libraries[pack.folder], number)
        for folder, glob in sorted(unused):
            self.errors.append(f"{folder}pack.yaml:1: no file matches '{glob}'")

    def _pack(self, source: Source) -> Pack:
        notes = Notes()
        pack = read_pack(source, notes)
        self._keep(source, notes)
        return pack

    def _library(
        self, pack: Pack, functions: Sequence[tuple[str, str]]
    ) -> tuple[Statement, ...]:
        """Read the files of `let` statements that a pack names, in their order."""
        from diag.kql.libraries import of_data

        found: dict[str, Statement] = {}
        for glob in pack.functions:
            fitting = [
                (name, text)
                for name, text in functions
                if name.startswith(pack.folder)
                and matches(glob, name.removeprefix(pack.folder))
            ]
            if not fitting:
                where = f"{pack.folder}pack.yaml:1"
                self.errors.append(f"{where}: no file matches '{glob}'")
            for name, text in fitting:
                try:
                    for one in of_data(self.read(text, name)):
                        if found.setdefault(one.name, one).text != one.text:
                            said = f"{name}:1: '{one.name}' has a meaning already"
                            self.errors.append(said)
                except KqlError as error:
                    self.errors.append(str(error.within(name)))
        return tuple(found.values())

    def _read_file(
        self, source: Source, pack: Pack, library: Sequence[Statement], number: int
    ) -> None:
        notes = Notes()
        self.texts[source.name] = source.text
        data = source.data
        items: list[tuple[Path, object]] = [((), data)]
        if isinstance(data, list):
            items = [((place,), item) for place, item in enumerate(data)]
        for path, item in items:
            rule = read_rule(
                *(item, path, notes),
                file=source.name,
                pack=pack.name,
                tests=self.tests,
            )
            if rule is None or pack.broken:
                self._note_broken(item)
                continue
            rule = replace(rule, pack_version=pack.version)
            if library:
                rule = replace(rule, library=_used(library, rule))
            self._add(rule, path, notes, number)
        self._keep(source, notes)

    def _note_broken(self, item: object) -> None:
        if isinstance(item, dict):
            self.broken.add(str(item.get("id", "")))

    def _add(self, rule: Rule, path: Path, notes: Notes, number: int) -> None:
        versions = self.versions.setdefault(rule.id, [])
        if versions and versions[-1].root == number:
            text = f"the id {rule.id} stands in {versions[-1].rule.file} too"
            notes.errors.append(((*path, "id"), text))
            return
        versions.append(Version(rule, number))

    def _keep(self, source: Source, notes: Notes) -> None:
        self.errors += located(source.name, source.text, notes.errors)
        self.remarks += located(source.name, source.text, notes.notes)

    @property
    def rules(self) -> dict[str, Rule]:
        """The rules by id, in its order; of each the last version."""
        return {name: self.versions[name][-1].rule for name in sorted(self.versions)}

    def finish(self) -> list[Rule]:
        """Check what rules say of one another, and return them.

        Raises:
            RuleError: Something was wrong, and nothing may be.
        """
        if not self.errors or self.lenient:
            self._check_names()
            self._check_circles()
        if not self.lenient:
            raise_all(self.errors)
        return list(self.rules.values())

    def _check_names(self) -> None:
        """Look whether the rules exist that others name.

        A rule that names one which is broken is not wrong itself.
        """
        rules = self.rules
        known = rules.keys() | self.broken
        for rule in rules.values():
            named: list[tuple[Path, tuple[str, ...]]] = [
                (("explains",), rule.explains),
                (("suppress",), tuple(item.rule for item in rule.suppress)),
            ]
            named += [
                (("tests", number, "alsoFires"), test.also_fires)
                for number, test in enumerate(rule.tests)
            ]
            wrong = [
                ((*rule.path, *key), f"unknown rule '{name}'{closest(name, rules)}")
                for key, names in named
                for name in names
                if name not in known
            ]
            if wrong:
                self.errors += located(rule.file, self.texts[rule.file], wrong)
                self._drop(rule.id)

    def _check_circles(self) -> None:
        """Look for rules that name each other in a circle, until there is none."""
        for key in ("explains", "suppress"):
            while found := _circle(self._edges(key)):
                said = f"'{key}' runs in a circle: {' -> '.join(found)}"
                self.errors.append(said)
                if not self.lenient:
                    break
                for name in set(found):
                    self._drop(name)

    def _edges(self, key: str) -> dict[str, tuple[str, ...]]:
        rules = self.rules
        return {
            name: tuple(
                other
                for other in (
                    rule.explains
                    if key == "explains"
                    else tuple(item.rule for item in rule.suppress)
                )
                if other in rules
            )
            for name, rule in rules.items()
        }

    def _drop(self, name: str) -> None:
        """Leave out a rule; one that it replaced comes back."""
        self.broken.add(name)
        self.versions[name].pop()
        if not self.versions[name]:
            del self.versions[name]


def _used(library: Sequence[Statement], rule: Rule) -> str:
    from diag.kql.libraries import needed

    counter = rule.counter_check.query if rule.counter_check else ""
    text = f"{rule.query}\n{counter}"
    # Most rules use none; to look into the tokens of all takes a while.
    return needed(library, text) if any(one.name in text for one in library) else ""


def _circle(edges: dict[str, tuple[str, ...]]) -> list[str]:
    """Return rules that name each other in a circle, the first one last as well."""
    try:
        causes_first(edges)
    except CycleError as error:
        return list(reversed(error.args[1]))
    return []
