"""Errors of rule files, gathered and raised as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diag import content
from diag.errors import RuleError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diag.engine.fields import Path


def located(name: str, text: str, found: Sequence[tuple[Path, str]]) -> list[str]:
    """Return messages as `file:line: text`, in the order of their lines.

    Args:
        name: The file.
        text: Its content, which loaded.
        found: Path of the field and what is wrong with it.
    """
    lines = {path: content.line_of(text, path) for path, _ in found}
    ordered = sorted(found, key=lambda item: lines[item[0]])
    return [f"{name}:{lines[path]}: {message}" for path, message in ordered]


def raise_all(errors: Sequence[str]) -> None:
    """Raise one error that lists all, in order; nothing when there is none.

    Raises:
        RuleError: There is at least one.
    """
    if errors:
        count = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
        raise RuleError("\n".join([f"{count} in the rules", *errors]))
