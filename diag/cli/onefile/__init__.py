"""The collector as one file that needs nothing but a Python of 3.6 or newer."""

from diag.cli.onefile.writing import onefile_bytes, write_onefile

__all__ = ["onefile_bytes", "write_onefile"]
