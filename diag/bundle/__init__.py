"""What a source is and where the bytes of its members lie. Nothing is extracted.

Only of a zip that is packed inside a zip a copy is made, in a folder of our own.
"""

from diag.bundle.opener import open_bundle
from diag.bundle.said import Said, said_by
from diag.bundle.scratch import Scratch

__all__ = ["Said", "Scratch", "open_bundle", "said_by"]
