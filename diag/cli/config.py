"""The file of settings: TOML, refused as a whole when anything in it is not known.

There is only `[triage.keys]`, the keys of the screens by the id of what they do.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from diag.cli.arguments import nearest
from diag.errors import UsageError

VARIABLE = "ARCDIAG_CONFIG"
SECTIONS = {"triage": ("keys",)}
LARGEST = 1_000_000  # bytes


def triage_keys(path: Path | None) -> dict[str, str]:
    """Return the user's keys for the screens, checked.

    Args:
        path: Of the file; None takes that of `ARCDIAG_CONFIG`, if it is set.

    Raises:
        UsageError: The file cannot be read, or something in it is wrong.
    """
    from diag.tui.keys import checked

    named = path or Path(os.environ.get(VARIABLE, ""))
    if named == Path():
        return {}
    keys = _read(named).get("triage", {}).get("keys", {})
    where = f"{named} [triage.keys]"
    for name, value in keys.items():
        if not isinstance(value, str):
            hint = f'{name} = "j,down"'
            raise UsageError(f"'{name}' is not a text", where=where, hint=hint)
    try:
        return checked(keys)
    except UsageError as error:
        raise UsageError(error.text, where=where, hint=error.hint) from error


def _read(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST)
    except OSError as error:
        said = f"the settings cannot be read: {error.strerror}"
        raise UsageError(said, where=str(path), hint="check the path") from error
    try:
        found = tomllib.loads(data.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        said = f"the settings are no TOML: {error}"
        raise UsageError(said, where=str(path)) from error
    _check(found, SECTIONS, path)
    for name, inner in SECTIONS.items():
        _check(found.get(name, {}), inner, path)
    return found


def _check(
    found: dict[str, Any], known: dict[str, Any] | tuple[str, ...], path: Path
) -> None:
    """Refuse what is not known, and what is no section."""
    for name, value in found.items():
        if name not in known:
            said = f"there is no setting '{name}'{nearest(name, known)}"
            raise UsageError(said, where=str(path), hint="docs/triage.md has all")
        if not isinstance(value, dict):
            raise UsageError(f"'{name}' is no section", where=str(path))
