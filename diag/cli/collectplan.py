"""What the collector looks at, as plain data: log definitions and `collecting/`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from diag.formats.family import Families

Data = dict[str, Any]

KEPT = ("never", "own", "search", "commands", "environment")


def plan_data(parsers: Sequence[Path] = ()) -> Data:
    """Return what `diag.collect.plan_of` takes, ready to be written as JSON.

    Args:
        parsers: The user's own log definitions; their paths are candidates, too.

    Raises:
        UsageError: One of `parsers` does not exist.
        ContentError: A definition is wrong.
    """
    from diag import content, formats

    families = formats.load_families(parsers)
    ((name, text),) = content.yaml_files("collecting")
    given = cast("Data", content.load_yaml(text, name))
    found = [*_of_components(given, families), *_listings(given)]
    return {
        "version": given["version"],
        "components": [one["id"] for one in given["components"]],
        "candidates": found,
        **{key: given[key] for key in KEPT},
    }


def _of_components(given: Data, families: Families) -> Iterator[list[Any]]:
    components = given["components"]
    owner = {
        family: (one["id"], rank)
        for rank, one in enumerate(components)
        for family in one.get("families", ())
    }
    last = components[-1]["id"], len(components) - 1
    for family, system, glob in families.globs:
        if family in given["not_from_parsers"] or not _is_path(given, system, glob):
            continue
        component, rank = owner.get(family, last)
        kind = str(families[family].kind)
        yield [glob, system, kind, component, rank, family]
    for rank, one in enumerate(components):
        for more in one.get("more", ()):
            yield [more["path"], more["system"], more["kind"], one["id"], rank]


def _listings(given: Data) -> Iterator[list[Any]]:
    for one in given["listings"]:
        yield [one["path"], one["system"], "listing", "listing", 0, "", one["depth"]]


def _is_path(given: Data, system: str, glob: str) -> bool:
    """Say whether a glob is a path of a system, and not the name of a loose file."""
    top, slash, _ = glob.partition("/")
    return bool(slash) and system != "any" and top not in given["not_roots"]


def baked_data(parsers: Sequence[Path] = ()) -> Data:
    """Return everything that the collector is given, ready to be written as JSON.

    Args:
        parsers: As for `plan_data`.

    Returns:
        `plan` for `diag.collect.plan_of`, `rules` for `diag.redact.Redactor` and
        `names` for `diag.redact.Pseudonyms`.
    """
    from diag.content.redaction import pseudonym_data, redaction_rules

    return {
        "plan": plan_data(parsers),
        "rules": redaction_rules(),
        "names": pseudonym_data(),
    }
