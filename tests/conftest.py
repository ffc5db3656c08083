"""What holds for all tests."""

from __future__ import annotations

import os
import sys
from collections import Counter

import pytest
from hypothesis import settings

from tests import shipped
from tests.amount import ALL, examples

# Tests start hundreds of processes. Where no bytecode is written, each compiles
# hundreds of modules again: longer than most of them run.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# A busy machine is no fault of a test.
settings.register_profile("unhurried", deadline=None, max_examples=examples(100))
settings.load_profile("unhurried")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Set options that the test command does not name.

    A worker that is done takes tests from another: none idles at the end. They also
    begin far from each other, so that few fixtures are made by two of them.
    """
    if config.getoption("numprocesses", None) and config.getoption("dist") == "no":
        config.option.dist = "worksteal"
    if not ALL:  # of the pictures only a part is looked at, and the others are no fault
        config.option.disable_unused_snapshots = True


def pytest_configure(config: pytest.Config) -> None:
    """Begin what the workers of a run share."""
    if not hasattr(config, "workerinput"):
        shipped.begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    """End it."""
    if not hasattr(config, "workerinput"):
        shipped.end()


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Keep each n-th case of tests that are marked `sampled(n)`: the first, too."""
    if ALL:
        return
    seen: Counter[str] = Counter()
    kept: list[pytest.Item] = []
    left: list[pytest.Item] = []
    for item in items:
        mark = item.get_closest_marker("sampled")
        name = item.nodeid.partition("[")[0]
        seen[name] += 1
        wanted = mark is None or (seen[name] - 1) % mark.args[0] == 0
        (kept if wanted else left).append(item)
    if left:
        config.hook.pytest_deselected(items=left)
        items[:] = kept
