"""The JSON Schema of `manifest.json`, made from the tables that write it."""

from __future__ import annotations

from typing import Any

from diag.packing import manifest
from diag.packing.encoding import ENCODINGS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TIME = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$",
}
HASH = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
COUNT = {"type": "integer", "minimum": 0}
NAME = {"type": "string", "minLength": 1}
# What the tools of a type say: any keys, as collectors differ.
SECTIONS: dict[type, dict[str, Any]] = {
    str: {"type": "string"},
    dict: {"type": "object"},
    list: {"type": "array", "items": {"type": "object"}},
}


def manifest_schema() -> dict[str, Any]:
    """Return the schema of the manifests of format version 1."""
    head = {key: SECTIONS[type(default)] for key, default in manifest.HEAD}
    head["redactions"] = {"type": "object", "additionalProperties": COUNT}
    head["commands"] = {"type": "array", "items": _command()}
    fields: dict[str, Any] = {
        "format": {"const": manifest.FORMAT},
        "format_version": {"const": manifest.VERSION},
        "kind": {"enum": list(manifest.KINDS)},
        "created": TIME,
        **head,
        "layout": {"enum": list(manifest.LAYOUTS)},
        "not_taken": {"type": "array", "items": _not_taken()},
        "members_sha256": HASH,
        "members": {"type": "array", "items": _member()},
    }
    return {
        "$schema": DIALECT,
        "$id": "manifest-1.schema.json",
        "title": "What a bundle of arcdiag says about itself",
        "type": "object",
        "properties": fields,
        "required": list(fields),
    }


def _not_taken() -> dict[str, Any]:
    """Return what is said of a thing that is not in the bundle."""
    fields = {
        "path": {"type": "string"},
        "reason": {"enum": list(manifest.REASONS)},
        "detail": NAME,
    }
    return {
        "type": "object",
        "properties": fields,
        "required": ["path", "reason"],
        "additionalProperties": False,
    }


def _member() -> dict[str, Any]:
    """Return what is said of a member; a collector may add facts of its own."""
    fields = {
        "path": NAME,
        "size": COUNT,
        "mtime": {"anyOf": [TIME, {"type": "null"}]},
        "sha256": HASH,
        "encoding": {"enum": list(ENCODINGS)},
        "incomplete": {"const": True},
        "source_size": COUNT,
        "skipped": COUNT,
        "notes": {"type": "array", "items": NAME},
        "kind": NAME,
        "component": NAME,
        "family": NAME,
        "status": {"type": ["integer", "null"]},
        "packed": COUNT,
        "packed_sha256": HASH,
        "crc32": {"type": "string", "pattern": "^[0-9a-f]{8}$"},
    }
    required = [*manifest.MEASURED, "encoding"]
    return {"type": "object", "properties": fields, "required": sorted(required)}


def _command() -> dict[str, Any]:
    """Return what is said of a command that was run, or could not be."""
    fields = {
        "member": NAME,
        "run": {"type": "array", "items": {"type": "string"}},
        "status": {"type": ["integer", "null"]},
        "seconds": {"type": "number", "minimum": 0},
        "limit": {"type": "number", "minimum": 0},
        "timed_out": {"type": "boolean"},
    }
    return {"type": "object", "properties": fields, "required": ["member", "run"]}
