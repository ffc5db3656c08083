"""The rules of redaction, and what pseudonyms look for: `redaction/*.yaml`, as data."""

from __future__ import annotations

from typing import Any

from diag import content
from diag.errors import ContentError

NAMES = "names.yaml"


def redaction_rules() -> list[dict[str, Any]]:
    """Return the rules, as `diag.redact.Redactor` takes them.

    Raises:
        ContentError: A file cannot be read, or holds no list of rules.
    """
    found: list[dict[str, Any]] = []
    for name, text in content.yaml_files("redaction"):
        if name.endswith(f"/{NAMES}"):
            continue
        data = content.load_yaml(text, name)
        if not isinstance(data, list) or not all(isinstance(one, dict) for one in data):
            raise ContentError("a list of redaction rules is wanted", where=name)
        found += data
    return found


def pseudonym_data() -> dict[str, Any]:
    """Return what pseudonyms look for, as `diag.redact.Pseudonyms` takes it.

    Raises:
        ContentError: The file is not there, or no mapping.
    """
    for name, text in content.yaml_files("redaction"):
        if name.endswith(f"/{NAMES}"):
            data = content.load_yaml(text, name)
            if isinstance(data, dict):
                return data
    raise ContentError("there is no mapping in it", where=f"redaction/{NAMES}")
