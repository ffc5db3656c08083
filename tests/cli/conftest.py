"""Every test has its own cache and an environment that decides nothing."""

from __future__ import annotations

import contextlib
import inspect
import os
from typing import TYPE_CHECKING

import pytest

from tests.cli.calling import Call, Called
from tests.shipped import kept

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DECIDING = ("NO_COLOR", "TERM", "COLUMNS", "LINES", "TZ", "PYTHONIOENCODING")


@pytest.fixture(autouse=True)
def cache(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Path]:
    """Keep the developer's cache and settings out of the tests.

    Tests that look at the cache begin with an empty one, all others with the rules
    that any test before them read or compiled.
    """
    folder = tmp_path_factory.mktemp("cache")
    for name in {*DECIDING, *(n for n in os.environ if n.startswith("ARCDIAG_"))}:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ARCDIAG_CACHE_DIR", str(folder))
    if "cache" in inspect.signature(request.function).parameters:
        yield folder
        return
    linked(kept(), folder)
    yield folder
    linked(folder, kept())


def linked(source: Path, target: Path) -> None:
    """Link the rules that are kept in one folder into another.

    They are named by all that decides what is in them, and replaced as a whole. What
    is there already stays; between two disks there are no links, and tests take longer.
    """
    for path in source.glob("rules-*.json"):
        with contextlib.suppress(OSError):
            os.link(path, target / path.name)


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
