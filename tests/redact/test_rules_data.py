"""Every redaction rule proves itself on its own samples."""

from __future__ import annotations

import re

import pytest

from diag.redact import RedactionError, Redactor
from tests.redact.cleaning import RULES, redactor

SECRET = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
TOKEN = r'"?(?:<|&lt;)redacted:[a-z-]+:[0-9]+(?:>|&gt;)"?'
MATCH = [(rule["id"], text) for rule in RULES for text in rule["match"]]
KEEP = [(rule["id"], text) for rule in RULES for text in rule["keep"]]


@pytest.mark.parametrize(("rule", "text"), MATCH)
def test_the_secret_goes_and_all_else_stays(rule: str, text: str) -> None:
    parts = SECRET.split(text)
    expected = "".join(
        TOKEN if number % 2 else re.escape(part) for number, part in enumerate(parts)
    )
    plain = SECRET.sub(r"\1", text)
    assert re.fullmatch(expected, redactor().text(plain)), rule


@pytest.mark.parametrize(("rule", "text"), KEEP)
def test_what_is_no_secret_stays(rule: str, text: str) -> None:
    assert redactor().text(text) == text, rule


def test_every_rule_has_samples_of_both_sorts() -> None:
    without = {"settings-thumbprint"}  # holds for some files: see test_files
    for rule in RULES:
        assert rule["keep"], rule["id"]
        assert rule["match"] or rule["id"] in without


@pytest.mark.parametrize("rule", RULES, ids=[rule["id"] for rule in RULES])
def test_every_rule_is_needed(rule: dict[str, object]) -> None:
    others = [one for one in RULES if one["id"] != rule["id"]]
    kind = f"redacted:{rule['kind']}:"
    texts = [SECRET.sub(r"\1", text) for text in rule["match"]]  # type: ignore[attr-defined]
    with_it = [redactor().text(text) for text in texts]
    without = [Redactor(others).text(text) for text in texts]
    assert not texts or with_it != without
    assert not texts or any(kind in text for text in with_it)


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"id": "A b"}, "lower-case"),
        ({"form": "magic"}, "its form is none of"),
        ({"words": []}, "it has no words"),
        ({"words": ["x" * 41]}, "a word has 1 to 40"),
        ({"before": "("}, "before is no pattern"),
        ({"colour": "red"}, "unknown key 'colour'"),
    ],
)
def test_a_wrong_rule_is_refused(change: dict[str, object], text: str) -> None:
    rule = {"id": "a", "kind": "a", "form": "key", "words": ["abc"], **change}
    with pytest.raises(RedactionError, match=re.escape(text)):
        Redactor([rule])


def test_no_rules_at_all_are_refused() -> None:
    with pytest.raises(RedactionError, match="no redaction rules"):
        Redactor([])


def test_a_rule_that_is_there_twice_is_refused() -> None:
    with pytest.raises(RedactionError, match="there twice"):
        Redactor([RULES[0], RULES[0]])
