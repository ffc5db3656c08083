"""Whether a text is JSON, and where that begins."""

from __future__ import annotations

import re

OPENING = re.compile(r'\s*+(?:\{\s*+["}]|\[\s*+[\[{\]"]|"[^"\\\r\n]{1,200}"\s*+:)')
# A warning that a command prints before its JSON; a log has lines like this, too,
# but they begin with a time.
NOISE = re.compile(r"(?!\s*+[\[{\d]|time=)[^\r\n]{0,400}+(?:\r\n|\n|\r)")
MOST_NOISE = 5  # lines
BEHIND_NOISE = re.compile(r'\{\s*+["}]|\[\s*+[\[{\]"]')


def looks_like_json(text: str) -> bool:
    """Say whether a text begins like an object, a list, or the inside of one.

    Args:
        text: Decoded text, or its beginning.
    """
    return json_start(text) is not None


def json_start(text: str) -> int | None:
    """Return where the JSON of a text begins, None if it does not look like any.

    Args:
        text: Decoded text. A few lines that are no JSON may stand before it, such
            as a warning of the command that printed it.
    """
    if OPENING.match(text) is not None:
        return 0
    at = 0
    for _ in range(MOST_NOISE):
        noise = NOISE.match(text, at)
        if noise is None:
            return None
        at = noise.end()
        if BEHIND_NOISE.match(text, at) is not None:
            return at
    return None
