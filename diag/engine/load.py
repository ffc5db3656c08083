"""Load rule packs: the built-in ones and the user's, all errors in one go."""

from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING

from diag import content
from diag.engine.fields import closest
from diag.engine.keptfiles import KeptFiles
from diag.engine.loader import Loader
from diag.engine.packfiles import read_roots
from diag.engine.reference import table_errors
from diag.engine.ruleset import RuleSet
from diag.errors import UsageError

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Collection, Iterable, Sequence

    from diag.engine.loader import ReadFile


def load_rules(
    extra: Sequence[pathlib.Path] = (),
    only: Collection[str] = (),
    kept: pathlib.Path | None = None,
    *,
    lenient: bool = False,
    unlocked: bool = False,
) -> RuleSet:
    """Load all rules, those of `extra` replacing built-in ones of the same id.

    Args:
        extra: Folders, files or zips of the user. A folder with a `pack.yaml` is a
            pack; in one without, every YAML file holds rules.
        only: Rule ids, also with `*` and `?`; empty for all.
        kept: A folder where compiled queries are kept between runs. Rules that were
            loaded from there before, without a word, then come without their tests.
        lenient: Load what is right and tell the rest in `RuleSet.errors`.
        unlocked: Load packs too whose files are not those of their `pack.lock`.

    Returns:
        The rules, sorted by id. Their queries are not compiled yet.

    Raises:
        UsageError: A folder of `extra` or a rule of `only` does not exist.
        RuleError: Files are wrong; the text lists every error with its place. Not
            when `lenient`.
    """
    errors: list[str] = []
    roots = read_roots(extra, unlocked=unlocked, errors=errors)
    errors += [text for root in roots for text in root.errors]
    remarks = [text for root in roots for text in root.remarks]
    files = [root.files for root in roots]
    own = {text for _, text in files[0]} if kept is None else ()
    files_kept = KeptFiles(
        kept,
        (text for some in files for _, text in some),
        lambda text, name: (_once if text in own else read_file)(text, name),
    )
    if lenient:
        # Our own tables are tested; those of users are told with their rules.
        for some in files[1:]:
            errors += table_errors(some, files_kept.load)
    found = rules_of(
        files,
        only,
        lenient=lenient,
        errors=errors,
        read=files_kept.load,
        tests=not files_kept.silent,
    )
    files_kept.close(silent=not (found.errors or found.remarks))
    return replace(found, remarks=(*remarks, *found.remarks), kept=kept)


@cache
def _once(text: str, name: str) -> object:
    """Read a file that ships; who loads rules twice and keeps nothing reads it once."""
    return read_file(text, name)


def read_file(text: str, name: str) -> object:
    """Return the data of a file of a pack: YAML, or the functions of a `.kql`.

    Args:
        text: The text.
        name: Its file.

    Raises:
        ContentError: It is no YAML that we read.
        KqlError: It holds something else than functions.
    """
    if not name.endswith(".kql"):
        return content.load_yaml(text, name)
    from diag.kql.libraries import as_data, statements_of

    return as_data(statements_of(text))


def rules_of(
    roots: Iterable[Iterable[tuple[str, str]]],
    only: Collection[str] = (),
    *,
    lenient: bool = False,
    errors: Sequence[str] = (),
    read: ReadFile = read_file,
    tests: bool = True,
) -> RuleSet:
    """Read rules from YAML texts; `load_rules` with the files already read.

    Args:
        roots: For each root the names and texts of its files; a rule of a later
            root replaces one of the same id.
        only: Rule ids, also with `*` and `?`; empty for all.
        lenient: As for `load_rules`.
        errors: What was wrong before the files could be read.
        read: Reads a file.
        tests: Read the tests of the rules, too; they were right before, if not.

    Returns:
        As `load_rules`.

    Raises:
        UsageError: A rule of `only` does not exist.
        RuleError: Files are wrong; the text lists every error with its place.
    """
    loader = Loader(read, lenient=lenient, tests=tests)
    loader.errors += errors
    for number, files in enumerate(roots):
        loader.read_root(files, number)
    rules = loader.finish()
    known = {rule.id: rule for rule in rules}
    wanted: set[str] = set()
    for name in only:
        found = [one for one in (*known, *loader.broken) if fnmatchcase(one, name)]
        if not found:
            raise UsageError(
                f"there is no rule '{name}'{closest(name, known)}",
                hint="arcdiag rules list shows all ids",
            )
        wanted.update(found)
    wanted = wanted or set(known)
    chosen = tuple(rule for rule in rules if rule.id in wanted)
    return RuleSet(
        chosen,
        tuple(loader.remarks),
        loader.texts,
        errors=tuple(loader.errors),
        lenient=lenient,
    )
