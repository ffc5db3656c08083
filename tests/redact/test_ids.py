"""Ids and addresses stand where plain patterns, which are slow, find them as well."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from diag.redact import ids
from tests.amount import examples

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

HEX = rb"[0-9a-fA-F]"
GUID = re.compile(
    rb"(?<!%b)(?<!%b-)%b{8}(?:-%b{4}){3}-%b{12}(?!%b)(?!-%b{2})" % ((HEX,) * 7)
)
MAC = re.compile(
    rb"(?<![\w:-])(?:%b{2}:){5}%b{2}(?![\w:-])|(?<![\w:-])(?:%b{2}-){5}%b{2}(?![\w:-])"
    % ((HEX,) * 4)
)
IP = re.compile(rb"(?<![\w.+-])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![\w-])(?!\.[0-9])")
MAIL = re.compile(
    rb"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}(?:@|%40)"
    rb"(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24}"
)
ONE = b"3f2504e0-4f89-41d3-9a0c-0305e82c3301"
PIECES = st.sampled_from(
    [
        *(ONE, ONE[:9], ONE[9:], ONE.upper(), b"-", b"ab", b"0", b"f", b"g", b" "),
        *(b"00:1a:2B:3c:4d:5e", b"00-1a-2b-3c-4d-5e", b"1a:", b"1a-", b":", b"::"),
        *(b"10.0.0.4", b"10.", b".4", b"255", b"256", b"01", b".", b"1.2.3", b"\n"),
        *(b"me@x.example", b"@", b"%40", b"x.example", b".com", b"a.b+c_d", b"_", b"+"),
        *(b"x" * 63, b"fe80::1", b"2001:db8:0:0:0:0:0:1", b"\xff", b"%", b"/"),
    ]
)
TEXTS = st.lists(PIECES, max_size=12).map(b"".join)


def plain(pattern: re.Pattern[bytes], text: bytes) -> list[tuple[int, int]]:
    return [match.span() for match in pattern.finditer(text)]


def parts(spans: Iterable[tuple[int, int]], text: bytes) -> list[tuple[int, int]]:
    """Return what `changed` changes of these."""
    found: list[tuple[int, int]] = []

    def note(_: bytes, start: int, end: int) -> bytes:
        found.append((start, end))
        return b""

    ids.changed(text, spans, note)
    return found


def octets(text: bytes) -> bool:
    return all(
        int(part) < 256 and part == b"%d" % int(part) for part in text.split(b".")
    )


@pytest.mark.parametrize(
    ("find", "pattern"), [(ids.guids, GUID), (ids.macs, MAC), (ids.mails, MAIL)]
)
@settings(max_examples=examples(400))
@given(text=TEXTS)
@example(text=b"a@b.com%40c.org")
@example(text=b"%b-%b" % (ONE, ONE))
@example(text=b"00-00:1a:2b:3c:4d:5e")
def test_they_stand_where_a_plain_pattern_finds_them(
    find: Callable[[bytes], Iterable[tuple[int, int]]],
    pattern: re.Pattern[bytes],
    text: bytes,
) -> None:
    assert parts(find(text), text) == plain(pattern, text)


@settings(max_examples=examples(400))
@given(text=TEXTS)
@example(text=b"1.2.3.4.5 1.2.3.4567 1234.5.6.7 01.2.3.4 256.1.1.1 v1.2.3.4 9.9.9.9")
def test_addresses_have_four_octets(text: bytes) -> None:
    wanted = [one for one in plain(IP, text) if octets(text[one[0] : one[1]])]
    assert parts(ids.addresses(text), text) == wanted


@settings(max_examples=examples(400))
@given(text=TEXTS)
def test_long_addresses_are_those_of_every_line(text: bytes) -> None:
    everywhere = ids._IP6.finditer(text)  # noqa: SLF001 - without the choice of lines
    fits = ids._is_address6  # noqa: SLF001 - as above
    wanted = [match.span() for match in everywhere if fits(match.group())]
    assert list(ids.addresses6(text)) == wanted


@pytest.mark.parametrize(
    ("text", "whole"),
    [(ONE, True), (ONE + b"0", False), (b"", False), (ONE + b" " + ONE, False)],
)
def test_a_guid_and_nothing_else(text: bytes, *, whole: bool) -> None:
    assert ids.is_guid(text) is whole


def test_mail_is_parted_at_its_sign() -> None:
    assert ids.parted(b"a.b%40x.example") == (b"a.b", b"%40", b"x.example")
    with pytest.raises(ValueError, match="no address"):
        ids.parted(b"x.example")
