"""What is different about the sick one of two machines, most surprising first."""

from diag.analyze.comparison.compare import compare

__all__ = ["compare"]
