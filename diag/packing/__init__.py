"""Writing bundles: a zip, its manifest, and what is left when a run dies.

Standard library only: all of it goes into the single-file collector, which runs on
Python 3.6.
"""

from diag.packing.manifest import REASONS
from diag.packing.recover import Recovered, left_in, recover
from diag.packing.writer import BundleWriter

__all__ = ["REASONS", "BundleWriter", "Recovered", "left_in", "recover"]
