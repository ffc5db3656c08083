"""Every test has its own cache and an environment that decides nothing."""

from __future__ import annotations

import inspect
import os
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.cli.calling import Call, Called

if TYPE_CHECKING:
    from pathlib import Path

DECIDING = ("NO_COLOR", "TERM", "COLUMNS", "LINES", "TZ", "PYTHONIOENCODING")


@pytest.fixture(scope="session")
def read_before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a cache in which the rule files that ship were read: it takes a second."""
    from diag import engine

    folder = tmp_path_factory.mktemp("read")
    engine.load_rules(kept=folder)
    return folder


@pytest.fixture(autouse=True)
def cache(
    request: pytest.FixtureRequest,
    read_before: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """Keep the developer's cache and settings out of the tests.

    Tests that look at the cache begin with an empty one.
    """
    folder = tmp_path_factory.mktemp("cache")
    if "cache" not in inspect.signature(request.function).parameters:
        shutil.copytree(read_before, folder, dirs_exist_ok=True)
    for name in {*DECIDING, *(n for n in os.environ if n.startswith("ARCDIAG_"))}:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ARCDIAG_CACHE_DIR", str(folder))
    return folder


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str]) -> Call:
    """Return a function that runs a command line in this process."""
    from diag.cli.main import main

    def run(*words: object) -> Called:
        capfd.readouterr()
        code = main([str(word) for word in words])
        out, err = capfd.readouterr()
        return Called(int(code), out, err)

    return run
