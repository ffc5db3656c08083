"""What the rules say about real excerpts: alarms where there is cause, else silence."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from diag import formats
from diag.analyze import diagnose, load
from diag.analyze.load import Options
from diag.analyze.trial import canonical_path
from tests.shipped import shipped

CORPUS = Path(__file__).parent.parent / "data" / "corpus"
RULES = shipped()
FAMILIES = formats.load_families()

# Excerpt, the log it is, when it is judged, and the rules that must speak up.
EXCERPTS = [
    (
        "azcmagent_cli/linux-1.58-show-connected.txt",
        "azcmagent_show",
        "2025-11-19T23:36:00Z",
        set(),
    ),
    (
        "azcmagent_cli/windows-1.64-show-connected.txt",
        "azcmagent_show",
        "2026-07-24T08:26:00Z",
        set(),
    ),
    (
        "azcmagent_cli/windows-1.46-show-connected-gateway.txt",
        "azcmagent_show",
        "2025-02-13T19:12:00Z",
        set(),
    ),
    (
        "azcmagent_cli/windows-1.64-show-disconnected.txt",
        "azcmagent_show",
        "2026-07-24T08:26:00Z",
        {"ARC-SVC-006"},
    ),
    (
        "azcmagent_cli/windows-1.55-connect-azcm0026-private-endpoint.txt",
        "azcmagent_console",
        "2025-09-01T00:00:00Z",
        {"ARC-AZCM-001", "ARC-NET-026"},
    ),
    (
        "azcmagent_cli/linux-2021-connect-missing-subscription-registration.txt",
        "azcmagent_console",
        "2021-06-01T00:00:00Z",
        {"ARC-ARM-001", "ARC-ARM-003"},
    ),
    (
        "azcmagent_cli/linux-1.58-connect-finish.txt",
        "azcmagent_console",
        "2025-11-19T23:36:00Z",
        set(),
    ),
    (
        "azcmagent_cli/windows-connect-success-progressbar.txt",
        "azcmagent_console",
        "2025-11-19T23:36:00Z",
        set(),
    ),
    (
        "azcmagent_log/linux-1.21-connect-start.log",
        "azcmagent",
        "2022-09-30T10:05:00Z",
        {"ARC-OK-001"},
    ),
    (
        "azcmagent_log/linux-1.21-connect-endpoints.log",
        "azcmagent",
        "2022-09-30T10:05:00Z",
        set(),
    ),
    (
        "azcmagent_log/linux-1.21-connect-arm-response.log",
        "azcmagent",
        "2022-09-30T10:05:00Z",
        set(),
    ),
    (
        "azcmagent_log/linux-windows-2020-onboarding-space-key.log",
        "azcmagent",
        "2020-08-07T20:20:00Z",
        set(),
    ),
    (
        "azcmagent_log/windows-2020-failed-os-discovery.log",
        "azcmagent",
        "2020-08-07T20:20:00Z",
        {"ARC-AZCM-004"},
    ),
    (
        "azcmagent_cli/linux-connect-device-code-start.txt",
        "azcmagent_console",
        "2025-11-19T23:36:00Z",
        set(),
    ),
    (
        "gc_agent/windows-2019-dsc-uri-must-contain-hostname.log",
        "dsc",
        "2019-11-18T13:40:00Z",
        {"ARC-NET-005", "ARC-GC-001"},
    ),
    ("gc_agent/windows-2019-dsc-rest-server.log", "dsc", "2019-11-18T13:40:00Z", set()),
    (
        "systemd/standin-modern-systemd-restart-loop.log",
        "journal",
        "2026-02-18T12:00:00Z",
        set(),
    ),
    (
        "installer/linux-deb-1.58-postinstall.txt",
        "package_install",
        "2025-11-19T23:36:00Z",
        {"ARC-OK-031"},
    ),
    (
        "installer/linux-deb-wsl-no-systemd.txt",
        "package_install",
        "2020-12-10T12:00:00Z",
        {"ARC-INS-002"},
    ),
    (
        "installer/linux-ext-service-starting-not-root.txt",
        "package_install",
        "2021-06-01T00:00:00Z",
        {"ARC-INS-001", "ARC-OK-031"},
    ),
    ("systemd/standin-rhel7-mdsd-failed.log", "journal", "2026-02-18T12:00:00Z", set()),
    (
        "extension/arc-extension-instanceview-ama-success.json",
        "extension_resource",
        "2026-03-10T12:00:00Z",
        set(),
    ),
    (
        "extension/cse-linux-2.0.6-enable-success.log",
        "ext_script_linux",
        "2018-04-26T18:00:00Z",
        set(),
    ),
    (
        "extension/cse-linux-2.1.3-install-shim-mixed.log",
        "ext_script_linux",
        "2023-04-07T05:00:00Z",
        {"ARC-OK-030"},
    ),
    (
        "extension/cse-linux-2.1.6-base64-decode-failed.log",
        "ext_script_linux",
        "2022-02-15T05:00:00Z",
        set(),
    ),
    (
        "extension/cse-windows-1.8-handler.log",
        "ext_handler_windows",
        "2020-04-28T15:00:00Z",
        set(),
    ),
    (
        "extension/dsc-windows-2.83-handler.log",
        "ext_dsc_windows",
        "2021-02-18T11:00:00Z",
        set(),
    ),
    (
        "extension/keyvault-linux-start.log",
        "ext_keyvault",
        "2023-05-16T20:00:00Z",
        set(),
    ),
    (
        "extension/keyvault-windows-1.0-refresh.log",
        "ext_keyvault",
        "2020-11-24T23:00:00Z",
        set(),
    ),
    (
        "extension/lad-linux-3.0.135-enable-error.log",
        "ext_handler_linux",
        "2021-09-23T06:00:00Z",
        set(),
    ),
    (
        "extension/mde-linux-arc-rhel8-install-52.txt",
        "extension_message",
        "2026-03-10T12:00:00Z",
        {"ARC-EXT-020"},
    ),
    (
        "extension/mde-linux-installer-0.7.1-apt-conflict.log",
        "ext_mde_linux",
        "2025-04-16T14:00:00Z",
        set(),
    ),
    (
        "extension/mde-windows-handler-start.log",
        "ext_mde_windows",
        "2021-12-11T15:00:00Z",
        set(),
    ),
    (
        "extension/oms-linux-1.12.25-enable.log",
        "ext_handler_linux",
        "2020-06-02T16:00:00Z",
        set(),
    ),
    (
        "extension/status-file-vmsnapshot-testdata.json",
        "extension_status",
        "2019-06-07T00:00:00Z",
        set(),
    ),
    (
        "extension/vmaccess-linux-1.5.16-openssl-error.log",
        "ext_handler_linux",
        "2023-10-19T16:00:00Z",
        set(),
    ),
    (
        "extension/windowsosupdate-1.0.22-enable.log",
        "ext_windows_update",
        "2024-09-10T23:00:00Z",
        set(),
    ),
]


@pytest.mark.parametrize(("excerpt", "log", "when", "wanted"), EXCERPTS)
def test_rules_on_real_excerpt(
    excerpt: str, log: str, when: str, wanted: set[str], tmp_path: Path
) -> None:
    place = tmp_path / "machine" / canonical_path(FAMILIES[log])
    place.parent.mkdir(parents=True)
    shutil.copyfile(CORPUS / excerpt, place)
    now = datetime.fromisoformat(when).astimezone(UTC)
    with load([tmp_path / "machine"], Options(now=now), cache=False) as loaded:
        found = diagnose(loaded, RULES, now)
    assert {finding.rule for finding in found.findings} == wanted
    for finding in found.findings:
        assert finding.evidence
        assert not any("{{" in text for text in (finding.title, finding.why))
