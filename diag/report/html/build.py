"""HTML that is escaped because there is no other way to make it.

A `Html` only comes out of `tag` and `join`. Everything else that is put into one is a
text: it goes through `diag.text.show`, and is escaped.
"""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from diag.text import show

if TYPE_CHECKING:
    from collections.abc import Iterable

# Elements that hold nothing, as HTML writes them.
EMPTY = frozenset({"meta", "br", "input"})
# Attributes that would run something or lead somewhere: only `link` sets one.
REFUSED = re.compile(r"^(?:on.*|style|src|href|action|formaction|srcdoc|data)$")
ADDRESS = re.compile(r"https://[\w.-]+(?:/[\w./?=&%#:~+,@!()-]*)?")
# XML and HTML have no such characters, and no font a picture of them.
NONCHARACTERS = re.compile("[\ufdd0-\ufdef\ufffe\uffff]")


class Html:
    """A piece of HTML. `size` is how many bytes it is in UTF-8."""

    __slots__ = ("size", "text")

    def __init__(self, text: str, size: int) -> None:
        """Keep what `tag`, `join` or `raw` made; not for use elsewhere."""
        self.text = text
        self.size = size


Part = Html | str | None


def safe(text: str) -> str:
    """Return a text as it stands in HTML; line ends and tabs stay."""
    if text.isascii() and text.isprintable():  # as most is
        return escape(text)
    shown = "\n".join(show(row) for row in text.replace("\r\n", "\n").split("\n"))
    return escape(NONCHARACTERS.sub(lambda f: f"\\u{{{ord(f[0]):x}}}", shown))


def join(*parts: Part) -> Html:
    """Return several pieces as one; texts are escaped, None is nothing."""
    texts = []
    size = 0
    for part in parts:
        if part is None:
            continue
        if isinstance(part, Html):
            texts.append(part.text)
            size += part.size
        else:
            text = safe(part)
            texts.append(text)
            size += len(text.encode())
    return Html("".join(texts), size)


def tag(name: str, /, *parts: Part, **values: str | float | None) -> Html:
    """Return an element.

    Args:
        name: Of the element; written by us.
        parts: What stands in it.
        values: Attributes, `_` for `-` and a trailing `_` left away; None leaves one
            out, an empty text is an attribute without a value.

    Raises:
        ValueError: The attribute could run or load something.
    """
    words = [name]
    for key, value in values.items():
        attribute = key.rstrip("_").replace("_", "-")
        if REFUSED.match(attribute):
            raise ValueError(f"{attribute} is not set here")
        if value is not None:
            words.append(_attribute(attribute, value))
    return _element(name, " ".join(words), parts)


def _attribute(name: str, value: str | float) -> str:
    text = value if isinstance(value, str) else f"{value:g}"
    return f'{name}="{safe(text)}"' if text else name


def _element(name: str, opening: str, parts: tuple[Part, ...]) -> Html:
    inner = join(*parts)
    if name in EMPTY:
        return Html(f"<{opening}>", len(opening.encode()) + 2)
    around = len(opening.encode()) + len(name) + 5
    return Html(f"<{opening}>{inner.text}</{name}>", inner.size + around)


def link(address: str, *parts: Part) -> Html:
    """Return a link to a page of a rule's author; what is none is only a text.

    Args:
        address: Only https; anything else is shown, and leads nowhere.
        parts: What is shown; the address itself when there is nothing.
    """
    shown = parts or (address,)
    if not ADDRESS.fullmatch(address):
        return tag("span", *shown)
    opening = f'a href="{safe(address)}" rel="noreferrer noopener"'
    return _element("a", opening, shown)


def jump(name: str, *parts: Part) -> Html:
    """Return a link to a place in the page itself.

    Args:
        name: The id of an element, made by us: letters, digits and `-`.
        parts: What is shown.
    """
    return _element("a", f'a href="#{safe(name)}"', parts)


def raw(text: str) -> Html:
    """Return what we wrote ourselves: the style, the script, the doctype."""
    return Html(text, len(text.encode()))


def within(parts: Iterable[Html], most: int) -> tuple[list[Html], int]:
    """Return as many pieces as there is room for, and how many bytes they take.

    Args:
        parts: In their order; the first one that does not fit ends it.
        most: In bytes.
    """
    kept: list[Html] = []
    size = 0
    for part in parts:
        if size + part.size > most:
            break
        kept.append(part)
        size += part.size
    return kept, size
