"""The rules that ship: read once by each worker, compiled once for all of them.

Reading them takes half a second and compiling them a quarter, and hundreds of tests
need them. What is kept is named by all that decides what is in it, so that no test
sees the rules of another. The folder begins empty and ends with the run.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from diag import engine

if TYPE_CHECKING:
    from diag.engine import RuleSet

PLACE = "TESTS_KEPT"  # workers have it from the process that started them


def begin() -> None:
    """Make the folder."""
    os.environ[PLACE] = tempfile.mkdtemp(prefix="arcdiag-tests-")


def end() -> None:
    """Remove the folder."""
    shutil.rmtree(os.environ.pop(PLACE), ignore_errors=True)


def kept() -> Path:
    """Return the folder, for tests that prove nothing about such a folder."""
    return Path(os.environ[PLACE])


@cache
def shipped() -> RuleSet:
    """Return the rules with the tests that stand in them."""
    return replace(engine.load_rules(), kept=kept())


@cache
def lenient() -> RuleSet:
    """Return the rules as a check takes them."""
    return engine.load_rules((), (), kept(), lenient=True)
