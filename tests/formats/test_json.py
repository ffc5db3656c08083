"""JSON documents: the tree, the paths, and hostile text."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.errors import DefinitionError
from diag.formats import load_families, read_family
from diag.formats.document import document_rows
from diag.formats.extensions import extension_of
from diag.formats.jsonpath import parse_column, parse_path, select
from diag.formats.jsonstart import looks_like_json
from diag.formats.jsontree import (
    MOST_DEPTH,
    Harm,
    Node,
    Shape,
    read_tree,
)
from diag.formats.secrets import is_secret, without_secrets
from diag.formats.tablerow import moment

FAMILIES = load_families()
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner)
    ),
    max_leaves=20,
)
DOCUMENTS = st.lists(VALUES, max_size=4) | st.dictionaries(st.text(max_size=5), VALUES)
PIECES = st.sampled_from(
    ["{", "}", "[", "]", ",", ":", '"a"', '"', "\\", "1", "null", "NaN", "\n", "x", "^"]
)


def plain(node: Node) -> Any:
    if node.shape is Shape.OBJECT:
        return {key: plain(item) for key, item in node.items.items()}
    if node.shape is Shape.LIST:
        return [plain(item) for item in node.items.values()]
    return node.text if node.shape is Shape.TEXT else json.loads(node.text)


@given(DOCUMENTS, st.sampled_from([None, 1]))
def test_sound_json_is_read_as_the_standard_library_reads_it(
    value: Any, indent: int | None
) -> None:
    text = json.dumps(value, indent=indent).replace("\\u0000", "\\u2400")
    tree = read_tree(text)
    assert all(fault.harm is Harm.ODD for fault in tree.faults)
    assert tree.root is not None
    assert plain(tree.root) == json.loads(text)


@given(DOCUMENTS, st.integers(0, 200))
def test_torn_json_is_told(value: Any, cut: int) -> None:
    text = json.dumps(value)
    tree = read_tree(text[:cut])
    if cut < len(text):
        assert tree.faults[0].harm is Harm.BROKEN


@given(st.lists(PIECES, max_size=60).map("".join) | st.text(max_size=200))
def test_no_text_is_an_error(text: str) -> None:
    for family in FAMILIES.values():
        for as_json in (False, family.json is not None):
            made = document_rows(family, text, "a/b.status", as_json=as_json)
            for row in made.rows:
                assert 1 <= row.line <= text.count("\n") + text.count("\r") + 1
    looks_like_json(text)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 300_000,
        '{"a":' * 300_000,
        '"' + "\\" * 1_000_000,
        '{"a": "' + "x" * 1_000_000,
        "[" + "1," * 500_000,
        "[" + "9" * 1_000_000 + "]",
        '{"' + "://" * 300_000 + '": "' + "://a:b@" * 100_000 + '"}',
        '{"u": "' + "a:b," * 200_000 + '@"}',
        "{" + '"a":1,' * 90_000 + '"b":2}',
        "\n" * 1_000_000,
        "-" * 1_000_000,
        "| " * 500_000,
    ],
)
def test_hostile_text_costs_little(text: str) -> None:
    started = time.process_time()
    for name in ("localconfig", "azcmagent_check", "extension_status"):
        document_rows(FAMILIES[name], text, "x", as_json=True)
    document_rows(FAMILIES["azcmagent_check"], text, "x", as_json=False)
    assert time.process_time() - started < 10


def test_the_deepest_document_that_is_read() -> None:
    for depth, faults in ((MOST_DEPTH, 0), (MOST_DEPTH + 1, 1)):
        tree = read_tree("[" * depth + "]" * depth)
        assert len(tree.faults) == faults


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", ["root"]),
        ("a", ["1"]),
        ("A", ["1"]),
        ('"x.y"', ["2"]),
        ("list.*.n", ["3", "4"]),
        ("proxy status", ["5"]),
        ("nothing.at.all", []),
        ("a.b", []),
    ],
)
def test_paths(path: str, found: list[str]) -> None:
    text = '{"a": 1, "x.y": 2, "list": [{"n": 3}, {"n": 4}], "proxy status": 5}'
    root = read_tree(text).root
    assert root is not None
    got = list(select(root, parse_path(path)))
    assert [one.text or "root" for one in got] == found


def test_paths_go_up() -> None:
    root = read_tree('{"t": 9, "s": {"list": [{"n": 3}]}}').root
    assert root is not None
    (item,) = select(root, parse_path("s.list.*"))
    assert [one.text for one in select(item, parse_path("^^^.t"))] == ["9"]
    assert list(select(item, parse_path("^^^^^^t"))) == []


@pytest.mark.parametrize(
    "text", ["", "a.", ".a", "a..b", "^", "a b|", "$.a", "*a", '"a', "a[0]?x|"]
)
def test_what_is_no_path(text: str) -> None:
    with pytest.raises(ValueError, match=r"path|step"):
        parse_path(text)


def test_columns() -> None:
    column = parse_column("a.b | @key | =text ?")
    assert column.optional
    assert len(column.choices) == 3
    with pytest.raises(ValueError, match="allowed: @key"):
        parse_column("@nothing")


TINY = """\
id: tiny
title: A document
kind: document
system: {any: [tiny.json]}
json:
  rows:
    - table: Services
      at: '*'
      columns: {Name: name, State: state}
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("table: Services", "table: Service", 7, "unknown table"),
        ("at: '*'", "at: a..b", 8, "'a..b'"),
        ("at: '*'", "at: []", 8, "no path"),
        ("Name: name", "Nmae: name", 9, "unknown key 'Nmae'"),
        ("State: state", "State: '@x'", 9, "unknown name '@x'"),
        ("  rows:", "  signs: [a]\n  rows:", 6, "must be a list"),
        ("      at: '*'", "      leaves: $", 7, "leaves: is for Facts"),
    ],
)
def test_a_mistake_in_a_definition_has_a_line(
    old: str, new: str, line: int, message: str
) -> None:
    text = TINY.replace(old, new, 1)
    assert read_family(TINY, "tiny.yaml").json is not None
    with pytest.raises(DefinitionError) as caught:
        read_family(text, "tiny.yaml")
    assert caught.value.where.startswith(f"tiny.yaml:{line}:")
    assert message in caught.value.text


