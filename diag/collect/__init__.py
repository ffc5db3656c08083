"""Collecting on a server: complete, gentle, and never a secret.

Standard library only, and nothing that Python 3.6 lacks: this package also runs as
a single file on the server. What to look at comes in as a `Plan`, which is plain data.
"""

from __future__ import annotations

from diag.collect.gather import collect
from diag.collect.options import Options
from diag.collect.plan import Plan, plan_of
from diag.collect.record import Outcome

__all__ = ["Options", "Outcome", "Plan", "collect", "plan_of"]
