"""A diagnosis as text for people or as JSON for programs."""

from diag.report.formats import Format, Style, render

__all__ = ["Format", "Style", "render"]
