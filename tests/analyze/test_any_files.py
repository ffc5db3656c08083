"""Any bytes under any name: every file is accounted for, and nothing is raised."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from diag.formats import load_families
from tests.amount import examples
from tests.analyze.stored import lines_in, snapshot

FAMILIES = load_families()
KNOWN = sorted(
    {
        glob.replace("[0-9]", "7").replace("*", "0").replace("?", "q")
        for family in FAMILIES.values()
        for globs in family.systems.values()
        for glob in globs
        if "[" not in glob.replace("[0-9]", "")
    }
)
REAL = sorted(
    {
        line
        for family in FAMILIES.values()
        for sample in family.samples
        for line in sample.text.splitlines()
    }
)
ENDS = st.sampled_from([b"\n", b"\r\n", b"\r", b"", b"\n\n", b"\0"])
LINES = st.one_of(
    st.sampled_from(REAL).map(str.encode),
    st.binary(max_size=60),
    st.text(max_size=40).map(lambda text: text.encode("utf-16")),
    st.sampled_from([b"{", b"[", b'{"a": ', b'"status": 1,', b"]", b"}", b"\xff\xfe"]),
)
CONTENT = st.lists(st.tuples(LINES, ENDS), max_size=12).map(
    lambda parts: b"".join(line + end for line, end in parts)
)
PART = st.text(
    st.characters(codec="utf-8", exclude_characters="/\0\\", exclude_categories=["Cs"]),
    min_size=1,
    max_size=12,
)
NAMES = st.one_of(
    st.sampled_from(KNOWN), st.lists(PART, min_size=1, max_size=3).map("/".join)
)
BUNDLES = st.dictionaries(NAMES, CONTENT, min_size=1, max_size=5)


def write(folder: Path, files: dict[str, bytes]) -> dict[str, bytes]:
    """Write the files that this system can have, and return these."""
    written = {}
    for name, data in files.items():
        if any(part.strip(" .") == "" for part in name.split("/")):
            continue
        path = folder / name
        # Not every system has every name, and no folder has the name of a file.
        with contextlib.suppress(OSError, ValueError):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
            written[name] = data
    return written


@settings(max_examples=examples(60), deadline=None)
@given(BUNDLES)
@example({"himds.log": b"\0" * 50, "status/0.status": b"", "a\nb.log": b"\r"})
@example({"commands/azcmagent-show.txt": b'noise\n{"agentVersion": 1,', "x": b"\xfe"})
@example({"var/opt/azcmagent/log/himds.log": "time=é\r".encode("utf-16-be")})
def test_every_file_is_accounted_for(files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "machine"
        folder.mkdir()
        written = write(folder, files)
        held = snapshot([folder])  # which checks the account of every file
    rows = held["Files"]
    expected = sorted(len(data) for data in written.values())
    assert sorted(row["Bytes"] for row in rows) == expected
    # Where the encoding changes, line ends are not those of the first one.
    mixed = {p["File"] for p in held["Problems"] if p["Kind"] == "mixed-encoding"}
    plain = {
        row["OriginalPath"].replace("\\", "/"): row["Lines"]
        for row in rows
        if row["Encoding"] in {"utf-8", "utf-8-bom"} and row["File"] not in mixed
    }
    for name, lines in plain.items():
        if name in written:
            assert lines == lines_in(written[name]), name
