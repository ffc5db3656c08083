"""What a source is and where the bytes of its members lie. Nothing is extracted."""

from diag.bundle.opener import open_bundle

__all__ = ["open_bundle"]
