"""Extension settings: what is protected is dropped, or the file is not taken."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.collect.settings import GONE, ProtectedError, without

KEYS = ("protectedSettings", "protectedSettingsCertThumbprint")
SECRET = "S-E-C-R-E-T"
PLAIN = st.text(alphabet='abc\u00e4"\\\n', max_size=9)
NAMES = st.sampled_from(["PROTECTEDSETTINGS", "protectedSettings", *KEYS])


def holding(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return JSON with the secret under a protected name, at any depth."""
    wrapped = st.one_of(
        st.tuples(PLAIN, inner).map(lambda pair: {f"k{pair[0]}": pair[1]}),
        inner.map(lambda value: [1, value, None]),
        inner.map(json.dumps),
    )
    return st.one_of(inner, wrapped)


PROTECTED = st.tuples(NAMES, st.sampled_from([SECRET, [SECRET], {"a": SECRET}])).map(
    lambda pair: {"publicSettings": {"b": "kept"}, pair[0]: pair[1]}
)
DEEP = st.recursive(PROTECTED, holding, max_leaves=6)


@given(DEEP)
def test_whatever_stands_under_a_protected_name_is_gone(value: Any) -> None:
    text = without(iter([json.dumps({"x": value}).encode()]), KEYS)
    assert SECRET.encode() not in text
    assert json.loads(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_rest_stays(encoding: str) -> None:
    value = {"runtimeSettings": [{"handlerSettings": {
        "publicSettings": {"a": 1, "b": [True, None, "\u00e4"]},
        "protectedSettings": SECRET}}]}  # fmt: skip
    text = without(iter([json.dumps(value).encode(encoding)]), KEYS)
    settings = json.loads(text)["runtimeSettings"][0]["handlerSettings"]
    assert settings["publicSettings"] == {"a": 1, "b": [True, None, "\u00e4"]}
    assert settings["protectedSettings"] == GONE


def test_of_twins_both_are_looked_at() -> None:
    text = b'{"protectedSettings": "S-E-C-R-E-T", "protectedSettings": ""}'
    assert SECRET.encode() not in without(iter([text]), KEYS)


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b'{"protectedSettings": "S-E-C', b"\xff\xff", b"[" * 100_000,
     b"[" * 60 + b"]" * 60, b'"' + b"a" * 2_000_000 + b'"'],
    ids=["empty", "open", "torn", "bytes", "bomb", "deep", "large"],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused(data: bytes) -> None:
    with pytest.raises(ProtectedError):
        without(iter([data]), KEYS)
