"""The one module that knows where content lies, and how its YAML is read.

Content is `parsers/` (log families) and `rules/` (rule packs): data that ships
with the program and that users extend with folders of their own.
"""

from __future__ import annotations

import functools
import re
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml

from diag.errors import ContentError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.resources.abc import Traversable

Kind = Literal["parsers", "rules"]

MAX_BYTES = 1_000_000  # a content file; our largest is an eighth of it
MAX_ALIASES = 100
MAX_DEPTH = 100
MAX_VALUES = 500_000  # what a file may expand to through its aliases
MAX_FOLDERS = 8  # rules/<pack>/... is two deep; this only ends silly trees

# All else is text: NO, on, 0042, 1:30:45, 0x1F, 2026-03-10, 1.0.0.
NULLS = frozenset({"", "~", "null", "Null", "NULL"})
TRUE = frozenset({"true", "True", "TRUE"})
FALSE = frozenset({"false", "False", "FALSE"})
INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,99})")
FLOAT = re.compile(r"-?(?:0|[1-9][0-9]{0,99})(?:\.[0-9]+)?(?:[eE][-+]?[0-9]{1,2})?")
STRING_TAG = "tag:yaml.org,2002:str"

HINTS = {
    "token": "indent with blanks, not tabs; quote special characters",
    "tab": "indent with blanks, not tabs",
    "mapping values": "quote text that holds a colon and a blank",
    "escape": "write it in single quotes, where a backslash is a backslash",
    "control characters": "remove them from the file",
}


def roots(kind: Kind, extra: Sequence[Path] = ()) -> list[Traversable | Path]:
    """Return the folders to read content from: the built-in one, then the user's.

    Args:
        kind: `parsers` or `rules`.
        extra: The user's own folders or files; their content comes last, so
            that it can replace built-in content of the same id.

    Raises:
        UsageError: One of `extra` does not exist.
    """
    for path in extra:
        if not path.exists():
            raise UsageError(
                "there is no such folder",
                where=str(path),
                hint=f"give a folder with YAML files to --{kind}",
            )
    checkout = Path(__file__).resolve().parent.parent
    if (checkout / "pyproject.toml").is_file():
        return [checkout / kind, *extra]
    return [resources.files("diag") / "builtin" / kind, *extra]


def yaml_files(kind: Kind, extra: Sequence[Path] = ()) -> Iterator[tuple[str, str]]:
    """Read every `*.yaml` and `*.yml` file of a kind of content, in a stable order.

    Args:
        kind: `parsers` or `rules`.
        extra: As for `roots`.

    Yields:
        Name (`parsers/himds.yaml`; the user's by path) and text.

    Raises:
        UsageError: One of `extra` does not exist.
        ContentError: A file is too large, not UTF-8 or not readable.
    """
    for number, root in enumerate(roots(kind, extra)):
        yield from files_under(root, str(root) if number else kind)


def files_under(root: Traversable, name: str) -> Iterator[tuple[str, str]]:
    """Yield what `yaml_files` yields for one root, which may be a single file."""
    if root.is_file():
        yield name, _read_text(root, name)
    else:
        yield from _walk(root, name, MAX_FOLDERS)


def _walk(folder: Traversable, name: str, depth: int) -> Iterator[tuple[str, str]]:
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        path = f"{name}/{item.name}"
        if item.name.startswith("."):
            continue
        if item.is_dir() and depth:
            yield from _walk(item, path, depth - 1)
        elif item.name.endswith((".yaml", ".yml")) and item.is_file():
            yield path, _read_text(item, path)


def _read_text(file: Traversable, name: str) -> str:
    """Return a file's text without a byte order mark; ContentError if there is none."""
    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
        _check_size(data, name)
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ContentError(
            "the file is not UTF-8", where=f"{name}:{line}:1", hint="save it as UTF-8"
        ) from error
    except OSError as error:
        raise ContentError(
            f"the file cannot be read: {error.strerror}", where=name
        ) from error


def load_yaml(text: str, name: str) -> object:
    """Read one YAML document as plain data, strictly.

    Scalars follow YAML 1.2's core schema, numbers are decimal, keys are text as
    written; duplicate keys and tags are refused.

    Args:
        text: The document.
        name: What messages call it, usually the file's name.

    Returns:
        Plain data, read-only: what an alias repeats is one object.

    Raises:
        ContentError: Not such a document; `where` is `name:line:column`.
    """
    return _Reader(text, name).read()


def line_of(text: str, path: Sequence[str | int]) -> int:
    """Return the line, from 1, of a value in a document that `load_yaml` accepted.

    Args:
        text: The document.
        path: Keys and list indexes from the root to the value; when it leads
            nowhere, the nearest parent that exists counts.
    """
    lines = _lines(text)
    for end in range(len(path), 0, -1):
        if (line := lines.get(tuple(path[:end]))) is not None:
            return line
    return 1


