"""The one module that knows where content lies, and how its YAML is read.

Content is `parsers/` (log families) and `rules/` (rule packs): data that ships
with the program and that users extend with folders of their own; and `collecting/`,
which says what the collector looks at.
"""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from diag.content.places import pointed
from diag.errors import ContentError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.resources.abc import Traversable

    from diag.content.yamltext import MAX_BYTES, line_of, load_yaml, spot_of

__all__ = [
    "MAX_BYTES",
    "decoded",
    "files_under",
    "line_of",
    "load_yaml",
    "pointed",
    "roots",
    "spot_of",
    "yaml_files",
]

Kind = Literal["parsers", "rules", "collecting", "redaction"]

# Of `yamltext`, which comes with the YAML library: not all who look for files read any.
_READING = ("MAX_BYTES", "line_of", "load_yaml", "spot_of")

YAML = (".yaml", ".yml")
MAX_FOLDERS = 8  # rules/<pack>/... is two deep; this only ends silly trees


def __getattr__(name: str) -> object:
    """Return what reads YAML, when it is first asked for."""
    if name not in _READING:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.yamltext"), name)


def roots(kind: Kind, extra: Sequence[Path] = ()) -> list[Traversable | Path]:
    """Return the folders to read content from: the built-in one, then the user's.

    Args:
        kind: Which content.
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
    checkout = Path(__file__).resolve().parents[2]
    if (checkout / "pyproject.toml").is_file():
        return [checkout / kind, *extra]
    from importlib import resources

    return [resources.files("diag") / "builtin" / kind, *extra]


def yaml_files(kind: Kind, extra: Sequence[Path] = ()) -> Iterator[tuple[str, str]]:
    """Read every `*.yaml` and `*.yml` file of a kind of content, in a stable order.

    Args:
        kind: Which content.
        extra: As for `roots`.

    Yields:
        Name (`parsers/himds.yaml`; the user's by path) and text.

    Raises:
        UsageError: One of `extra` does not exist.
        ContentError: A file is too large, not UTF-8 or not readable.
    """
    for number, root in enumerate(roots(kind, extra)):
        yield from files_under(root, str(root) if number else kind)


def files_under(
    root: Traversable, name: str, endings: tuple[str, ...] = YAML
) -> Iterator[tuple[str, str]]:
    """Yield what `yaml_files` yields for one root, which may be a single file.

    Args:
        root: A folder or a file.
        name: What its files are called, in front of their own names.
        endings: Which files of a folder are read; one with `/` is a whole name.

    Raises:
        ContentError: A file is too large, not UTF-8, not readable, or a link that
            leads out of the folder.
    """
    if root.is_file():
        yield name, _read_text(root, name)
    else:
        yield from _Walk(root, endings).files(root, name, MAX_FOLDERS)


class _Walk:
    """Goes through a folder that somebody else may have filled."""

    def __init__(self, root: Traversable, endings: tuple[str, ...]) -> None:
        self.inside = root.resolve() if isinstance(root, Path) else None
        self.endings = endings

    def files(
        self, folder: Traversable, name: str, depth: int
    ) -> Iterator[tuple[str, str]]:
        for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
            path = f"{name}/{item.name}"
            if item.name.startswith("."):
                continue
            wanted = f"/{item.name}".endswith(self.endings)
            if item.is_dir() and depth:
                self.check(item, path)
                yield from self.files(item, path, depth - 1)
            elif wanted and item.is_file():
                self.check(item, path)
                yield path, _read_text(item, path)

    def check(self, item: Traversable, path: str) -> None:
        """Refuse a link out of the folder: it could show any file in a message."""
        if self.inside is None or not isinstance(item, Path) or not item.is_symlink():
            return
        if not item.resolve().is_relative_to(self.inside):
            hint = "put the file itself there"
            raise ContentError(
                "a link that leads out of the folder", where=path, hint=hint
            )


def _read_text(file: Traversable, name: str) -> str:
    """Return a file's text without a byte order mark; ContentError if there is none."""
    from diag.content.yamltext import MAX_BYTES

    try:
        with file.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise ContentError(
            f"the file cannot be read: {error.strerror}", where=name
        ) from error
    return decoded(data, name)


def decoded(data: bytes, name: str) -> str:
    """Return the text of a file without a byte order mark.

    Args:
        data: Its bytes.
        name: What messages call it.

    Raises:
        ContentError: It is too large or not UTF-8.
    """
    from diag.content.yamltext import check_size

    check_size(data, name)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ContentError(
            "the file is not UTF-8", where=f"{name}:{line}:1", hint="save it as UTF-8"
        ) from error
