"""Redaction: secrets out of members, and names for pseudonyms. Standard library only.

Rules are data (`redaction`), which callers read and pass in. Everything works on
windows of bytes, so that neither a file nor a line has to fit into memory.
"""

from diag.redact.pseudonyms import Pseudonyms
from diag.redact.redactor import Redactor, denied, gzipped
from diag.redact.rules import RedactionError

__all__ = ["Pseudonyms", "RedactionError", "Redactor", "denied", "gzipped"]
