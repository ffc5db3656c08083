"""The JSON Schemas of rule files and packs: current, and as strict as the loader.

Run this test with ARCDIAG_WRITE_DOCS=1 to rewrite the files.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from diag import content
from diag.engine.fields import Notes
from diag.engine.pack import Source, is_pack, is_reference, read_pack
from diag.engine.schemas import pack_schema, rule_schema
from diag.engine.validate import read_rule

FOLDER = Path(__file__).parents[2] / "diag" / "engine"
FILES = [(n, t) for n, t in content.yaml_files("rules") if not is_reference(n)]
RULE = next(t for n, t in FILES if n.endswith("heartbeat/silence.yaml"))
RULES = jsonschema.Draft202012Validator(rule_schema())
PACKS = jsonschema.Draft202012Validator(pack_schema())


def plain(value: Any) -> Any:
    """Return data as JSON has it."""
    return json.loads(json.dumps(value))


@pytest.mark.parametrize(
    ("name", "schema"),
    [("rule-1.schema.json", rule_schema()), ("pack-1.schema.json", pack_schema())],
)
def test_the_shipped_schemas_are_current(name: str, schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    text = json.dumps(schema, indent=2) + "\n"
    if os.environ.get("ARCDIAG_WRITE_DOCS"):
        (FOLDER / name).write_text(text, encoding="utf-8", newline="\n")
    assert (FOLDER / name).read_text(encoding="utf-8") == text


@pytest.mark.parametrize(("name", "text"), FILES, ids=[name for name, _ in FILES])
def test_all_our_files_are_valid(name: str, text: str) -> None:
    data = plain(content.load_yaml(text, name))
    validator = PACKS if is_pack(name) else RULES
    assert [error.message for error in validator.iter_errors(data)] == []


CHANGES: list[tuple[tuple[str | int, ...], Any]] = [
    (("nonsense",), 1),
    (("finding", "nonsense"), "x"),
    (("parameters", "quiet", "nonsense"), 1),
    (("parameters", "quiet", "type"), "text"),
    (("tests", 0, "nonsense"), 1),
    (("tests", 0, "asOf"), None),
    (("remedy", "steps", 0, "changes"), "all"),
    (("remedy", "nonsense"), "x"),
    (("counterCheck", "refuted"), None),
    (("evidence", "limit"), 1000),
    (("severity",), "awful"),
    (("version",), "1.0"),
    (("id",), "lower-001"),
    (("kind",), "NRT"),
    (("status",), "old"),
    (("name",), None),
    (("triggerThreshold",), "many"),
    (("enabled",), "perhaps"),
    (("tests", 0, "events"), [{"t": "-1m", "Nonsense": 1}]),
    (("tests", 0, "todo"), "later"),
]


@pytest.mark.parametrize(("path", "value"), CHANGES, ids=str)
def test_what_the_loader_refuses_the_schema_refuses(
    path: tuple[str | int, ...], value: object
) -> None:
    data = plain(content.load_yaml(RULE, "rule"))
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    notes = Notes()
    assert read_rule(data, (), notes) is None
    assert not RULES.is_valid(data)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("x-mine",), {"a": 1}),
        (("finding", "x-mine"), 1),
        (("queryFrequency",), "1h"),
        (("severity",), "Informational"),
        (("status",), "Available"),
        (("evidence",), 'Level == "error"'),
        (("tags",), "area:one"),
        (("tests", 0, "events"), [{"t": "-1m", "Log": "himds", "Fields": {"a": 1}}]),
        (
            ("tests", 0, "repeat"),
            {"count": 2, "every": "1m", "from": "-5m", "event": {}},
        ),
        (("tests", 0, "parameters"), {"quiet": "20m"}),
    ],
    ids=str,
)
def test_what_the_loader_takes_the_schema_takes(
    path: tuple[str | int, ...], value: object
) -> None:
    data = plain(content.load_yaml(RULE, "rule"))
    place = data
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    notes = Notes()
    assert read_rule(data, (), notes), notes.errors
    assert [error.message for error in RULES.iter_errors(data)] == []


def test_a_pack_with_an_unknown_field_is_refused_by_both() -> None:
    data = {"pack": "a", "version": "1.0.0", "rules": ["*.yaml"]}
    assert PACKS.is_valid(data)
    for bad in (data | {"nonsense": 1}, data | {"version": "one"}, {"pack": "a"}):
        notes = Notes()
        assert read_pack(Source("pack.yaml", "", bad), notes).broken
        assert not PACKS.is_valid(bad)
