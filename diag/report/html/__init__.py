"""A diagnosis as one HTML file that opens from disk and asks for nothing."""

from diag.report.html.page import as_html

__all__ = ["as_html"]
