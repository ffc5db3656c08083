"""Rules that are compiled once for all tests of the watch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import shipped
from tests.watch.playing import judge_of

if TYPE_CHECKING:
    from diag.engine import RuleSet
    from diag.watch.judging import Judge


@pytest.fixture(scope="session")
def rules() -> RuleSet:
    return shipped.lenient()


@pytest.fixture(scope="session")
def judge(rules: RuleSet) -> Judge:
    return judge_of(rules)
