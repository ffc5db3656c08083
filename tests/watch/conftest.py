"""Rules that are compiled once for all tests of the watch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from diag import engine
from tests.watch.playing import judge_of

if TYPE_CHECKING:
    from diag.engine import RuleSet
    from diag.watch.judging import Judge


@pytest.fixture(scope="session")
def rules(tmp_path_factory: pytest.TempPathFactory) -> RuleSet:
    return engine.load_rules((), (), tmp_path_factory.mktemp("queries"), lenient=True)


@pytest.fixture(scope="session")
def judge(rules: RuleSet) -> Judge:
    return judge_of(rules)
