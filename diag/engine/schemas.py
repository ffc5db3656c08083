"""JSON Schemas of rule files and of `pack.yaml`, for editors.

They are made by the code that reads these files: it is given a reader that has every
field and notes what is asked of it. So a field is known to both, or to none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diag.engine.fields import Notes, Reader
from diag.engine.pack import Source, read_pack
from diag.engine.validate import IGNORED, QUERY_LIMIT, read_rule
from diag.model import Severity

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterable, Mapping
    from enum import StrEnum

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TEXT = ["string", "number"]
ANY_NAME = "a_name"  # stands for the names that an author gives
# Sections whose keys are names: of parameters, logs and columns.
NAMED = ("parameters", "log", "Fields")
SENTINEL = ("High", "Medium", "Low", "Informational")


def rule_schema() -> dict[str, Any]:
    """Return the schema of a file that holds a rule or a list of rules."""
    recorder = Recorder({}, (), Notes())
    read_rule({}, (), recorder.notes, reader=recorder)
    one = recorder.schema()
    fields = one["properties"]
    fields |= {name: {} for name in IGNORED}
    fields["severity"] = {"enum": [*Severity, *SENTINEL]}
    fields["status"]["enum"].append("Available")
    fields["kind"] = {"const": "Scheduled"}
    fields["query"] |= {"minLength": 1, "maxLength": QUERY_LIMIT}
    fields["evidence"] = {"anyOf": [{"type": "string"}, fields["evidence"]]}
    step = fields["remedy"]["properties"]["steps"]["items"]["properties"]
    systems = {"linux": _text(), "windows": _text()}
    step["command"] = {"anyOf": [step["command"], _mapping(systems, ())]}
    test = fields["tests"]["items"]["properties"]
    test["log"]["additionalProperties"] = {"type": "string"}
    test["expect"] = {"type": ["array", "null"], "items": {"type": "object"}}
    values = fields["parameters"]["additionalProperties"]
    values["required"] = ["type", "default"]
    rules = {"type": "array", "items": {"$ref": "#/$defs/rule"}}
    return {
        "$schema": DIALECT,
        "$id": "rule-1.schema.json",
        "title": "Rules of arcdiag",
        "anyOf": [{"$ref": "#/$defs/rule"}, rules],
        "$defs": {"rule": one},
    }


def pack_schema() -> dict[str, Any]:
    """Return the schema of `pack.yaml`."""
    recorder = Recorder({}, (), Notes())
    read_pack(Source("pack.yaml", "", {}), recorder.notes, reader=recorder)
    one = recorder.schema()
    one["required"] = [*one["required"], "rules"]
    head = {"$schema": DIALECT, "$id": "pack-1.schema.json"}
    return {**head, "title": "A pack of rules of arcdiag", **one}


def _text() -> dict[str, Any]:
    return {"type": [*TEXT, "null"]}


def _mapping(fields: Mapping[str, Any], required: Iterable[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": dict(fields),
        "required": sorted(required),
        "patternProperties": {"^x-": {}},
        "additionalProperties": False,
    }


class Recorder(Reader):
    """A mapping that seems to have every field, and notes what is asked of it."""

    def __init__(
        self, value: object, path: tuple[str | int, ...], notes: Notes
    ) -> None:
        """Begin without fields; see `Reader`."""
        super().__init__(value, path, notes)
        self.fields: dict[str, dict[str, Any]] = {}
        self.inner: dict[str, tuple[Recorder, bool]] = {}
        self.required: set[str] = set()
        self.closed = False

    def __contains__(self, key: str) -> bool:
        """Return True, so that whatever depends on the field is read."""
        return True

    def error(self, text: str, key: str | int | None = None) -> None:
        """Note nothing: what is missing here is missing on purpose."""

    def raw(self, key: str) -> Any:  # noqa: ANN401 - as in `Reader`
        """Note a field of any kind, unless more is known of it."""
        self.fields.setdefault(key, {})
        return None

    def text(self, key: str, default: str = "", *, required: bool = False) -> str:
        """Note a text."""
        self._note(key, {"type": TEXT if required else [*TEXT, "null"]})
        self.required |= {key} if required else set()
        return default

    def pattern(self, key: str, pattern: re.Pattern[str], example: str) -> str:
        """Note a required text of a form."""
        del example
        self._note(key, {"type": "string", "pattern": f"^(?:{pattern.pattern})$"})
        self.required.add(key)
        return ""

    def choice(
        self,
        key: str,
        words: type[StrEnum],
        default: Any,  # noqa: ANN401 - a word
    ) -> Any:  # noqa: ANN401 - a word
        """Note a word of a closed list."""
        self._note(key, {"enum": [str(word) for word in words]})
        self.required |= {key} if default is None else set()
        return default

    def texts(self, key: str) -> tuple[str, ...]:
        """Note a list of texts."""
        items = {"type": "array", "items": {"type": TEXT}}
        self._note(key, {"anyOf": [{"type": ["string", "null"]}, items]})
        return ()

    def number(self, key: str, default: int, low: int, high: int) -> int:
        """Note a whole number."""
        bounds = {"minimum": low, "maximum": high}
        self._note(key, {"type": ["integer", "null"], **bounds})
        return default

    def flag(self, key: str, *, default: bool) -> bool:
        """Note true or false."""
        self._note(key, {"type": ["boolean", "null"]})
        return default

    def parsed(self, key: str, parse: Callable[[str], Any]) -> Any:  # noqa: ANN401 - as in `Reader`
        """Note a text that is read further."""
        del parse
        self.fields.setdefault(key, {"type": [*TEXT, "null"]})

    def section(self, key: str) -> Recorder:
        """Note a mapping, and what will be asked of it."""
        return self._inside(key, listed=False)

    def sections(self, key: str) -> list[Reader]:
        """Note a list of mappings, and what will be asked of each."""
        return [self._inside(key, listed=True)]

    def finish(self, ignored: Iterable[str] = ()) -> None:
        """Note that no other fields are allowed, unless all others are ignored."""
        self.closed = ignored is not self.values

    def _note(self, key: str, schema: dict[str, Any]) -> None:
        self.fields[key] = schema

    def _inside(self, key: str, *, listed: bool) -> Recorder:
        if key not in self.inner:
            found = Recorder({ANY_NAME: {}} if key in NAMED else {}, (), self.notes)
            self.inner[key] = found, listed
        return self.inner[key][0]

    def schema(self) -> dict[str, Any]:
        """Return the schema of what was asked for."""
        fields = dict(self.fields)
        for key, (one, listed) in self.inner.items():
            inner = one.schema()
            if listed:
                inner = {"type": ["array", "null"], "items": inner}
            else:
                inner["type"] = ["object", "null"]
            fields[key] = inner
        found = _mapping(fields, self.required)
        if ANY_NAME in self.values:
            names = fields.pop(ANY_NAME, {})
            return {"type": "object", "additionalProperties": names}
        if not self.closed:
            found["additionalProperties"] = True
        return found
