"""Text with `{{Column}}` placeholders, and how values are written in it.

`{{Count|time|times}}` is a number with its word: `1 time`, `3 times`.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from diag.clock import iso
from diag.schema import Type

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME = r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*"
PLACEHOLDER = re.compile(NAME + r"\}\}")
COUNTED = re.compile(NAME + r"(?:\|([^{}|]+)\|([^{}|]+))?\}\}")
UNITS = (
    ("d", 86_400_000_000),
    ("h", 3_600_000_000),
    ("min", 60_000_000),
    ("s", 1_000_000),
    ("ms", 1_000),
    ("µs", 1),
)
LARGEST_FLOAT = 1e15
VALUE_LIMIT = 500


def placeholders(text: str) -> tuple[str, ...]:
    """Return the columns that a text names, each once, in order."""
    return tuple(dict.fromkeys(found[1] for found in COUNTED.finditer(text)))


def fill(text: str, row: Mapping[str, Any], kinds: Mapping[str, Type]) -> str:
    """Put the values of a row into a text.

    Args:
        text: With `{{Column}}` or `{{Column|word for one|word for more}}`.
        row: The values.
        kinds: The KQL type of each column; decides how a value is written.

    Returns:
        The text. A value is cut at 500 characters: a title is no log line.
    """

    def value(found: re.Match[str]) -> str:
        name = found[1]
        written = write_value(row.get(name), kinds.get(name, Type.STRING))
        if len(written) > VALUE_LIMIT:
            written = f"{written[:VALUE_LIMIT]}…"
        if found[2] is None:
            return written
        return f"{written} {found[2 if written == '1' else 3].strip()}"

    return COUNTED.sub(value, text)


def write_value(value: Any, kind: Type) -> str:  # noqa: ANN401 - one return for each type of a column
    """Write one value as a person would.

    Args:
        value: As the store returned it; a timespan is in microseconds.
        kind: Its KQL type.

    Returns:
        `25 min`, `2026-03-10T12:00:00Z`, `a, b`; `unknown` for null.
    """
    if value is None:
        return "" if kind is Type.STRING else "unknown"
    if kind is Type.TIMESPAN:
        return write_span(_microseconds(value))
    if kind is Type.DYNAMIC:
        return _write_dynamic(value)
    match value:
        case datetime():
            return iso(value)
        case bool():
            return "true" if value else "false"
        case float():
            return _write_float(value)
        case _:
            return str(value)


def write_span(microseconds: int) -> str:
    """Write a duration in its two largest units: `25 min`, `2 h 5 min`, `3 d 4 h`.

    Args:
        microseconds: May be negative; what the two units cannot show is cut off.
    """
    if microseconds < 0:
        return f"-{write_span(-microseconds)}"
    for place, (unit, size) in enumerate(UNITS):
        if microseconds < size:
            continue
        text = f"{microseconds // size} {unit}"
        # Half a minute matters; the milliseconds of seconds do not.
        if place + 1 < len(UNITS) and unit in {"d", "h", "min"}:
            next_unit, next_size = UNITS[place + 1]
            rest = microseconds % size // next_size
            text += f" {rest} {next_unit}" if rest else ""
        return text
    return "0 s"


def _microseconds(value: Any) -> int:  # noqa: ANN401 - what the driver returned
    if isinstance(value, timedelta):
        return value // timedelta(microseconds=1)
    return int(value)


def _write_float(value: float) -> str:
    if value == int(value) if abs(value) < LARGEST_FLOAT else False:
        return str(int(value))
    return f"{value:.4g}" if abs(value) < 1 else f"{value:.2f}".rstrip("0").rstrip(".")


def _write_dynamic(value: Any) -> str:  # noqa: ANN401 - JSON text or its value
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return str(value)
    if isinstance(value, list) and not any(isinstance(v, (list, dict)) for v in value):
        return ", ".join("" if item is None else str(item) for item in value)
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
