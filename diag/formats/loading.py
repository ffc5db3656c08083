"""All definitions: the built-in ones, and those of the user."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from diag import content
from diag.errors import ContentError, DefinitionError
from diag.formats.definition import as_definition, read_family
from diag.formats.family import Families

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from diag.formats.family import Family


def load_families(extra: Sequence[Path] = ()) -> Families:
    """Read the built-in families and those of the user.

    Args:
        extra: Folders or files of the user; a family there replaces the
            built-in one with the same id, and keeps its place in the order.

    Returns:
        All families in the order of their files.

    Raises:
        UsageError: One of `extra` does not exist.
        DefinitionError: A definition is wrong.
    """
    families = dict(_built_in())
    for root in content.roots("parsers", extra)[1:]:
        families |= _families_of(root, str(root))
    return Families(families)


@functools.cache  # families cannot be changed, and reading all takes 0.2 seconds
def _built_in() -> dict[str, Family]:
    return _families_of(content.roots("parsers")[0], "parsers")


def _families_of(root: Traversable, name: str) -> dict[str, Family]:
    families: dict[str, Family] = {}
    for place, text in _files(root, name):
        family = read_family(text, place)
        if (other := families.setdefault(family.id, family)) is not family:
            said = f"the family '{family.id}' is also in {other.source}"
            raise DefinitionError(said, where=place, hint="change one of the ids")
    return families


def _files(root: Traversable, name: str) -> list[tuple[str, str]]:
    try:
        return list(content.files_under(root, name))
    except ContentError as error:
        raise as_definition(error) from error
