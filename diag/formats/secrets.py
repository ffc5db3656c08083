"""What a table never holds: credentials in addresses, and values of secret keys.

The lists stand in code, so that no definition can relax them (agent-facts.md,
1.6 and 1.5: tokens, keys and protectedSettings are never to be collected; the
log of a proxy setting holds `user:password@`).
"""

from __future__ import annotations

import re

HIDDEN = "***"
# Written so that DuckDB's RE2 and Python's re read it alike.
KEY_WORDS = (
    r"(?i)passw|pwd|secret|credential|protected ?settings|connection ?string|"
    r"(?:private|access|account|shared|api|storage|workspace)[ _.-]?key|"
    r"(?:auth|access|refresh|bearer|sas)[ _.-]?token|tokens?$"
)
# Each with what stays; the lengths bound the time on hostile text.
IN_TEXT = (
    (r"://[^/\s]{1,512}@", f"://{HIDDEN}@"),
    (r"(^|[\s\"',;=])[^\s/:@\"',;=]{1,128}:[^\s/@\"]{1,256}@", rf"\1{HIDDEN}@"),
    (r"([?&]sig=)[^&\s\"']{1,512}", rf"\1{HIDDEN}"),
)
_KEY = re.compile(KEY_WORDS)
_TEXT = tuple((re.compile(pattern), stays) for pattern, stays in IN_TEXT)


def is_secret(key: str) -> bool:
    """Say whether a key looks as if its value were a secret."""
    return _KEY.search(key) is not None


def without_secrets(text: str) -> str:
    """Return a text in which credentials of addresses and signatures are hidden."""
    if "@" not in text and "sig=" not in text:
        return text
    for pattern, stays in _TEXT:
        text = pattern.sub(stays, text)
    return text
