"""Rules: loading packs, running them on a store, and what a finding says."""

from diag.engine.load import load_rules
from diag.engine.reference import load_error_codes
from diag.engine.ruleset import RuleSet
from diag.engine.run import Outcome, run_rules
from diag.engine.silences import Suppression, load_suppressions

__all__ = [
    "Outcome",
    "RuleSet",
    "Suppression",
    "load_error_codes",
    "load_rules",
    "load_suppressions",
    "run_rules",
]
