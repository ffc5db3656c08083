"""Documents that are odd: noise before them, nothing in them, JSON inside of JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from diag.formats.jsonstart import json_start
from diag.formats.jsontree import Harm, read_tree
from diag.report.kinds import is_gap
from tests.analyze.test_documents import STATUS, facts, kinds, one

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "var/lib/waagent/Microsoft.Azure.Monitor.AzureMonitorLinuxAgent-1.33.1"
SHOW = '{"resourceName": "web-1", "agentVersion": "1.61", "status": "Connected"}'


@pytest.mark.parametrize(
    "noise",
    [
        "WARNING: a newer version is there\n",
        "warning one\r\n\r\nwarning two\r\n",
        "a\nb\nc\nd\ne\n",
    ],
)
@pytest.mark.parametrize("name", ["commands/azcmagent-show.json", "something.txt"])
def test_noise_before_json_does_not_hide_it(
    tmp_path: Path, noise: str, name: str
) -> None:
    held = one(tmp_path, name, noise + SHOW)
    assert [row["Log"] for row in held["Files"]] == ["azcmagent_show"]
    line = noise.count("\n") + 1
    assert facts(held)["Agent Version"] == ("1.61", line)
    assert "odd-json" in kinds(held)
    (problem,) = [row for row in held["Problems"] if row["Kind"] == "odd-json"]
    assert problem["Text"] == "Other text stands before the JSON."


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-10 12:00:00 INFO body:\n" + SHOW,  # a log that prints one
        "[2026-03-10 12:00:00] [INFO] body:\n" + SHOW,
        'time="2026-03-10T12:00:00Z" level=info msg=body\n' + SHOW,
        "a\nb\nc\nd\ne\nf\n" + SHOW,  # more than noise
        f"{'x' * 500}\n{SHOW}",
        "words {\n",
        "",
    ],
)
def test_what_is_no_noise(text: str) -> None:
    assert json_start(text) is None


def test_noise_is_told_and_lines_stay_right() -> None:
    tree = read_tree('careful!\n{"a":\n 1}')
    assert [(fault.harm, fault.line) for fault in tree.faults] == [(Harm.ODD, 1)]
    assert tree.root is not None
    assert [tree.line(node) for node in tree.root.items.values()] == [3]


@pytest.mark.parametrize("content", ["", "\n", "  \r\n\t", "\ufeff"])
@pytest.mark.parametrize(
    "name", [f"{FOLDER}/status/0.status", "opt/GC_Ext/GC/gc.config", "agentconfig.json"]
)
def test_a_document_that_holds_nothing_is_told(
    tmp_path: Path, name: str, content: str
) -> None:
    held = one(tmp_path, name, content)
    (problem,) = [row for row in held["Problems"] if row["Kind"] == "empty-document"]
    assert problem["File"] == name
    assert "free space" in problem["Text"]


@pytest.mark.parametrize("name", ["commands/azcmagent-show.txt", "himds.log", "a.txt"])
def test_other_empty_files_are_not_called_documents(tmp_path: Path, name: str) -> None:
    assert "empty-document" not in kinds(one(tmp_path, name, ""))


def test_an_empty_document_is_a_gap() -> None:
    from diag.model import Problem

    assert is_gap(Problem("0.status", 0, "empty-document", ""))


def nested(message: str) -> str:
    status = json.loads(json.dumps(STATUS))
    part = {"status": "success", "formattedMessage": {"message": message}}
    status[0]["status"]["substatus"] = [part]
    return json.dumps(status)


def test_json_inside_a_text_becomes_facts(tmp_path: Path) -> None:
    inner = json.dumps([{"kb": "1", "apiToken": "x", "list": ["a", "b"]}, {"kb": "2"}])
    held = one(tmp_path, f"{FOLDER}/status/0.status", nested(inner))
    name = "substatus.0.formattedMessage.message"
    assert facts(held) == {
        f"{name}.0.kb": ("1", 1),
        f"{name}.0.list": ("a, b", 1),
        f"{name}.1.kb": ("2", 1),
    }
    assert len(held["Extensions"]) == 2


@pytest.mark.parametrize("message", ["[no json", "{", "plain", "[]", '{"a": '])
def test_a_text_that_only_begins_like_json_is_no_fault(
    tmp_path: Path, message: str
) -> None:
    held = one(tmp_path, f"{FOLDER}/status/0.status", nested(message))
    assert facts(held) == {}
    assert not [kind for kind in kinds(held) if kind.endswith("json")]
    assert len(held["Extensions"]) == 2


def test_json_inside_a_text_is_bounded(tmp_path: Path) -> None:
    many = json.dumps({str(number): number for number in range(2000)})
    held = one(tmp_path, f"{FOLDER}/status/0.status", nested(many))
    assert len(held["Facts"]) == 500
    deep = '{"a":' * 5000 + "1" + "}" * 5000
    held = one(tmp_path / "deep", f"{FOLDER}/status/0.status", nested(deep))
    assert held["Facts"] == []


def test_the_state_of_a_handler_is_one_word(tmp_path: Path) -> None:
    held = one(tmp_path, f"{FOLDER}/config/HandlerState", "\r\nEnabled\r\n")
    (row,) = held["Extensions"]
    assert (row["Type"], row["Version"]) == ("AzureMonitorLinuxAgent", "1.33.1")
    assert (row["Operation"], row["Status"]) == ("handler", "Enabled")


def test_our_manifest_gives_facts_and_no_member_lists(tmp_path: Path) -> None:
    text = json.dumps(
        {"machine": "web-1", "zone": "UTC", "members": [{"path": "a", "size": 1}]}
    )
    held = one(tmp_path, "manifest.json", text)
    assert {name: value for name, (value, _) in facts(held).items()} == {
        "machine": "web-1",
        "zone": "UTC",
    }
