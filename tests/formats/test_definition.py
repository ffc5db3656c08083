"""Definitions: what is wrong with one is said with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from diag.errors import DefinitionError, UsageError
from diag.formats import Families, Zone, load_families, read_family
from diag.formats.family import Code, FamilyKind, Recognised, Refused
from diag.formats.layout import Codec

if TYPE_CHECKING:
    from pathlib import Path

SMALL = """\
id: tiny
title: A small log
kind: log
system:
  linux: [var/log/tiny.log]
record:
  fold: true
  layouts: ['{time} {level:word} {message}']
time: {codec: ymd, zone: machine}
levels: {E: error}
codes: [{prefix: AZCM, digits: 4}]
samples:
  - from: invented from the grammar
    text: "2026-03-10 12:00:00 E no"
    expect: [{Level: error, Message: 'no'}]
refuses:
  - from: invented
    text: no
"""


def test_a_definition_is_read() -> None:
    family = read_family(SMALL, "tiny.yaml")
    assert (family.id, family.title, family.source) == (
        "tiny",
        "A small log",
        "tiny.yaml",
    )
    assert family.kind is FamilyKind.LOG
    assert family.systems == {"linux": ("var/log/tiny.log",)}
    assert family.fold
    assert (family.codec, family.zone) == (Codec.YMD, Zone.MACHINE)
    assert family.recognised is Recognised.CONTENT
    assert family.codes == (Code("AZCM", 4),)
    assert family.samples[0].expect == ({"Level": "error", "Message": "no"},)
    assert family.refuses == (Refused("no", "invented"),)


@pytest.mark.parametrize(
    ("old", "new", "line", "message", "hint"),
    [
        ("title: A", "titel: A", 2, "unknown key 'titel'", "'title'"),
        ("title: A small log", "title:", 2, "title is missing", "text"),
        ("title: A small log", "title: 5", 2, "title must be text", "quote"),
        ("id: tiny", "id: Tiny log", 1, "no id", "a-z"),
        ("kind: log", "kind: lgo", 3, "unknown kind 'lgo'", "'log'"),
        ("  linux:", "  linxu:", 5, "unknown key 'linxu'", "'linux'"),
        ("[var/log/tiny.log]", "[/var/log/x]", 5, "cannot match", "ProgramData"),
        ("[var/log/tiny.log]", "['C:\\x']", 5, "cannot match", "ProgramData"),
        ("[var/log/tiny.log]", "['x[0-9']", 5, "cannot match", "ProgramData"),
        ("fold: true", "fold: yes", 7, "must be true or false", ""),
        ("{level:word}", "{level:wrod}", 8, "layout, column 15: unknown kind", "word"),
        ("['{time} {level:word} {message}']", "[]", 8, "at least one", ""),
        ("codec: ymd", "codec: yms", 9, "unknown codec 'yms'", "'ymd'"),
        ("codec: ymd", "codec: none", 8, "no codec for {time}", "{time:ymd}"),
        ("zone: machine", "zone: local", 9, "unknown zone", "machine"),
        ("{E: error}", "{E: eror}", 10, "unknown level 'eror'", "'error'"),
        ("digits: 4", "digits: four", 11, "must be a whole number", ""),
        ("digits: 4", "digits: 17", 11, "17 digits", "1 to 16"),
        ("digits: 4", "digit: 4", 11, "unknown key 'digit'", "'digits'"),
        ("samples:", "sampels:", 12, "unknown key 'sampels'", "'samples'"),
        ("  - from: i", "  - form: i", 13, "unknown key 'form'", "'from'"),
        ("{Level: error,", "{Levle: error,", 15, "unknown key 'Levle'", "'Level'"),
        ("refuses:", "refuse:", 16, "unknown key 'refuse'", "'refuses'"),
        ("  - from: invented\n", "  - form: x\n", 17, "unknown key 'form'", "'from'"),
        ("    text: no", "    txt: no", 18, "unknown key 'txt'", "'text'"),
        ("    text: no", "    text: 5", 18, "text must be text", "quote"),
        ("levels: {E: error}", "tables: {Fact: {}}", 10, "unknown key", "'Facts'"),
        (
            "levels: {E: error}",
            "tables: {Facts: {Name: nme}}",
            10,
            "no layout has a field 'nme'",
            "",
        ),
        ("levels: {E: error}", "recognised: hint", 10, "has none", "hints:"),
        ("levels: {E: error}", "priority: high", 10, "whole number", ""),
        ("{level:word}", "{level:level}", 6, "", ""),
    ],
)
def test_errors_have_a_line_and_a_hint(
    old: str, new: str, line: int, message: str, hint: str
) -> None:
    text = SMALL.replace(old, new, 1)
    if new == "{level:level}":
        text = text.replace("levels: {E: error}\n", "")
        message, hint = "level needs level names", "levels:"
    assert text != SMALL
    with pytest.raises(DefinitionError) as caught:
        read_family(text, "tiny.yaml")
    name, number, column = caught.value.where.split(":")
    assert (name, int(number)) == ("tiny.yaml", line)
    source, caret = caught.value.excerpt
    assert source == text.splitlines()[line - 1]
    assert caret == " " * (int(column) - 1) + "^"
    assert message in caught.value.text
    assert hint in caught.value.hint
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("old", "new", "pointed"),
    [
        ("title: A", "titel: A", "titel: A small log"),
        ("kind: log", "kind: lgo", "lgo"),
        ("{level:word}", "{level:wrod}", "wrod} {message}']"),
        ("codec: ymd", "codec: yms", "yms, zone: machine}"),
        ("digits: 4", "digits: 17", "17}]"),
        ("{Level: error,", "{Levle: error,", "Levle: error, Message: 'no'}]"),
        ("title: A small log", "title:", "title:"),
    ],
)
def test_the_caret_stands_under_the_mistake(old: str, new: str, pointed: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        read_family(SMALL.replace(old, new, 1), "tiny.yaml")
    source, caret = caught.value.excerpt
    assert source[len(caret) - 1 :] == pointed


def test_yaml_errors_are_definition_errors_with_line_and_column() -> None:
    with pytest.raises(DefinitionError) as caught:
        read_family("id: a\nid: b\n", "x.yaml")
    assert caught.value.where == "x.yaml:2:1"
    with pytest.raises(DefinitionError, match="the file must be a mapping"):
        read_family("- a\n", "x.yaml")


def test_a_users_family_replaces_the_built_in_one_in_its_place(tmp_path: Path) -> None:
    text = SMALL.replace("id: tiny", "id: himds")
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "new.yaml").write_text(SMALL, encoding="utf-8")
    built_in = load_families()
    families = load_families([tmp_path])
    assert list(families) == [*built_in, "tiny"]
    assert families["himds"].title == "A small log"
    assert built_in["himds"].title != "A small log"
    assert len(families) == len(built_in) + 1


def test_an_id_may_stand_once_in_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(SMALL, encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"'tiny' is also in .*a\.yaml"):
        load_families([tmp_path])


def test_a_missing_folder_is_the_users_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        load_families([tmp_path / "missing"])
    (tmp_path / "bad.yaml").write_bytes(b"\xff")
    with pytest.raises(DefinitionError, match="not UTF-8"):
        load_families([tmp_path])


def test_families_cannot_be_changed() -> None:
    families = load_families()
    assert isinstance(families, Families)
    assert not hasattr(families, "__setitem__")
    assert "himds" in families
    assert families.get("nothing") is None


def test_the_built_in_families_are_complete() -> None:
    families = load_families()
    logs = {one.id for one in families.values() if one.kind is FamilyKind.LOG}
    assert logs == {
        "apt_history",
        "apt_term",
        "arcproxy",
        "azcmagent",
        "azcmagent_console",
        "command_execution",
        "dependency_agent",
        "dnf",
        "dpkg",
        "dsc",
        "event_message",
        "ext_ama_windows",
        "ext_dsc_windows",
        "ext_guestconfig",
        "ext_handler_linux",
        "ext_handler_windows",
        "ext_hybrid_worker",
        "ext_keyvault",
        "ext_mde_linux",
        "ext_mde_windows",
        "ext_patch_linux",
        "ext_script_linux",
        "ext_sql",
        "ext_windows_update",
        "extension_events",
        "extension_log",
        "extension_message",
        "gc_agent",
        "gc_ext",
        "gc_telemetry",
        "gc_worker",
        "himds",
        "journal_json",
        "windows_events",
        "journal",
        "mdsd",
        "msi",
        "package_install",
        "restart_extension_service",
        "syslog",
        "yum",
        "zypper",
    }
    assert set(families) - logs == {
        "agentconfig",
        "azcmagent_check",
        "azcmagent_config",
        "azcmagent_show",
        "extension_environment",
        "extension_handler",
        "extension_heartbeat",
        "extension_manifest",
        "extension_report",
        "extension_resource",
        "extension_state",
        "extension_status",
        "gc_agent_state",
        "gc_config",
        "get_service",
        "localconfig",
        "manifest",
        "os_release",
        "sc_query",
        "systemctl_status",
        "systemctl_units",
    }
    for family in families.values():
        assert family.samples, family.id
        assert len(family.basis) > 20, family.id
        assert family.codes == (Code("AZCM", 4),), family.id
    assert families["azcmagent_show"].kind is FamilyKind.DOCUMENT
    assert "No real line" in families["himds"].basis
