"""The file of settings: what is in it counts, and what is not known is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from diag.cli.config import VARIABLE, triage_keys
from diag.errors import UsageError
from tests.cli.calling import SAMPLES, arcdiag

if TYPE_CHECKING:
    from pathlib import Path

GOOD = '[triage.keys]\nhelp = "K,f1"\nproblems = "P"\n'


def test_keys_are_read_from_the_option_or_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(GOOD, encoding="utf-8")
    wanted = {"help": "K,f1", "problems": "P"}
    assert triage_keys(path) == wanted
    monkeypatch.delenv(VARIABLE, raising=False)
    assert triage_keys(None) == {}
    monkeypatch.setenv(VARIABLE, str(path))
    assert triage_keys(None) == wanted


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "no TOML"),
        ("[triage]\nkyes = 1\n", "there is no setting 'kyes'; did you mean 'keys'?"),
        ("[query]\n", "there is no setting 'query'"),
        ("triage = 3\n", "'triage' is no section"),
        ("[triage]\nkeys = 3\n", "'keys' is no section"),
        ("[triage.keys]\nhelp = 3\n", "'help' is not a text"),
        ('[triage.keys]\nhepl = "x"\n', "there is no key 'hepl'"),
        ('[triage.keys]\nhelp = "q"\n', "the key 'q' would be"),
    ],
)
def test_what_is_wrong_is_told_with_the_file(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "settings.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        triage_keys(path)
    assert said in caught.value.text
    assert str(path) in caught.value.where


def test_a_wrong_file_ends_the_command_before_any_screen(tmp_path: Path) -> None:
    path = tmp_path / "none.toml"
    done = arcdiag("triage", SAMPLES / "heartbeat-lost", "--config", path)
    assert done.returncode == 2
    assert b"the settings cannot be read" in done.stderr
    assert done.stdout == b""


def test_without_a_terminal_it_says_what_to_do_instead() -> None:
    done = arcdiag("triage", SAMPLES / "heartbeat-lost", env={"TERM": "xterm"})
    assert done.returncode == 2
    assert b"arcdiag check SOURCE" in done.stderr
