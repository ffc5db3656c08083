"""The JSON Schema of the manifest: current, and what is written fits it.

Run this test with ARCDIAG_WRITE_DOCS=1 to rewrite the file.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from diag.bundle.manifestschema import manifest_schema
from diag.packing import REASONS, BundleWriter
from tests.cli.calling import SAMPLES, arcdiag

if TYPE_CHECKING:
    from collections.abc import Callable

FILE = Path(__file__).parents[2] / "diag" / "bundle" / "manifest-1.schema.json"
SCHEMA = jsonschema.Draft202012Validator(manifest_schema())


def test_the_shipped_schema_is_current() -> None:
    jsonschema.Draft202012Validator.check_schema(manifest_schema())
    text = json.dumps(manifest_schema(), indent=2) + "\n"
    if os.environ.get("ARCDIAG_WRITE_DOCS"):
        FILE.write_text(text, encoding="utf-8")
    assert FILE.read_text(encoding="utf-8") == text


def written() -> dict[str, Any]:
    stream = io.BytesIO()
    with BundleWriter(stream, created="2026-03-10T12:00:00.25Z") as writer:
        facts = {"notes": ["tail-only"], "skipped": 7, "source_size": 9}
        writer.member("a.log", [b"x"], mtime=1.5e9, facts=facts)
        writer.member("b.log", [], mtime=None, facts={})
        for reason in REASONS:
            writer.left_out("c.log", reason, "why")
        writer.left_out("d.log", "absent")
        row = {"member": "commands/a.txt", "run": ["a"], "status": 0, "seconds": 0.1}
        return writer.finish({"redactions": {"pem": 3}, "commands": [row]})


def test_what_the_writer_writes_fits() -> None:
    SCHEMA.validate(json.loads(json.dumps(written())))


@pytest.mark.parametrize("more", [(), ("--no-redact", "--full", "--case-id", "4711")])
def test_what_the_collector_writes_fits(more: tuple[str, ...], tmp_path: Path) -> None:
    target = tmp_path / "b.zip"
    root = SAMPLES / "healthy-linux"
    arcdiag("collect", "--root", root, "--fast", *more, "-o", target)
    with zipfile.ZipFile(target) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    SCHEMA.validate(manifest)
    assert manifest["members"]


def test_what_a_running_machine_says_fits(tmp_path: Path) -> None:
    target = tmp_path / "b.zip"
    arcdiag("collect", "--fast", "--max-size", "1M", "-o", target)
    with zipfile.ZipFile(target) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    SCHEMA.validate(manifest)
    assert manifest["commands"]


@pytest.mark.parametrize(
    "harm",
    [
        lambda one: one.pop("members_sha256"),
        lambda one: one["members"][0].pop("sha256"),
        lambda one: one["members"][0].update(size=-1),
        lambda one: one["members"][0].update(mtime="yesterday"),
        lambda one: one["not_taken"][0].update(reason="because"),
        lambda one: one["redactions"].update(pem="secret"),
        lambda one: one.update(format_version=2),
    ],
)
def test_what_is_wrong_does_not(harm: Callable[[dict[str, Any]], Any]) -> None:
    manifest = written()
    harm(manifest)
    assert not SCHEMA.is_valid(manifest)
