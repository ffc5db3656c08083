"""The family of a file by its path, and of a loose file by what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from diag.formats import Detected, How, detect, load_families
from diag.formats.detect import HEAD, family_by_text
from diag.model import Bundle, BundleKind, Member, Packing

CORPUS = Path(__file__).parent.parent / "data" / "corpus"
FAMILIES = load_families()


def detect_one(path: Path, name: str) -> Detected:
    size = path.stat().st_size
    member = Member(name, name, path, 0, size, Packing.STORED, size)
    bundle = Bundle(name, BundleKind.FILE, "", (member,))
    (found,) = detect(bundle, FAMILIES)
    return found


def detect_text(tmp_path: Path, text: str | bytes, name: str = "file") -> Detected:
    path = tmp_path / "member"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return detect_one(path, name)


EXCERPTS = [
    ("azcmagent_log/linux-1.21-connect-arm-response.log", "azcmagent"),
    ("azcmagent_log/linux-1.21-connect-endpoints.log", "azcmagent"),
    ("azcmagent_log/linux-1.21-connect-start.log", "azcmagent"),
    ("azcmagent_log/linux-windows-2020-onboarding-space-key.log", "azcmagent"),
    ("azcmagent_log/windows-2020-failed-os-discovery.log", "azcmagent"),
    ("azcmagent_cli/linux-1.58-show-connected.txt", "azcmagent_show"),
    ("azcmagent_cli/windows-1.46-show-connected-gateway.txt", "azcmagent_show"),
    ("azcmagent_cli/windows-1.64-show-connected.txt", "azcmagent_show"),
    ("azcmagent_cli/windows-1.64-show-disconnected.txt", "azcmagent_show"),
    ("azcmagent_cli/linux-1.58-connect-finish.txt", "azcmagent_console"),
    (
        "azcmagent_cli/linux-2021-connect-missing-subscription-registration.txt",
        "azcmagent_console",
    ),
    ("azcmagent_cli/linux-connect-device-code-start.txt", "azcmagent_console"),
    (
        "azcmagent_cli/windows-1.55-connect-azcm0026-private-endpoint.txt",
        "azcmagent_console",
    ),
    ("azcmagent_cli/windows-connect-success-progressbar.txt", "azcmagent_console"),
    ("gc_agent/windows-2019-dsc-rest-server.log", "gc_agent"),
    ("gc_agent/windows-2019-dsc-uri-must-contain-hostname.log", "gc_agent"),
    ("systemd/standin-modern-systemd-restart-loop.log", "journal"),
    ("systemd/standin-rhel7-mdsd-failed.log", "journal"),
    ("gc_agent/telemetry-event-dsclog-wrapped.json", None),
]


def test_the_table_of_excerpts_is_complete() -> None:
    here = sorted(
        path.relative_to(CORPUS).as_posix()
        for folder in ("azcmagent_cli", "azcmagent_log", "gc_agent", "systemd")
        for path in (CORPUS / folder).iterdir()
    )
    assert sorted(name for name, _ in EXCERPTS) == here


@pytest.mark.parametrize(("excerpt", "family"), EXCERPTS)
def test_a_renamed_excerpt_is_recognised_by_what_it_says(
    excerpt: str, family: str | None
) -> None:
    found = detect_one(CORPUS / excerpt, "something.bin.7")
    assert (found.family.id if found.family else None) == family
    assert found.how == (How.CONTENT if family else How.NONE)
    assert found.system == ""
    assert found.encoding == "utf-8"


@pytest.mark.parametrize(
    ("name", "family", "system"),
    [
        ("var/opt/azcmagent/log/himds.log", "himds", "linux"),
        ("ProgramData/AzureConnectedMachineAgent/Log/himds.log", "himds", "windows"),
        ("himds.log", "himds", ""),
        ("arcproxy.log", "arcproxy", ""),
    ],
)
def test_the_path_decides_between_logs_that_read_the_same(
    name: str, family: str, system: str
) -> None:
    found = detect_one(CORPUS / "azcmagent_log/linux-1.21-connect-start.log", name)
    assert found.family is FAMILIES[family]
    assert (found.how, found.system) == (How.PATH, system)
    assert found.head.startswith('time="2022-09-30T10:04:09Z"')


@pytest.mark.parametrize(
    "line",
    [
        'time="2026-03-10T12:00:00Z" level=info msg="x"\n',
        'time="2026-03-10T12:00:00Z" level=error msg="failed to send a heartbeat"\n',
        'time="2026-03-10T12:00:00Z" level=info msg="himds himds.log arcproxy"\n',
    ],
)
def test_logrus_text_without_a_name_is_never_himds(tmp_path: Path, line: str) -> None:
    # Rules act on the silence of himds.log; a guess would raise false alarms.
    found = detect_text(tmp_path, line * 50)
    assert found.family is FAMILIES["azcmagent"]


BRACKETS = (
    "[2026-03-10 12:00:00.123] [PID 1] [TID 2] [{}] [INFO] "
    "[00000000-0000-0000-0000-000000000000] x\n"
)


@pytest.mark.parametrize(
    ("module", "family"),
    [
        ("Pull Client", "gc_agent"),
        ("Odd", "gc_agent"),
        ("EXTMGR", "gc_ext"),
        ("DISPATCHER", "gc_ext"),
        ("PACKAGE_VALIDATOR", "gc_ext"),
    ],
)
def test_hints_decide_between_equal_grammars(
    tmp_path: Path, module: str, family: str
) -> None:
    text = BRACKETS.format("Pull Client") + BRACKETS.format(module)
    assert detect_text(tmp_path, text).family is FAMILIES[family]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n \n",
        "hello\nworld\n",
        '{"a": 1}\n',
        "<html><body>Sign in to continue</body></html>\n",
        "INFO    started\nINFO    stopped\n",
        "Host Name:     WEB-1\nOS Name    :   Windows\nTime  : 12:00\n",
        "Agent Version is missing\nall of this is prose\n",
        "a,b,c\n1,2,3\n",
        # One line that fits is not enough, and prose behind it does not count.
        BRACKETS.format("x") + "prose\n" * 100,
        "prose\n" * 12 + BRACKETS.format("x") * 50,
    ],
)
def test_other_text_is_unknown(tmp_path: Path, text: str) -> None:
    found = detect_text(tmp_path, text)
    assert (found.family, found.how) == (None, How.NONE)


def test_continuation_lines_count_for_their_record(tmp_path: Path) -> None:
    record = BRACKETS.format("x") + "  at one\n\n  at two\n"
    assert detect_text(tmp_path, record * 9).family is FAMILIES["gc_agent"]


def test_binary_files_have_no_family_whatever_their_name(tmp_path: Path) -> None:
    data = b"LPKSHHRH" + bytes(range(256)) * 40
    found = detect_text(tmp_path, data, "var/log/journal.log")
    assert (found.family, found.how, found.head) == (None, How.BINARY, "")
    assert found.encoding == "binary"


def test_windows_encodings(tmp_path: Path) -> None:
    text = (BRACKETS.format("Pull Client") * 5).replace("\n", "\r\n")
    for encoding, name in (("utf-16", "utf-16-le"), ("utf-8-sig", "utf-8-bom")):
        found = detect_text(tmp_path, text.encode(encoding))
        assert found.family is FAMILIES["gc_agent"]
        assert found.encoding == name


def test_a_long_banner_is_skipped_by_looking_at_more(tmp_path: Path) -> None:
    banner = "=" * 79 + "\n"
    text = banner * (HEAD // 80 * 2) + BRACKETS.format("x") * 5000
    found = detect_text(tmp_path, text)
    assert found.family is FAMILIES["gc_agent"]
    assert len(found.head) <= HEAD


def test_a_missing_file_is_not_an_exception(tmp_path: Path) -> None:
    path = tmp_path / "gone.log"
    member = Member("himds.log", "himds.log", path, 0, 5, Packing.STORED, 5)
    (found,) = detect(Bundle("x", BundleKind.FOLDER, "", (member,)), FAMILIES)
    assert found.family is FAMILIES["himds"]
    assert found.head == ""


def test_a_cut_last_line_does_not_count_against_a_family(tmp_path: Path) -> None:
    line = 'time="2026-03-10T12:00:00Z" level=info msg="' + "x" * 9000 + '"\n'
    assert detect_text(tmp_path, line * 3).family is FAMILIES["azcmagent"]


def test_no_families_no_answer() -> None:
    assert family_by_text("anything\n", {}) is None
