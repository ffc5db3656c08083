"""The rules of redaction: plain data to what the engine runs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# How a rule finds its secret: behind a key's name, by its own shape, in the user part
# of an address, in PEM armour.
FORMS = ("key", "shape", "address", "pem")
# How sure a value behind `key: ` has to look: any word, or only what no prose has.
KEYS = {
    *("id", "kind", "form", "words", "tail", "before", "not_before", "value"),
    *("prose", "rest", "tree", "wrapped", "files", "check", "match", "keep"),
    *("inner", "flag", "lead", "no_secret"),
}
NAME = re.compile(r"[a-z0-9][a-z0-9-]*")
LONGEST_WORD = 40


class RedactionError(Exception):
    """Something could not be redacted, so it must not go out; the text says why."""


class Rule(NamedTuple):
    """One rule, compiled. Patterns are of bytes and ignore case unless they say so."""

    id: str
    kind: bytes
    form: str
    words: tuple[bytes, ...]
    tail: bytes  # what may stand between the word and the end of the key's name
    before: re.Pattern[bytes] | None  # has to stand in front of the word, or None
    not_before: re.Pattern[bytes] | None  # must not stand in front of the word, or None
    value: re.Pattern[bytes] | None  # for shapes: the secret, from the word's start on
    no_secret: re.Pattern[bytes] | None  # values that are no secrets
    strict: bool
    rest: bool  # the value goes to the end of the line or of what it is quoted in
    tree: bool  # the value may be an object, all of which is secret
    wrapped: bool  # the value may go on in the next line
    flag: bool  # a blank may stand for the sign between key and value
    inner: bool  # a quoted value may be looked into by other rules: leave it
    lead: int  # so many bytes before the word the shape begins
    files: re.Pattern[bytes] | None  # the names of members that it is for; None: all
    check: str


def compile_rules(data: Sequence[Mapping[str, object]]) -> tuple[Rule, ...]:
    """Check and compile rules.

    Args:
        data: As `redaction` has them.

    Raises:
        RedactionError: One is wrong; without all rules nothing may go out.
    """
    rules = tuple(_compiled(one) for one in data)
    if not rules:
        raise RedactionError("there are no redaction rules")
    ids = [rule.id for rule in rules]
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice:
        raise RedactionError(f"the redaction rule '{twice[0]}' is there twice")
    return rules


def _compiled(one: Mapping[str, object]) -> Rule:
    name = str(one.get("id", ""))
    unknown = sorted(set(one) - KEYS)
    if unknown:
        raise _wrong(name, f"it has an unknown key '{unknown[0]}'")
    kind, form = str(one.get("kind", "")), str(one.get("form", ""))
    if not NAME.fullmatch(name) or not NAME.fullmatch(kind):
        raise _wrong(name, "id and kind are lower-case letters, digits and hyphens")
    if form not in FORMS:
        raise _wrong(name, "its form is none of " + ", ".join(FORMS))
    words = one.get("words")
    if not isinstance(words, (list, tuple)) or not words:
        raise _wrong(name, "it has no words")
    if form == "shape" and not one.get("value"):
        raise _wrong(name, "a shape needs a value")
    return Rule(
        id=name,
        kind=kind.encode(),
        form=form,
        words=tuple(_word(str(text), name) for text in words),
        tail=str(one.get("tail") or "").encode(),
        before=_pattern(one, "before", name, rb"(?:%s)\Z"),
        not_before=_pattern(one, "not_before", name, rb"(?:%s)\Z"),
        value=_pattern(one, "value", name),
        no_secret=_pattern(one, "no_secret", name),
        strict=one.get("prose", "any") == "strict",
        rest=bool(one.get("rest")),
        tree=bool(one.get("tree")),
        wrapped=bool(one.get("wrapped")),
        flag=bool(one.get("flag", True)),
        inner=bool(one.get("inner")),
        lead=int(str(one.get("lead") or 0)),
        files=_pattern(one, "files", name),
        check=str(one.get("check", "")),
    )


def _word(text: str, name: str) -> bytes:
    if not 1 <= len(text) <= LONGEST_WORD:
        raise _wrong(name, f"a word has 1 to {LONGEST_WORD} characters")
    return text.lower().encode()


def _pattern(
    one: Mapping[str, object], key: str, name: str, around: bytes = b"%s"
) -> re.Pattern[bytes] | None:
    text = one.get(key)
    if not text:
        return None
    if isinstance(text, (list, tuple)):
        text = "|".join(str(part) for part in text)
    try:
        return re.compile(around % str(text).encode(), re.IGNORECASE)
    except re.error as error:
        raise _wrong(name, f"{key} is no pattern: {error}") from error


def _wrong(name: str, text: str) -> RedactionError:
    return RedactionError(f"the redaction rule '{name}' is wrong: {text}")
