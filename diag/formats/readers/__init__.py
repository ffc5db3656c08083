"""Records that are no lines of text: readers that make lines for the core."""

from diag.formats.readers.translate import (
    READERS,
    Translated,
    fitting,
    is_evtx,
    translate,
    translate_text,
)

__all__ = [
    "READERS",
    "Translated",
    "fitting",
    "is_evtx",
    "translate",
    "translate_text",
]
