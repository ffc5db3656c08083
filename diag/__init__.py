"""Diagnose the Azure Arc Connected Machine agent from its logs."""

__version__ = "0.1.0"
