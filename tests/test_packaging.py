"""The wheel holds the code and the data, and knows where the data lies."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from the checkout."""
    from hatchling.builders.wheel import WheelBuilder

    folder = tmp_path_factory.mktemp("wheel")
    return Path(next(WheelBuilder(str(ROOT)).build(directory=str(folder))))


def test_the_wheel_holds_every_definition_and_rule(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for kind in ("parsers", "rules"):
        for path in (ROOT / kind).rglob("*.yaml"):
            inner = path.relative_to(ROOT / kind).as_posix()
            assert f"diag/builtin/{kind}/{inner}" in names
    for kind in ("rule", "pack"):
        assert f"diag/engine/{kind}-1.schema.json" in names
    assert "diag/bundle/manifest-1.schema.json" in names
    assert {"diag/report/html/report.css", "diag/report/html/report.js"} <= names
    for name in ("page.html", "page.js"):
        assert f"diag/tui/browser/{name}" in names
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"diag", "arcdiag-0.1.0.dist-info"}


def test_an_installed_wheel_finds_the_same_families_and_rules(
    wheel: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    code = (
        "from diag import engine, formats, __file__ as f; print(f);"
        "print(sorted(formats.load_families()));"
        "print(sorted(x.id for x in engine.load_rules()))"
    )
    answers = [
        subprocess.run(
            [
                sys.executable,
                "-P",
                "-c",
                f"import sys; sys.path.insert(0, {p!r}); {code}",
            ],
            check=True,
            capture_output=True,
            text=True,
            cwd=tmp_path,
        ).stdout.splitlines()
        for p in (str(tmp_path / "site"), str(ROOT))
    ]
    assert answers[0][0] != answers[1][0]
    assert answers[0][1:] == answers[1][1:]


def test_an_installed_wheel_writes_the_same_single_file(
    wheel: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    for place, name in ((tmp_path / "site", "a.pyz"), (ROOT, "b.pyz")):
        code = (
            f"import sys; sys.path.insert(0, {str(place)!r})\n"
            "from diag.cli.main import main\n"
            f"sys.exit(main(['collect', '--write-pyz', {name!r}]))"
        )
        words = [sys.executable, "-P", "-c", code]
        subprocess.run(words, check=True, capture_output=True, cwd=tmp_path)
    assert (tmp_path / "a.pyz").read_bytes() == (tmp_path / "b.pyz").read_bytes()
