"""From the text of a file to a definition that lint and its own samples pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from diag.errors import DefinitionError
from diag.formats.definition import read_family
from diag.formats.draft.choose import carries_offset, find_grammar
from diag.formats.draft.excerpts import Excerpt, choose_excerpts
from diag.formats.draft.jsonlines import find_objects
from diag.formats.draft.jsonpart import draft_json
from diag.formats.draft.paths import paths_of
from diag.formats.draft.yamlwriter import Page, scalar
from diag.formats.explain import is_blank
from diag.formats.jsonstart import looks_like_json
from diag.formats.samples import run_sample
from diag.formats.sampling import lines_of
from diag.formats.trying import Tried, try_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.formats.draft.choose import Grammar
    from diag.formats.family import Family


@dataclass(frozen=True, slots=True)
class Draft:
    """A definition: its YAML, what it means, and what it explains of its file.

    `tried` is None for a document that is JSON.
    """

    text: str
    family: Family
    tried: Tried | None


def draft(name: str, path: str, text: str) -> Draft:
    """Write a definition for the log or document that a file holds.

    Args:
        name: The id of the new family.
        path: Where the file lies, with `/` between the parts.
        text: The decoded file, not only blanks.

    Returns:
        A definition that compiles and whose samples pass.

    Raises:
        DefinitionError: The id is none.
    """
    lines = [line for line in lines_of(text) if not is_blank(line)]
    if looks_like_json(text):
        grammar = find_objects(lines)
        if grammar is not None:
            return _draft_log(name, path, text, lines, grammar)
        page = draft_json(name, path, text)
        if page is not None:
            return Draft(page, read_family(page, f"{name}.yaml"), None)
    return _draft_log(name, path, text, lines, find_grammar(lines))


def _draft_log(
    name: str, path: str, text: str, lines: Sequence[str], grammar: Grammar
) -> Draft:
    zone = _zone(grammar, lines)
    bare = read_family(_log_page(name, path, grammar, zone, []), f"{name}.yaml")
    tried = try_text(bare, text)
    excerpts = choose_excerpts(bare, text)
    page = _log_page(name, path, grammar, zone, excerpts, tried)
    family = read_family(page, f"{name}.yaml")
    # What a sample says was read from the core; a text that YAML bends is left out.
    kept = [
        excerpt
        for number, excerpt in enumerate(excerpts)
        if not run_sample(family, family.samples[number], number + 1)
    ]
    if len(kept) < len(excerpts):
        page = _log_page(name, path, grammar, zone, kept, tried)
        family = read_family(page, f"{name}.yaml")
    return Draft(page, family, tried)


def _zone(grammar: Grammar, lines: Sequence[str]) -> str:
    if grammar.codec == "epoch":
        return "utc"
    if grammar.codec not in {"rfc3339", "rfc822"}:
        return "machine"
    return "carried" if carries_offset(grammar, lines) else "machine"


def _log_page(
    name: str,
    path: str,
    grammar: Grammar,
    zone: str,
    excerpts: Sequence[Excerpt],
    tried: Tried | None = None,
) -> str:
    file = path.rpartition("/")[2]
    page = Page()
    page.comment(
        f"Drafted from {file}. Read docs/formats.md, mend what is wrong here, and run",
        f"arcdiag formats test {name} --parsers DIR [--file ANOTHER FILE]",
    )
    page.value("id", name)
    page.value("title", f"Log like {file}", "say what writes it")
    page.value("kind", "log")
    page.value("basis", _basis(file, tried))
    page.paths(paths_of(path))
    page.value("recognised", "path", "content: take files of other names for it, too")
    _record(page, grammar)
    if grammar.timed:
        page.line(f"time: {{codec: {grammar.codec}, zone: {zone}}}")
        if zone == "machine":
            page.comment("zone: machine is assumed, as no offset stands in the times.")
    has_level = any(":level}" in layout for layout in grammar.layouts)
    if has_level or "level" in grammar.objects:
        if grammar.words:
            seen = ", ".join(sorted(grammar.words))
            page.comment(f"Seen were {seen}; the other words are usual.")
        page.line("levels:")
        for word, level in grammar.levels.items():
            page.value(f"  {scalar(word)}", level)
    page.excerpts(file, excerpts)
    return page.text


def _record(page: Page, grammar: Grammar) -> None:
    page.line("record:")
    if grammar.objects or not grammar.layouts:
        page.line("  objects:  # which member of each object is which column")
        for column, member in grammar.objects.items():
            page.value(f"    {column}", member)
        return
    fold = grammar.timed
    page.value("  fold", fold, "lines that no layout takes go on with a record" * fold)
    page.line("  layouts:")
    for layout in grammar.layouts:
        page.item("    ", layout)


def _basis(file: str, tried: Tried | None) -> str:
    if tried is None:
        return f"One file, {file}; no other was looked at."
    seen = tried.lines - tried.blank
    return (
        f"One file, {file}, of {seen:,} lines: {tried.starts:,} begin a record, "
        f"{tried.folded:,} go on with one, {tried.unparsed:,} are not understood. "
        "No other file was looked at."
    )


def check_id(name: str) -> None:
    """Refuse a name that can be no id, before anything is read.

    Args:
        name: The id of the new family.

    Raises:
        DefinitionError: It is none.
    """
    from diag.formats.definition import ID

    if ID.fullmatch(name) is None:
        hint = "use a-z, 0-9 and _, from a letter, 40 characters at most"
        raise DefinitionError(f"'{name}' is no id", hint=hint)
