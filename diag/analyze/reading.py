"""Values of `diag.model` from the JSON that they were written to: exactly, or not."""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


class Unfit(Exception):  # noqa: N818 - says what the data are
    """The data are not those of the value."""


def read_back(kind: type[T], data: object) -> T:
    """Return a value of a frozen dataclass.

    Args:
        kind: The dataclass; its fields are dataclasses, tuples, texts, numbers,
            enums, times and None.
        data: What JSON gave.

    Raises:
        Unfit: A field is missing, one too many, or of another type.
    """
    made: T = _read(kind, data)
    return made


@cache
def _hints(kind: type) -> dict[str, Any]:
    # The model names datetime for the type checker only.
    return get_type_hints(kind, localns={"datetime": datetime})


def _read(kind: Any, data: Any) -> Any:  # noqa: ANN401 - any type of the model
    if is_dataclass(kind) and isinstance(kind, type):
        return _dataclass(kind, data)
    origin = get_origin(kind)
    if origin in {Union, types.UnionType}:
        return _either(get_args(kind), data)
    if origin is tuple:
        if not isinstance(data, list):
            raise Unfit(str(kind))
        inner = get_args(kind)[0]
        return tuple(_read(inner, one) for one in data)
    return _plain(kind, data)


def _dataclass(kind: type, data: Any) -> Any:  # noqa: ANN401 - what JSON gave
    hints = _hints(kind)
    names = [one.name for one in fields(kind)]
    if not isinstance(data, dict) or set(data) != set(names):
        raise Unfit(kind.__name__)
    return kind(**{name: _read(hints[name], data[name]) for name in names})


def _either(kinds: tuple[Any, ...], data: Any) -> Any:  # noqa: ANN401 - what JSON gave
    if data is None and type(None) in kinds:
        return None
    others = [one for one in kinds if one is not type(None)]
    return _read(others[0], data)


def _plain(kind: Any, data: Any) -> Any:  # noqa: ANN401 - what JSON gave
    try:
        if kind is datetime and isinstance(data, str):
            return datetime.fromisoformat(data)
        if isinstance(kind, type) and issubclass(kind, Enum):
            return kind(data)
    except ValueError as error:
        raise Unfit(str(data)) from error
    if kind in {str, int, float, bool} and type(data) is kind:
        return data
    raise Unfit(f"{kind}: {type(data)}")
