"""Values of `diag.model` from the JSON that they were written to: exactly, or not."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")
Reader = Callable[[Any], Any]


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
    wanted: Any = kind
    made: T = _reader(wanted)(data)
    return made


@cache
def _reader(kind: Any) -> Reader:  # noqa: ANN401 - any type of the model
    """Return what reads values of a type: made once, as there are thousands."""
    if is_dataclass(kind) and isinstance(kind, type):
        return _dataclass(kind)
    origin, inner = get_origin(kind), get_args(kind)
    if origin in {Union, types.UnionType}:
        others = [one for one in inner if one is not type(None)]
        return _either(_reader(others[0]), empty=type(None) in inner)
    if origin is tuple:
        return _tuple(_reader(inner[0]))
    if kind is datetime:
        return _converted(str, datetime.fromisoformat)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _converted(str, {one.value: one for one in kind}.__getitem__)
    if kind in {str, int, float, bool}:
        return _plain(kind)
    raise Unfit(str(kind))


def _dataclass(kind: type) -> Reader:
    names = {one.name for one in fields(kind)}
    inner: list[tuple[str, Reader]] = []

    def read(data: Any) -> Any:  # noqa: ANN401 - what JSON gave
        if not inner:  # only now: a value may hold others of its own type
            inner.extend(_fields(kind))
        if type(data) is not dict or data.keys() != names:
            raise Unfit(kind.__name__)
        return kind(*[one(data[name]) for name, one in inner])

    return read


def _fields(kind: type) -> Iterator[tuple[str, Reader]]:
    # The model names datetime for the type checker only.
    hints = get_type_hints(kind, localns={"datetime": datetime})
    for one in fields(kind):
        yield one.name, _reader(hints[one.name])


def _either(other: Reader, *, empty: bool) -> Reader:
    def read(data: Any) -> Any:  # noqa: ANN401 - what JSON gave
        return None if empty and data is None else other(data)

    return read


def _tuple(inner: Reader) -> Reader:
    def read(data: Any) -> Any:  # noqa: ANN401 - what JSON gave
        if type(data) is not list:
            raise Unfit("no list")
        return tuple([inner(one) for one in data])

    return read


def _converted(kind: type, convert: Reader) -> Reader:
    def read(data: Any) -> Any:  # noqa: ANN401 - what JSON gave
        if type(data) is kind:
            try:
                return convert(data)
            except (ValueError, KeyError) as error:
                raise Unfit(str(data)) from error
        raise Unfit(str(type(data)))

    return read


def _plain(kind: type) -> Reader:
    def read(data: Any) -> Any:  # noqa: ANN401 - what JSON gave
        if type(data) is kind:
            return data
        raise Unfit(f"{kind}: {type(data)}")

    return read
