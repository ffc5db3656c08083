"""Samples for a definition, taken from its file: few, short, and without secrets."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from diag.formats.definition import REFERENCE
from diag.formats.plan import compiled, core_plan
from diag.formats.samples import microseconds, readable
from diag.formats.sampling import lines_of
from diag.formats.secrets import HIDDEN, is_secret, without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from diag.formats.family import Family

MOST = 3
LINES = 5  # of one sample
LONGEST = 1_500  # characters of one sample
CANDIDATES = 3_000  # records that are looked at
WORD = r"(?:[A-Za-z_][\w.-]*[ _.-]?){1,3}"
# key=value, key: value and "key": "value"; the value up to a blank or its quote.
VALUE = re.compile(
    rf'(?P<key>{WORD})(?P<sign>"?\s?[=:]\s?)'
    r'(?P<value>\\?"(?:[^"\\]|\\.)*\\?"|[^\s",;&]+)'
)
COLUMNS = ("Component", "Level", "Code", "ActivityId", "Pid", "Tid", "Message")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A sample: its text, what it must give, and what was done to it."""

    text: str
    expect: tuple[Mapping[str, Any], ...] = ()
    note: str = ""
    rows: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)


def choose_excerpts(family: Family, text: str) -> list[Excerpt]:
    """Return up to three records of a text that show different things.

    Args:
        family: The definition without samples.
        text: The decoded file.
    """
    lines = lines_of(text)
    seen: set[tuple[object, ...]] = set()
    first: list[Excerpt] = []
    other: list[Excerpt] = []
    for start, count, layout in _records(family, text, len(lines)):
        excerpt = _excerpt(family, lines[start : start + count])
        if excerpt is None:
            continue
        sign = (layout, excerpt.expect[0].get("Level"), count > 1)
        (other if sign in seen else first).append(excerpt)
        seen.add(sign)
        if len(first) >= MOST:
            break
    found = [*first, *other][:MOST]
    return sorted(found, key=lambda one: text.find(one.text.split("\n")[0]))


def masked(text: str) -> str:
    """Return a text without what looks like a secret, as no sample may hold one.

    Args:
        text: One line.
    """

    def hidden(found: re.Match[str]) -> str:
        if not is_secret(found["key"].strip()):
            return found.group()
        quote = '\\"' if found["value"].startswith('\\"') else found["value"][:1]
        quote = quote if quote in {'"', '\\"'} else ""
        return f"{found['key']}{found['sign']}{quote}{HIDDEN}{quote}"

    return without_secrets(VALUE.sub(hidden, text))


def _records(family: Family, text: str, lines: int) -> Iterator[tuple[int, int, int]]:
    """Yield first line from 0, number of lines and layout of records."""
    if family.objects is not None:
        yield from ((line, 1, 0) for line in range(min(lines, CANDIDATES)))
        return
    found = compiled(core_plan(family)).match(text)[:CANDIDATES]
    ends = [line - 1 for line, _ in found[1:]] + [lines]
    for (line, layout), end in zip(found, ends, strict=True):
        if layout >= 0:
            yield line - 1, end - line + 1, layout


def _excerpt(family: Family, lines: Sequence[str]) -> Excerpt | None:
    lines = list(lines)
    while lines and not lines[-1].strip():
        lines.pop()
    raw = "".join(f"{line}\n" for line in lines)
    if len(lines) > LINES or len(raw) > LONGEST:
        return None
    text = "".join(f"{masked(line)}\n" for line in lines)
    records = compiled(core_plan(family)).parse(text, [], microseconds(REFERENCE))
    if len(records) != 1 or not records[0]["Parsed"]:
        return None
    record = readable(records[0])
    want: dict[str, Any] = {"TimeGenerated": record["TimeGenerated"]}
    want |= {name: record[name] for name in COLUMNS if record[name] not in {"", None}}
    want["Fields"] = record["Fields"]
    return Excerpt(text, (want,), "secrets masked" if text != raw else "")
