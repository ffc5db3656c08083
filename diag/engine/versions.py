"""Agent versions: compared as numbers, and written so that text compares them."""

from __future__ import annotations

import re
from dataclasses import dataclass

NUMBERS = re.compile(r"\s*v?([0-9]{1,9}(?:\.[0-9]{1,9})*)")
CONDITION = re.compile(r"(>=|<=|==|=|!=|>|<)?\s*([0-9]{1,9}(?:\.[0-9]{1,9})*)\s*")
PADDED_PARTS = 2
PADDED_WIDTH = 5


def parse_version(text: str) -> tuple[int, ...]:
    """Return the numbers at the start of a version text.

    Args:
        text: Such as `1.40.02664.1629`; leading `v` and a tail after the
            numbers are ignored.

    Returns:
        The numbers, without zeros at the end so that 1.40 equals 1.40.0;
        empty when the text does not begin with a version.
    """
    found = NUMBERS.match(text)
    parts = [int(part) for part in found[1].split(".")] if found else []
    while len(parts) > 1 and parts[-1] == 0:
        parts.pop()
    return tuple(parts)


def pad_version(text: str) -> str:
    """Write major and minor so that comparing the text compares the version.

    Agent releases differ in the minor number; the parts after it are builds.

    Args:
        text: Such as `1.23`; an empty text is an open end and stays empty.

    Returns:
        Such as `00001.00023`.

    Raises:
        ValueError: It is no version, or a part has more than five digits.
    """
    if not text.strip():
        return ""
    found = NUMBERS.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"'{text}' is no version such as 1.40")
    parts = [str(int(part)) for part in found[1].split(".")][:PADDED_PARTS]
    parts += ["0"] * (PADDED_PARTS - len(parts))
    if any(len(part) > PADDED_WIDTH for part in parts):
        raise ValueError(f"'{text}' has a part of more than {PADDED_WIDTH} digits")
    return ".".join(part.zfill(PADDED_WIDTH) for part in parts)


@dataclass(frozen=True, slots=True)
class VersionRange:
    """Alternatives of conditions: `>=1.40 <1.45 || >=1.60`."""

    text: str
    alternatives: tuple[tuple[tuple[str, tuple[int, ...]], ...], ...]

    def holds(self, version: tuple[int, ...]) -> bool:
        """Return whether all conditions of one alternative hold."""
        return any(
            all(_holds(version, sign, bound) for sign, bound in conditions)
            for conditions in self.alternatives
        )


def parse_range(text: str) -> VersionRange:
    """Read a version range.

    Args:
        text: Conditions separated by blanks are and-ed, `||` is or. A bound
            without a sign means equal. Bounds count with all their parts:
            `<=1.45` does not hold for 1.45.1, `<1.46` does.

    Returns:
        The range.

    Raises:
        ValueError: It cannot be read; the message names the part.
    """
    return VersionRange(
        text, tuple(_conditions(part, text) for part in text.split("||"))
    )


def _conditions(part: str, whole: str) -> tuple[tuple[str, tuple[int, ...]], ...]:
    rest = part.strip()
    found = []
    while rest:
        match = CONDITION.match(rest)
        if match is None:
            break
        found.append((match[1] or "==", parse_version(match[2])))
        rest = rest[match.end() :]
    if rest or not found:
        raise ValueError(
            f"'{whole}' is no version range such as '>=1.40 <1.45 || >=1.60'"
        )
    return tuple(found)


def _holds(version: tuple[int, ...], sign: str, bound: tuple[int, ...]) -> bool:
    match sign:
        case ">=":
            return version >= bound
        case "<=":
            return version <= bound
        case ">":
            return version > bound
        case "<":
            return version < bound
        case "!=":
            return version != bound
        case _:
            return version == bound
