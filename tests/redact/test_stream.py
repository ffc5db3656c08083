"""Windows: where a text is cut makes no difference, and a line may be of any length."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diag.redact import RedactionError, stream, values
from tests.amount import examples
from tests.redact.cleaning import cleaned, redactor
from tests.redact.seeded import planted

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS = (
    *(
        b"password",
        b"=",
        b":",
        b'"',
        b"\\",
        b"'",
        b" ",
        b"\n",
        b"\r",
        b"\r\n",
        b"{",
        b"}",
    ),
    *(b"token", b"x1y2", b"<", b">", b"&", b"://", b"@", b"eyJ", b".", b"sig=", b"%3D"),
    *(b"-----BEGIN PRIVATE KEY-----", b"-----END", b"MIIEvQIBADANBgkq", b"Bearer "),
    *(
        b"protectedSettings",
        b"[",
        b"]",
        b",",
        b"authorization",
        b"\0",
        b"\xff",
        b"12345678",
    ),
)
TEXTS = st.lists(st.sampled_from(WORDS), max_size=60).map(b"".join)


@pytest.mark.parametrize("seed", [1, 2])
def test_cuts_make_no_difference(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With small windows every secret of the seed lies over a cut somewhere."""
    texts = [one.text for one in planted(seed) if not one.wide and len(one.text) < 4000]
    data = "\n".join(texts).encode()
    whole = cleaned(data)
    rng = random.Random(seed)
    monkeypatch.setattr(stream, "BLOCK", 5_000)
    monkeypatch.setattr(stream, "AHEAD", 20_000)
    for _ in range(4):
        assert cleaned(data, size=rng.randrange(1, 7000)) == whole


@given(TEXTS)
@settings(max_examples=examples(300))
def test_line_ends_are_neither_made_nor_lost(data: bytes) -> None:
    try:
        out = cleaned(data)
    except RedactionError:
        return
    assert re.findall(rb"\r\n|\r|\n", out) == re.findall(rb"\r\n|\r|\n", data)


@given(st.binary(max_size=3000))
def test_what_has_no_word_of_a_rule_stays(data: bytes) -> None:
    try:
        out = cleaned(data)
    except RedactionError:
        return
    assert out == data or b"redacted" in out or b"*" in out


def test_a_secret_without_an_end_takes_the_rest_of_its_line() -> None:
    def chunks() -> Iterator[bytes]:
        yield b"first\npassword="
        for _ in range(40):
            yield b"z" * 100_000
        yield b"\nlast"

    out = b"".join(redactor().clean("x.log", chunks()))
    assert out == b"first\npassword=<redacted:password:1>\nlast"


def test_an_object_of_secrets_that_is_too_long_is_refused() -> None:
    inner = b'{"a":"b"},' * (values.LONGEST // 5)
    with pytest.raises(RedactionError, match="too long"):
        cleaned(b'{"protectedSettings": [' + inner + b'{}], "a": 1}')


def test_a_line_of_any_length_needs_little_memory() -> None:
    import tracemalloc

    one = redactor()
    tracemalloc.start()
    size = 0
    for piece in one.clean("x.log", (b"lorem ipsum dolor " * 5000 for _ in range(300))):
        size += len(piece)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size == 27_000_000
    assert peak < 16_000_000


def test_armour_keeps_its_lines() -> None:
    body = "\n".join("MIIEpAIBAAKCAQEA7Zq1" * 3 for _ in range(8))
    text = f"a\n-----BEGIN RSA PRIVATE KEY-----\n{body}\nab==\n-----END RSA PRIVATE KEY-----\nz"
    out = cleaned(text.encode()).decode().split("\n")
    assert len(out) == text.count("\n") + 1
    assert out[:2] == ["a", "-----BEGIN RSA PRIVATE KEY-----"]
    assert set(out[2:11]) == {"<redacted:private-key:1>"}
    assert out[11:] == ["-----END RSA PRIVATE KEY-----", "z"]


def test_armour_behind_the_text_of_a_journal_keeps_that_text() -> None:
    front = "Mar 10 10:00:00 web01 app[1]: "
    lines = ["-----BEGIN PRIVATE KEY-----", *["MIIEvQIBADANBgkqhkiG9w0B" * 2] * 3]
    text = "".join(f"{front}{line}\n" for line in [*lines, "-----END PRIVATE KEY-----"])
    out = cleaned(text.encode()).decode()
    assert "MIIE" not in out
    assert out.count(front) == 5


def test_torn_armour_is_cleaned_as_far_as_it_goes() -> None:
    text = b"-----BEGIN PRIVATE KEY-----\n" + b"MIIEvQIBADANBgkqhkiG9w0B\n" * 3
    out = cleaned(text + b"time=x level=info msg=started\n")
    assert b"MIIE" not in out
    assert out.endswith(b"time=x level=info msg=started\n")


def test_xml_stays_xml() -> None:
    import xml.etree.ElementTree as ET

    text = (
        '<?xml version="1.0"?><c><Password>a&amp;b1</Password><x token="k1k2k3"/></c>'
    )
    root = ET.fromstring(cleaned(text.encode(), "x.xml").decode())
    assert root[0].text == "<redacted:password:1>"
    assert root[1].get("token") == "<redacted:token:2>"


def test_audits_name_line_and_kind() -> None:
    told: list[tuple[int, str]] = []
    text = b"a\r\nb\rpassword=x1!\n\nz token=aaaa1111 secret=bbbb2222\n"
    for _ in redactor().clean("x.log", [text], lambda *place: told.append(place)):
        pass
    assert told == [(3, "password"), (5, "token"), (5, "secret")]
