"""The family of a file by its path, and of a loose file by what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from diag.formats import Detected, How, detect, load_families
from diag.formats.detect import HEAD, family_by_text
from diag.formats.family import Family, FamilyKind, Recognised
from diag.model import Bundle, BundleKind, Member, Packing

CORPUS = Path(__file__).parent.parent / "data" / "corpus"
FAMILIES = load_families()
# The same grammar: hints decide, and samples need not hold one.
ALIKE = {"gc_ext": {"gc_agent"}, "gc_agent": {"gc_ext"}}


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


FOLDERS = (
    "azcmagent_cli", "azcmagent_log", "extension", "gc_agent", "installer", "systemd",
)  # fmt: skip
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
    ("gc_agent/telemetry-event-dsclog-wrapped.json", "extension_events"),
    ("extension/cse-linux-2.0.6-enable-success.log", "ext_script_linux"),
    ("extension/cse-linux-2.1.3-install-shim-mixed.log", "ext_script_linux"),
    ("extension/cse-linux-2.1.6-base64-decode-failed.log", "ext_script_linux"),
    ("extension/cse-windows-1.8-handler.log", "ext_handler_windows"),
    ("extension/dsc-windows-2.83-handler.log", "ext_dsc_windows"),
    ("extension/keyvault-linux-start.log", "ext_keyvault"),
    ("extension/keyvault-windows-1.0-refresh.log", "ext_keyvault"),
    ("extension/lad-linux-3.0.135-enable-error.log", "ext_handler_linux"),
    ("extension/mde-linux-arc-rhel8-install-52.txt", "extension_message"),
    ("extension/mde-linux-installer-0.7.1-apt-conflict.log", "ext_mde_linux"),
    ("extension/mde-windows-handler-start.log", "ext_mde_windows"),
    ("extension/oms-linux-1.12.25-enable.log", "ext_handler_linux"),
    ("extension/vmaccess-linux-1.5.16-openssl-error.log", "ext_handler_linux"),
    ("extension/windowsosupdate-1.0.22-enable.log", "ext_windows_update"),
    ("installer/linux-deb-1.3-postinstall.txt", "package_install"),
    ("installer/linux-deb-1.58-postinstall.txt", "package_install"),
    ("installer/linux-deb-wsl-no-systemd.txt", "package_install"),
    ("installer/linux-ext-service-starting-not-root.txt", "package_install"),
]


def test_the_table_of_excerpts_is_complete() -> None:
    here = sorted(
        path.relative_to(CORPUS).as_posix()
        for folder in FOLDERS
        for path in (CORPUS / folder).iterdir()
        if folder != "extension" or path.suffix != ".json"
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


AMA = "[2026-03-10 12:00:00.123]  [Enable] ErrorCode:0 INFO: x\n"
LOGRUS = 'time="2026-03-10T12:00:00Z" level=info msg="x"\n'
SCRIPT = "time=2026-03-10T12:00:00Z version=v2 operation=enable seq=0 event=x\n"
EXTENSIONS = "ProgramData/GuestConfig/extension_logs"


@pytest.mark.parametrize(
    ("name", "text", "family", "how"),
    [
        (f"{EXTENSIONS}/P.T/any.log", AMA, "ext_ama_windows", How.CONTENT),
        ("var/log/azure/P.T/any.log", SCRIPT, "ext_script_linux", How.CONTENT),
        # These read like logs of the agent, but lie with the extensions.
        ("var/log/azure/P.T/any.log", LOGRUS, "extension_log", How.PATH),
        # Nothing there reads a line of this one: it is text that search finds.
        (f"{EXTENSIONS}/P.T/any.log", "<GCLOG>no\n", None, How.NONE),
        (f"{EXTENSIONS}/P.T/any.log", "", "extension_log", How.PATH),
        # Its name says whose it is, whatever it says.
        (f"{EXTENSIONS}/P.T/CommandExecution.log", AMA, "command_execution", How.PATH),
        # Not with the extensions: what nobody knows stays unknown.
        ("var/log/other/any.log", "2026-03-10 12:00:00 INFO x\n", None, How.NONE),
    ],
)
def test_the_last_resort_asks_the_families_of_its_folders_first(
    name: str, text: str, family: str | None, how: How, tmp_path: Path
) -> None:
    found = detect_text(tmp_path, text * 3, name)
    assert (found.family and found.family.id, found.how) == (family, how)


@pytest.mark.parametrize("one", FAMILIES.values(), ids=lambda one: one.id)
def test_samples_of_a_log_are_not_taken_for_another(one: Family) -> None:
    """Unless that is one which path and hints leave open: then none is taken."""
    if one.kind is not FamilyKind.LOG or one.recognised is not Recognised.CONTENT:
        return
    for sample in one.samples:
        found = family_by_text(sample.text, FAMILIES)
        assert found is None or found.id in {one.id, *ALIKE.get(one.id, ())}


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
        # Logs of other programs, in forms that are common.
        "2026-03-10 12:00:00,123 - app - INFO - started\n" * 9,
        "2026-03-10 12:00:00.1234|INFO|App.Main|started\n" * 9,
        "2026-03-10T12:00:00.123456Z ERROR app::main: started\n" * 9,
        "2026-03-10 12:00:00,123 - util.py[DEBUG]: started\n" * 9,
        "2026-03-10 12:00:00, Info                  CBS    Starting\n" * 9,
        "2022-04-19T15:38:20.087345Z INFO ExtHandler [P.T-2.1.6] Executing\n" * 9,
        "[    1.234567] usb 1-1: new device\n" * 9,
        "[INFO] the agent: x\n" * 9,
        "I0310 12:00:00.123456    1 main.go:5] x\n" * 9,
        "time=2026-03-10T12:00:00Z level=info msg=x\n" * 9,
        "ERROR: no\nWARNING: yes\nError: x\n" * 9,
        "+ set -e\n+ echo azcmagent\n+ himds\n" * 9,
        "# mdsd\n# himds azcmagent\nkey=value\n" * 9,
        "Failed to connect azcmagent.\nThe customer says himds is down.\n" * 9,
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
