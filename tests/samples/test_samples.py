"""The committed samples are what their generator writes, and as README says."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
import zlib
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag import formats
from diag.bundle import open_bundle
from samples.making import codes
from samples.making.bundles import FOLDERS, ZIPS
from samples.making.deflate import pack

SAMPLES = Path(__file__).parents[2] / "samples"
BUNDLES = [*FOLDERS, *ZIPS]
LONGEST_SILENCE = timedelta(minutes=15)
TIME = re.compile(rb'^time="([^"]+)"', re.MULTILINE)


def files(top: Path) -> dict[str, bytes]:
    """Return all files below a folder, or the one file."""
    if top.is_file():
        return {"": top.read_bytes()}
    return {
        path.relative_to(top).as_posix(): path.read_bytes()
        for path in top.rglob("*")
        if path.is_file()
    }


def himds_times(contents: dict[str, bytes]) -> list[datetime]:
    found = [
        datetime.fromisoformat(match.decode())
        for name, content in contents.items()
        if re.search(r"himds(-[^/\\]*)?\.log$", name)
        for match in TIME.findall(content)
    ]
    return sorted(found)


def unzipped(name: str) -> dict[str, bytes]:
    with zipfile.ZipFile(SAMPLES / name) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    command = [sys.executable, str(SAMPLES / "generate.py"), str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("name", BUNDLES)
def test_the_generator_writes_the_committed_bytes(fresh: Path, name: str) -> None:
    made, kept = files(fresh / name), files(SAMPLES / name)
    assert list(made) != []
    assert made == kept


def test_the_generator_refuses_an_option_it_does_not_know() -> None:
    command = [sys.executable, str(SAMPLES / "generate.py"), "--all"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "generate.py [FOLDER]" in done.stderr


@pytest.mark.parametrize("name", BUNDLES)
def test_a_sample_is_small_and_has_an_entry_in_the_readme(name: str) -> None:
    assert 0 < sum(map(len, files(SAMPLES / name).values())) < 200_000
    assert f"## {name}\n" in (SAMPLES / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", BUNDLES)
def test_every_member_that_can_be_read_is_recognised_by_its_path(name: str) -> None:
    found = formats.detect(open_bundle(SAMPLES / name), formats.load_families())
    assert found
    for one in found:
        assert one.family is not None, one.member.name
        assert one.how == "path", one.member.name


@pytest.mark.parametrize("name", ["healthy-linux", "healthy-windows.zip"])
def test_the_healthy_ones_have_no_silence_no_code_and_no_error(name: str) -> None:
    path = SAMPLES / name
    contents = files(path) if path.is_dir() else unzipped(name)
    times = himds_times(contents)
    assert len(times) > 50
    assert max(b - a for a, b in pairwise(times)) < LONGEST_SILENCE
    text = b"".join(contents.values())
    assert not re.search(rb"AZCM\d|level=(warn|error|fatal)|\] \[ERROR\] \[", text)
    assert b"404 Not Found" in text  # the benign probe


def test_healthy_windows_has_backslashes_crlf_utf16_and_utc_times() -> None:
    contents = unzipped("healthy-windows.zip")
    raw = (SAMPLES / "healthy-windows.zip").read_bytes()
    assert raw.count(b"ProgramData\\AzureConnectedMachineAgent\\Log\\himds.log") == 2
    for name, content in contents.items():
        if name.endswith("show.txt"):
            assert content.startswith(b"\xff\xfe")
            shown = content.decode("utf-16")
            assert re.search(r"\(arcproxy\) +: stopped\r\n", shown)
        else:
            assert content.count(b"\n") == content.count(b"\r\n") > 1
    bundle = open_bundle(SAMPLES / "healthy-windows.zip")
    assert bundle.problems == ()
    moments = [member.modified for member in bundle.members]
    assert all(moment is not None for moment in moments)


def test_heartbeat_lost_has_two_silences_and_ends_in_failures() -> None:
    contents = files(SAMPLES / "heartbeat-lost")
    times = himds_times(contents)
    silences = [b - a for a, b in pairwise(times) if b - a > LONGEST_SILENCE]
    assert [round(gap / timedelta(minutes=1)) for gap in silences] == [47, 36]
    himds = contents["var/opt/azcmagent/log/himds.log"].splitlines()
    assert all(
        b"failed to send a heartbeat: [certStore]" in line for line in himds[-5:]
    )


def test_the_zip_with_codes_has_them_in_info_lines_of_an_old_agent() -> None:
    log = unzipped(codes.NAME)["var/opt/azcmagent/log/azcmagent.log"].decode()
    found = re.findall(r'level=(\w+) msg="Exit Code:  (AZCM\d{4}):', log)
    assert found == [("info", f"AZCM{n}") for n in ("0026", "0104", "0042")]
    assert log.count('msg="Agent Version: 1.21.') == log.count("Agent Command: connect")
    assert log.count("level=fatal ") == 1


def test_half_missing_is_damaged_in_three_ways() -> None:
    bundle = open_bundle(SAMPLES / "half-missing.zip")
    assert [problem.kind for problem in bundle.problems] == ["encrypted"]
    with zipfile.ZipFile(SAMPLES / "half-missing.zip") as archive:
        with pytest.raises(zipfile.BadZipFile, match="Bad CRC"):
            archive.read("var/opt/azcmagent/log/azcmagent.log")
        with pytest.raises(RuntimeError, match="encrypted"):
            archive.read("var/opt/azcmagent/log/arcproxy.log")
        with pytest.raises((zlib.error, EOFError, zipfile.BadZipFile)):
            archive.read("commands/journalctl-arcproxyd.txt")


def _inflated(packed: bytes) -> bytes:
    stream = zlib.decompressobj(-15)
    out = stream.decompress(packed) + stream.flush()
    assert stream.eof
    assert stream.unused_data == b""
    return out


# The long repeats reach the longest match and the farthest distance.
BYTES = st.one_of(
    st.binary(max_size=2000),
    st.lists(st.sampled_from([b"a", b"line\n", b"\xff\x90", b"x" * 300])).map(b"".join),
    st.binary(min_size=1, max_size=40).map(lambda part: part * 3000),
)


@given(BYTES)
def test_whatever_is_packed_comes_out_again(data: bytes) -> None:
    assert _inflated(pack(data)) == data


@pytest.mark.parametrize("distance", [1, 4, 5, 256, 257, 24_577, 32_768, 32_769])
@pytest.mark.parametrize("length", [3, 10, 11, 130, 131, 257, 258, 259])
def test_matches_of_every_size_are_packed(length: int, distance: int) -> None:
    filler = b"".join(n.to_bytes(2, "big") for n in range(20_000))[:distance]
    data = filler + filler[:length] + b"end"
    assert _inflated(pack(data)) == data
