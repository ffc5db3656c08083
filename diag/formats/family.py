"""A checked log family or document, and the set of all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from diag.formats.headertable import HeaderForm
    from diag.formats.jsonform import JsonForm
    from diag.formats.layout import Codec, Layout
    from diag.formats.objects import Objects
    from diag.formats.relevel import LevelRule

# The keys of a definition, in the order in which they are usually written.
KEYS = (
    "id",
    "title",
    "kind",
    "basis",
    "system",
    "recognised",
    "hints",
    "priority",
    "record",
    "json",
    "word",
    "header",
    "time",
    "levels",
    "relevel",
    "codes",
    "tables",
    "block",
    "samples",
    "refuses",
)


class FamilyKind(StrEnum):
    """A log grows by events; a document is written as a whole."""

    LOG = "log"
    DOCUMENT = "document"


class Zone(StrEnum):
    """Where a time's zone comes from."""

    CARRIED = "carried"
    MACHINE = "machine"
    UTC = "utc"


class Recognised(StrEnum):
    """What a file must show before it is taken for this family by its content."""

    PATH = "path"  # never by content: the grammar belongs to others too
    HINT = "hint"  # only with one of the hints: the grammar is too weak alone
    CONTENT = "content"  # the grammar is enough


@dataclass(frozen=True, slots=True)
class Code:
    """An error code: prefix and number of digits, as in AZCM0042."""

    prefix: str
    digits: int


@dataclass(frozen=True, slots=True)
class Sample:
    """Text as it is found, where it was found, and the records it must give.

    `reference` (ISO 8601) stands for the file's age where dates lack a year.
    `rows` are the rows of tables that a JSON document called `file` must give;
    None when the sample does not look at them. With `rows` no record need be named.
    """

    text: str
    origin: str
    expect: tuple[Mapping[str, Any], ...]
    reference: str = ""
    file: str = ""
    rows: Mapping[str, tuple[Mapping[str, Any], ...]] | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Text that looks much like a family's and is not: no line may be taken."""

    text: str
    origin: str


@dataclass(frozen=True, slots=True)
class Family:
    """One kind of log or document (design.md, section 4).

    `systems` maps linux, windows and any to globs; `tables` maps a table of
    the store to column and field names; `basis` says what the definition rests
    on; `source` is the file that holds it.

    With `json` a file that is written as JSON is read by that form; without
    `text` it is never written otherwise. With `word` the whole file is one short
    text, which is the value `$` of that form. With `block` a row of a table comes
    from a record with that field and those after it, up to the next one. With
    `header` the text is a table whose first line names its columns. `relevel`
    corrects levels that mislead; times of an `ordered` file that go back are told.
    With `objects` the records are JSON objects, or are made such by a reader; layouts
    are then tried on the message.
    """

    id: str
    title: str
    kind: FamilyKind
    systems: Mapping[str, tuple[str, ...]]
    layouts: tuple[Layout, ...]
    fold: bool
    codec: Codec
    zone: Zone
    recognised: Recognised
    levels: Mapping[str, str] = field(default_factory=dict)
    codes: tuple[Code, ...] = ()
    hints: tuple[str, ...] = ()
    priority: int = 0
    tables: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    samples: tuple[Sample, ...] = ()
    refuses: tuple[Refused, ...] = ()
    basis: str = ""
    source: str = ""
    json: JsonForm | None = None
    word: JsonForm | None = None
    text: bool = True
    block: str = ""
    header: HeaderForm | None = None
    relevel: tuple[LevelRule, ...] = ()
    ordered: bool = False
    objects: Objects | None = None


class Families(Mapping[str, Family]):
    """All families by id, in a fixed order, not to be changed."""

    __slots__ = ("_by_id", "globs")

    def __init__(self, families: Mapping[str, Family]) -> None:
        """Keep a copy of the mapping in its order."""
        self._by_id = dict(families)
        self.globs = tuple(
            (name, system, glob)
            for name, family in self._by_id.items()
            for system, globs in family.systems.items()
            for glob in globs
        )

    def __getitem__(self, key: str) -> Family:
        """Return the family with this id."""
        return self._by_id[key]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the ids."""
        return iter(self._by_id)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._by_id)