@functools.lru_cache(maxsize=8)
def _lines(text: str) -> dict[tuple[str | int, ...], int]:
    """Return the line of every value; kept, as messages ask for several in a row."""
    reader = _Reader(text, "")
    reader.read()
    return reader.lines


def _check_size(data: bytes | str, name: str) -> None:
    if len(data) > MAX_BYTES:
        said = f"the file is larger than {MAX_BYTES:,} bytes"
        raise ContentError(said, where=name, hint="split it into several files")


def _scalar(text: str) -> object:
    """Return what a plain (unquoted) scalar means."""
    if text in NULLS:
        return None
    if text in TRUE or text in FALSE:
        return text in TRUE
    if INTEGER.fullmatch(text):
        return int(text)
    return float(text) if FLOAT.fullmatch(text) else text


class _Reader:
    """Builds plain data from parser events; PyYAML's own composer bounds nothing."""

    def __init__(self, text: str, name: str) -> None:
        self.name = name
        self.lines: dict[tuple[str | int, ...], int] = {}
        self._anchors: dict[str, tuple[object, int]] = {}
        self._aliases = 0
        self._values = 0
        self._event: yaml.Event
        _check_size(text, name)
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=loader)

    def read(self) -> object:
        """Return the document's data."""
        try:
            while not isinstance(self._next(), yaml.DocumentStartEvent):
                if isinstance(self._event, yaml.StreamEndEvent):
                    return None
            self._next()
            data = self._value((), MAX_DEPTH)
            self._next()
            if isinstance(self._next(), yaml.DocumentStartEvent):
                raise self._error("a second document starts here", "use one file each")
        except yaml.YAMLError as error:
            raise self._syntax(error) from error
        return data

    def _next(self) -> yaml.Event:
        self._event = next(self._events)
        return self._event

    def _value(self, path: tuple[str | int, ...], depth: int) -> object:
        event = self._event
        self._values += 1
        if isinstance(event, yaml.AliasEvent):
            return self._alias(str(event.anchor))
        before = self._values
        if depth == 0:
            raise self._error(f"nested deeper than {MAX_DEPTH} levels", "flatten it")
        tag = getattr(event, "tag", None)
        if tag not in {None, "!", STRING_TAG}:
            raise self._error(f"the tag {tag} is not allowed", "remove the tag")
        data: object
        if isinstance(event, yaml.ScalarEvent):
            plain = event.implicit[0] and tag is None
            data = _scalar(event.value) if plain else event.value
        elif isinstance(event, yaml.SequenceStartEvent):
            data = self._list(path, depth - 1)
        else:
            data = self._mapping(path, depth - 1)
        if (anchor := getattr(event, "anchor", None)) is not None:
            self._anchors[anchor] = (data, self._values - before + 1)
        return data

    def _alias(self, anchor: str) -> object:
        self._aliases += 1
        if self._aliases > MAX_ALIASES:
            raise self._error(f"more than {MAX_ALIASES} aliases", "write the text out")
        if anchor not in self._anchors:
            raise self._error(
                f"no anchor &{anchor} before this alias", "check its name"
            )
        data, weight = self._anchors[anchor]
        self._values += weight
        if self._values > MAX_VALUES:
            raise self._error("the aliases expand to too much data", "use fewer")
        return data

    def _list(self, path: tuple[str | int, ...], depth: int) -> list[object]:
        items: list[object] = []
        while not isinstance(self._next(), yaml.SequenceEndEvent):
            here = (*path, len(items))
            self.lines[here] = self._line()
            items.append(self._value(here, depth))
        return items

    def _mapping(self, path: tuple[str | int, ...], depth: int) -> dict[str, object]:
        mapping: dict[str, object] = {}
        while not isinstance(self._next(), yaml.MappingEndEvent):
            if not isinstance(self._event, yaml.ScalarEvent):
                raise self._error("a key must be plain text", "quote the key")
            key = self._event.value
            here = (*path, key)
            if key in mapping:
                first = self.lines[here]
                raise self._error(
                    f"the key '{key}' stands here twice",
                    f"the first one is in line {first}; remove one",
                )
            self.lines[here] = self._line()
            self._next()
            mapping[key] = self._value(here, depth)
        return mapping

    def _line(self) -> int:
        return _place(self._event.start_mark)[0]

    def _error(self, text: str, hint: str) -> ContentError:
        line, column = _place(self._event.start_mark)
        return ContentError(text, where=f"{self.name}:{line}:{column}", hint=hint)

    def _syntax(self, error: yaml.YAMLError) -> ContentError:
        line, column = _place(getattr(error, "problem_mark", None))
        text = str(getattr(error, "problem", "") or getattr(error, "reason", error))
        default = "check indentation and quotes around this place"
        hint = next((hint for sign, hint in HINTS.items() if sign in text), default)
        where = f"{self.name}:{line}:{column}"
        return ContentError(f"not valid YAML: {text}", where=where, hint=hint)


def _place(mark: Any) -> tuple[int, int]:  # noqa: ANN401 - PyYAML has two kinds
    """Return line and column from 1 of a parser's mark, which may be missing."""
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
