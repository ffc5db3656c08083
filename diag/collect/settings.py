"""Extension settings without what is protected in them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST = 1024 * 1024  # bytes of such a file
DEEPEST = 50
GONE = "<not collected>"


def without(chunks: Iterator[bytes], keys: Sequence[str]) -> bytes:
    """Return settings in which the values of some keys are replaced.

    Args:
        chunks: The file.
        keys: Names of members, wherever they stand and in whatever case.

    Raises:
        ProtectedError: It cannot be made sure: no JSON, too large or too deep.
    """
    data = b""
    for chunk in chunks:
        data += chunk
        if len(data) > MOST:
            raise ProtectedError(f"it has more than {MOST:,} bytes")
    names = {key.lower() for key in keys}
    try:
        value = json.loads(_text(data), object_pairs_hook=_Pairs)
        clean = _clean(value, names, 0)
        text = json.dumps(clean, indent=2, ensure_ascii=False)
    except (ValueError, RecursionError) as error:
        raise ProtectedError("it is no JSON, or too deep") from error
    return text.encode("utf-8", "surrogatepass") + b"\n"


class ProtectedError(Exception):
    """It cannot be made sure that nothing protected is in a file."""


class _Pairs(list):  # type: ignore[type-arg]
    """The members of an object, twins too."""


def _text(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16")
    return data.decode("utf-8-sig")


def _clean(value: Any, names: set[str], depth: int) -> Any:
    if depth > DEEPEST:
        raise ValueError("it is too deep")
    if isinstance(value, _Pairs):
        clean: dict[str, Any] = {}
        for key, inner in value:
            kept = GONE if key.lower() in names else _clean(inner, names, depth + 1)
            clean[key] = kept
        return clean
    if isinstance(value, list):
        return [_clean(inner, names, depth + 1) for inner in value]
    if isinstance(value, str):
        return _clean_text(value, names, depth)
    return value


def _clean_text(value: str, names: set[str], depth: int) -> str:
    """Return a text; one that holds JSON, or only the name, is cleaned as well."""
    if not any(name in value.lower() for name in names):
        return value
    try:
        inner = json.loads(value, object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        return GONE
    if isinstance(inner, str):
        return GONE
    return json.dumps(_clean(inner, names, depth + 1))