@pytest.mark.parametrize(
    ("text", "time_"),
    [
        ("2026-03-10T12:00:00Z", "2026-03-10T12:00:00"),
        ("2026-03-10T12:00:00.1234567+01:00", "2026-03-10T11:00:00.123456"),
        ("2026-03-10T12:00:00", "2026-03-10T12:00:00"),
        ("/Date(1559865179380)/", "2019-06-06T23:52:59.380000"),
        ("/Date(999999999999999)/", ""),
        ("9999-12-31T23:59:59-14:00", ""),
        ("tomorrow", ""),
    ],
)
def test_times(text: str, time_: str) -> None:
    found = moment(text)
    assert (found.isoformat() if found else "") == time_


@pytest.mark.parametrize(
    ("key", "secret"),
    [
        ("clientSecret", True), ("Password", True), ("accessToken", True),
        ("token", True), ("protectedSettings", True), ("storageAccountKey", True),
        ("connectionString", True), ("Identity Key Store", False),
        ("certificateThumbprint", False), ("clientPublicKey", False),
        ("proxy.url", False), ("Agent Version", False),
    ],
)  # fmt: skip
def test_which_keys_are_secret(key: str, *, secret: bool) -> None:
    assert is_secret(key) is secret


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("http://u:p@host:1/x", "http://***@host:1/x"),
        ("u:p@host:1", "***@host:1"),
        ("a@example.com", "a@example.com"),
        ("see https://b/x?sig=abc%3D&y=1", "see https://b/x?sig=***&y=1"),
        ("http://host:1", "http://host:1"),
    ],
)
def test_what_is_hidden(text: str, left: str) -> None:
    assert without_secrets(text) == left


def test_names_of_extensions() -> None:
    found = extension_of("var/lib/GuestConfig/extension_logs/A.B.C-1.2/state.json")
    assert (found.publisher, found.type, found.version) == ("A.B", "C", "1.2")
    assert extension_of("x/0.status").type == ""
