"""Whatever is changed in a bundle is found, and the right member is named."""

from __future__ import annotations

import functools
import io
import json
import random
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.bundle.verify import verify
from diag.packing import BundleWriter
from tests.amount import examples
from tests.bundle.mutating import END, MANIFEST, MUTATIONS, take_apart, with_text

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
CREATED = "2026-03-10T12:00:00Z"
TRIALS = 60  # of each mutation, so more than 1,000 of all


def written(target: Any, texts: dict[str, bytes]) -> None:
    with BundleWriter(target, created=CREATED) as writer:
        for number, (name, text) in enumerate(sorted(texts.items())):
            writer.member(name, [text], mtime=1_773_000_000 + number, facts={})
        writer.left_out("etc/shadow", "deny-list")
        writer.finish({"machine": "edge0001", "zone": "Europe/Berlin"})


@functools.cache
def bundles() -> list[bytes]:
    """Return three bundles: of a healthy machine, of odd files, and as a stream."""
    folder = SAMPLES / "healthy-linux"
    real = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
    noise = random.Random(7)
    odd = {
        "empty.log": b"",
        "same-1.log": b"the same\n" * 50,
        "same-2.log": b"the same\n" * 50,
        "gr\u00f6\u00dfe.log": noise.randbytes(70_000),
        "inner.zip": (SAMPLES / "healthy-windows.zip").read_bytes(),
        "one": b"1",
    }
    found = []
    for texts in (real, odd):
        stream = io.BytesIO()
        written(stream, texts)
        found.append(stream.getvalue())
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    streams = bundles()
    target = tmp_path_factory.mktemp("bundles") / "b.zip"
    with zipfile.ZipFile(io.BytesIO(streams[0])) as archive:
        names = [name for name in archive.namelist() if name != "manifest.json"]
        written(str(target), {name: archive.read(name) for name in names})
    return [*streams, target.read_bytes()]


def test_a_bundle_as_it_was_written_passes(whole: list[bytes], tmp_path: Path) -> None:
    for data in whole:
        target = tmp_path / "b.zip"
        target.write_bytes(data)
        verdict = verify(target)
        assert verdict.ours
        assert verdict.differences == []
        assert verdict.members == len(verdict.manifest["members"]) > 0
        assert take_apart(data).joined() == data  # so mutations change what they say


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.__name__)
def test_what_was_changed_is_named(
    mutation: Any, whole: list[bytes], tmp_path: Path
) -> None:
    rng = random.Random(mutation.__name__)
    target = tmp_path / "b.zip"
    precise = 0
    for trial in range(TRIALS):
        data = whole[trial % len(whole)]
        changed, names = mutation(take_apart(data), rng)
        if changed == data:
            continue
        target.write_bytes(changed)
        verdict = verify(target)
        told = [(one.member, one.kind) for one in verdict.differences]
        others = {name for name, _ in told} - names - {MANIFEST, END}
        assert {name for name, _ in told} & names, (trial, names, told)
        precise += not others
    # Where bytes were moved or are of no member, neighbours may be named as well.
    assert precise >= TRIALS * (0.4 if mutation.__name__ == "other_manifest" else 0.9)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.data())
@settings(max_examples=examples(200), deadline=None)
def test_a_manifest_may_say_anything(
    tmp_path_factory: pytest.TempPathFactory, data: Any
) -> None:
    parts = take_apart(bundles()[1])
    last = parts.members[-1]
    values = json.loads(last.local[59 + len(MANIFEST) :])
    place = data.draw(st.sampled_from([values, *values["members"]]))
    key = data.draw(st.sampled_from(sorted(set(place) - {"format"})))
    before = place[key]
    place[key] = data.draw(JSON)
    if place[key] == before:
        return
    text = (json.dumps(values, indent=0) + "\n").encode()
    members = (*parts.members[:-1], with_text(last, text))
    target = tmp_path_factory.getbasetemp() / "odd.zip"
    target.write_bytes(replace(parts, members=members).joined())
    assert verify(target).differences


def test_many_changes_at_once_are_found_too(whole: list[bytes], tmp_path: Path) -> None:
    rng = random.Random(23)
    target = tmp_path / "b.zip"
    for trial in range(60):
        changed = bytearray(whole[trial % len(whole)])
        for _ in range(rng.randrange(2, 200)):
            changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
        target.write_bytes(changed)
        assert verify(target).differences, trial


def test_a_bundle_that_was_cut_off_is_not_whole(
    whole: list[bytes], tmp_path: Path
) -> None:
    rng = random.Random(29)
    target = tmp_path / "b.zip"
    for trial in range(60):
        data = whole[trial % len(whole)]
        target.write_bytes(data[: rng.randrange(len(data))])
        assert verify(target).differences, trial


def test_of_thousands_that_are_lost_each_is_named(tmp_path: Path) -> None:
    stream = io.BytesIO()
    names = {f"log/{number}" for number in range(3000)}
    written(stream, dict.fromkeys(names, b"x"))
    data = stream.getvalue()
    begin = data.index(b'{\n"format"')
    target = tmp_path / "b.zip"
    for old, new in ((b"PK\x03\x04", b"PX\x03\x04"), (b"PK\x03\x04-", b"PK\x03\x04.")):
        target.write_bytes(data[:begin].replace(old, new) + data[begin:])
        assert {one.member for one in verify(target).differences} >= names
