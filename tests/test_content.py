"""Where content lies, and the YAML that is accepted."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag import content
from diag.errors import ContentError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "text",
    [
        "NO",
        "no",
        "on",
        "Off",
        "yes",
        "y",
        "0042",
        "0o17",
        "0x1F",
        "0b1",
        "1_000",
        "1:30:45",
        "2026-03-10",
        "2026-03-10T12:00:00Z",
        "1.0.0",
        "+1",
        ".5",
        "5.",
        ".inf",
        ".nan",
        "NaN",
        "<<",
        "=",
    ],
)
def test_what_other_loaders_reinterpret_stays_text(text: str) -> None:
    assert content.load_yaml(f"key: {text}\n", "t") == {"key": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-12", -12),
        ("123456789012345678901", 123456789012345678901),
        ("1.5", 1.5),
        ("-0.25", -0.25),
        ("1e3", 1000.0),
        ("'true'", "true"),
        ('"1"', "1"),
        ("!!str 1", "1"),
    ],
)
def test_core_schema_scalars(text: str, value: object) -> None:
    loaded: Any = content.load_yaml(f"key: {text}\n", "t")
    assert loaded == {"key": value}
    assert type(loaded["key"]) is type(value)


def test_keys_are_text_as_written() -> None:
    loaded = content.load_yaml("on: a\n404: b\nnull: c\n1.10: d\n", "t")
    assert loaded == {"on": "a", "404": "b", "null": "c", "1.10": "d"}


@pytest.mark.parametrize(
    ("text", "where", "message", "hint"),
    [
        ("a: 1\nb:\n  c: 1\n  c: 2\n", "t:4:3", "stands here twice", "line 3"),
        ("a: 1\n\tb: 2\n", "t:2:1", "not valid YAML", "blanks, not tabs"),
        ('a: "\\["\n', "t:1:5", "escape", "single quotes"),
        ("a: b: c\n", "t:1:5", "mapping values", "quote"),
        ("a: [1\n", "t:2:1", "not valid YAML", "indentation"),
        ("? [a]\n: 1\n", "t:1:3", "key must be plain text", "quote"),
        ("a: 1\n---\nb: 2\n", "t:2:1", "second document", "one file each"),
        ("a: *b\n", "t:1:4", "no anchor &b", "check"),
        ("&a [*a]\n", "t:1:5", "no anchor &a", "check"),
        ("a: !!int '1'\n", "t:1:4", "tag", "remove the tag"),
        ("!!python/object/apply:os.system [x]\n", "t:1:1", "tag", "remove the tag"),
        ("a: \x01\n", "t:1:1", "control characters", "remove them"),
        ("[" * 120 + "]" * 120, "t:1:101", "deeper than 100", "flatten"),
        ("[" * 50_000, "t:1:1001", "nesting", ""),
    ],
)
def test_errors_say_where_and_what_to_do(
    text: str, where: str, message: str, hint: str
) -> None:
    with pytest.raises(ContentError) as caught:
        content.load_yaml(text, "t")
    assert caught.value.where == where
    assert message in caught.value.text
    assert hint in caught.value.hint


def test_aliases_are_counted() -> None:
    hundred = "a: &a 1\nb: [" + ", ".join(["*a"] * 100) + "]\n"
    loaded: Any = content.load_yaml(hundred, "t")
    assert loaded["b"] == [1] * 100
    with pytest.raises(ContentError, match="more than 100 aliases"):
        content.load_yaml(hundred + "c: *a\n", "t")


def test_an_alias_bomb_is_refused_by_what_it_expands_to() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    for level in range(1, 10):
        inner = ", ".join([f"*a{level - 1}"] * 9)
        lines.append(f"a{level}: &a{level} [{inner}]")
    with pytest.raises(ContentError, match="expand to too much"):
        content.load_yaml("\n".join(lines), "bomb")


def test_too_large_a_text_is_refused() -> None:
    with pytest.raises(ContentError, match="larger than"):
        content.load_yaml("#" * (content.MAX_BYTES + 1), "t")


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n"])
def test_no_document_is_none(text: str) -> None:
    assert content.load_yaml(text, "t") is None


def test_lines_of_values() -> None:
    text = "a: 1\nb:\n  - x\n  - c: 5\n"
    assert content.line_of(text, ("b",)) == 2
    assert content.line_of(text, ("b", 1)) == 4
    assert content.line_of(text, ("b", 1, "c")) == 4
    assert content.line_of(text, ("b", 1, "missing")) == 4
    assert content.line_of(text, ("missing",)) == 1


WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]))
DATA = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | WORDS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(WORDS.filter(bool), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(DATA)
def test_json_is_read_as_what_it_says(data: object) -> None:
    assert content.load_yaml(json.dumps(data, ensure_ascii=False), "t") == data


@given(st.text(max_size=200))
def test_any_text_is_data_or_an_error_with_a_place(text: str) -> None:
    where = "t:1:1"
    try:
        content.load_yaml(text, "t")
    except ContentError as error:
        where = error.where
    assert re.fullmatch(r"t:[0-9]+:[0-9]+", where)


def test_roots_are_the_built_in_one_and_then_the_users(tmp_path: Path) -> None:
    found = content.roots("parsers", [tmp_path])
    assert found[1:] == [tmp_path]
    assert (found[0] / "himds.yaml").is_file()
    with pytest.raises(UsageError, match="no such folder"):
        content.roots("parsers", [tmp_path / "missing"])


@pytest.mark.parametrize(
    ("text", "path", "offset", "place"),
    [
        ("a: word\n", ("a",), 2, (1, 6)),
        ("a: 'it''s x'\n", ("a",), 3, (1, 9)),  # behind the doubled quote
        ("a:\n  - 'x'\n  - {b: \"\\u00e4\\\\z\"}\n", ("a", 1, "b"), 2, (3, 18)),
        ("a: 'two\n  lines'\n", ("a",), 5, (1, 4)),  # where it begins is enough
        ("a: |\n  text\n", ("a",), 2, (1, 1)),
        ("ä: {ö: [ü, €x]}\n", ("ä", "ö", 1), 1, (1, 13)),
        ("a: {b: 1}\n", ("a", "b", "missing"), 3, (1, 5)),
        ("a: b\n", ("missing",), 0, (1, 1)),
    ],
)
def test_the_column_of_a_value(
    text: str, path: tuple[str | int, ...], offset: int, place: tuple[int, int]
) -> None:
    line, spot = content.spot_of(text, path, offset=offset)
    assert (line, spot.column) == place
    assert spot.source == text.splitlines()[line - 1]


def test_the_column_of_a_key_and_of_a_mistake_in_yaml() -> None:
    line, spot = content.spot_of("a:\n  bc: 1\n", ("a", "bc"), key=True)
    assert (line, spot.column, spot.source) == (2, 3, "  bc: 1")
    with pytest.raises(ContentError) as caught:
        content.load_yaml("a: 1\nb: [1, 2\nc: 3\n", "t")
    assert caught.value.where.startswith("t:3:")
    assert caught.value.excerpt[0] == "c: 3"
    assert content.pointed("x", 7, 3).source == ""


def test_installed_content_lies_in_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "diag" / "content" / "__init__.py"
    monkeypatch.setattr(content, "__file__", str(place))
    assert (
        str(content.roots("rules")[0]).replace("\\", "/").endswith("diag/builtin/rules")
    )


def test_files_are_read_in_order_with_names(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "x.yml").write_text("x", encoding="utf-8")
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfy")
    (tmp_path / "notes.md").write_text("no", encoding="utf-8")
    (tmp_path / ".hidden.yaml").write_text("no", encoding="utf-8")
    found = list(content.files_under(tmp_path, "mine"))
    assert found == [("mine/a.yaml", "y"), ("mine/b/x.yml", "x")]
    assert list(content.files_under(tmp_path / "a.yaml", "one")) == [("one", "y")]
    built_in = [name for name, _ in content.yaml_files("parsers")]
    assert "parsers/himds.yaml" in built_in
    assert built_in == sorted(built_in)


def test_unreadable_files_are_content_errors(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_bytes(b"a: 1\nb: \xff\n")
    with pytest.raises(ContentError) as caught:
        list(content.files_under(tmp_path, "mine"))
    assert caught.value.where == "mine/bad.yaml:2:1"
    bad.write_bytes(b"#" * (content.MAX_BYTES + 1))
    with pytest.raises(ContentError, match="larger than"):
        list(content.files_under(tmp_path, "mine"))
