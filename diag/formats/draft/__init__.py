"""Drafts a definition from a file: what an author would else begin by hand."""

from diag.formats.draft.drafting import Draft, check_id, draft

__all__ = ["Draft", "check_id", "draft"]
