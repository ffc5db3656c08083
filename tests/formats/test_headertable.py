"""Tables whose header names the columns: only what it says plainly is taken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.errors import DefinitionError
from diag.formats import load_families, read_family
from diag.formats.headertable import header_rows

FORM = load_families()["azcmagent_check"].header
assert FORM is not None
URL = "https://a.example"


def rows(text: str) -> list[tuple[int, object, object]]:
    assert FORM is not None
    made = header_rows(FORM, text)
    return [(r.line, r.values["Endpoint"], r.values["Reachable"]) for r in made]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Endpoint  Reachable\n{URL}  true\n", [(2, URL, True)]),
        (f"\n\nREACHABLE\tURL\r\nno\t{URL}\r\n", [(4, URL, False)]),
        (f"| Endpoint | Reachable |\n| {URL} | false |\n", [(2, URL, False)]),
        (f"Endpoint  Reachable\n{URL}  perhaps\n", []),
        (f"checking each endpoint that is reachable\n{URL}  true\n", []),
        (f"Endpoint  TLS\n{URL}  1.3\n", []),
        (f"{URL}  true\n", []),
        ("x\n" * 21 + f"Endpoint  Reachable\n{URL}  true\n", []),
        ("Endpoint  Reachable\na b c\n", []),
        ("", []),
    ],
)
def test_rows(text: str, expected: list[tuple[int, str, bool]]) -> None:
    assert rows(text) == expected


def test_an_empty_cell_is_found_by_its_place() -> None:
    text = f"Endpoint           Reachable  TLS  Proxy\n{URL}  true            set\n"
    assert FORM is not None
    (row,) = header_rows(FORM, text)
    assert (row.values["Tls"], row.values["Proxy"]) == ("", "set")


def test_credentials_are_hidden() -> None:
    assert rows("URL  Reachable\nhttp://u:p@x  yes") == [(2, "http://***@x", True)]


@given(st.text(alphabet="Endpoint Reachable|\t\n true:/", max_size=300))
def test_no_text_is_an_error(text: str) -> None:
    for line, _, _ in rows(text):
        assert 1 < line <= text.count("\n") + 1


def test_a_mistake_has_a_line() -> None:
    text = (
        "id: x\ntitle: x\nkind: document\nsystem: {}\nrecord: {layouts: ['{*:rest}']}\n"
        "header:\n  table: Endpoint\n  columns: {Endpoint: url}\n"
    )
    with pytest.raises(DefinitionError, match="unknown table 'Endpoint'") as caught:
        read_family(text, "x.yaml")
    assert caught.value.where.startswith("x.yaml:7:")
