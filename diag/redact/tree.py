"""The values inside an object or a list that is secret as a whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diag.redact import values
from diag.redact.rules import RedactionError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diag.redact.found import Found

_KEY = re.compile(rb"(?:\s|\\+[nrt])*:")


def leaves(found: Found, text: bytes, *, last: bool) -> Iterator[Found]:
    """Yield the texts and numbers of an object or list; its keys and marks stay.

    Args:
        found: Where it begins, and how its texts are quoted.
        text: The window.
        last: Nothing comes behind it.

    Yields:
        A `Found` for each value, and at last one without length where all ends.

    Raises:
        RedactionError: It is longer than a window.
    """
    quote = found.quote
    marks = re.compile(
        rb"[{}\[\]]|(?P<number>-?[0-9][0-9.eE+-]*)|(?P<quote>"
        + (rb"\\*" if quote[-1:] in b"\"'" else b"")
        + re.escape(quote.lstrip(b"\\"))
        + rb")"
    )
    depth, at = 0, found.start
    limit = min(len(text), found.start + values.LONGEST)
    while True:
        mark = marks.search(text, at, limit)
        if mark is None:
            if not last or limit < len(text):
                raise RedactionError("an object of secrets is too long to be redacted")
            yield found._replace(start=limit, end=limit)
            return
        at = mark.end()
        if mark.group("number"):
            yield found._replace(start=mark.start(), end=at, tree=False)
        elif mark.group("quote"):
            if len(mark.group("quote")) < len(quote):
                break  # the text around the object ends
            end = values.quoted_end(text, at, quote)
            key = _KEY.match(text, end + len(quote)) is not None
            if not key and end > at and not values.is_token(text[at:end]):
                yield found._replace(start=at, end=end, quote=b"", tree=False)
            at = end + len(quote)
        else:
            depth += 1 if mark.group() in b"{[" else -1
            if depth <= 0:
                break
    yield found._replace(start=at, end=at)
