"""A judgement of a live watch: less is done for it, and the same comes of it."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from diag import bundle
from diag.errors import StoreError
from diag.model import Severity
from diag.schema import SCHEMA_VERSION
from diag.store import Fleeting, Store
from diag.store.fleeting import NAME

if TYPE_CHECKING:
    from diag.model import Diagnosis, Finding
    from diag.watch.judging import Judge

SAMPLES = Path(__file__).parents[2] / "samples"


def alarms(found: Diagnosis) -> list[Finding]:
    mild = {Severity.INFO}
    return [one for one in found.findings if not one.benign | (one.severity in mild)]


@pytest.mark.parametrize("name", ["heartbeat-lost", "crash-loop"])
def test_all_that_is_told_is_found_without_what_is_not(name: str, judge: Judge) -> None:
    with bundle.Scratch() as scratch:
        one = bundle.open_bundle(SAMPLES / name, scratch)
        whole = judge.judge_bundle(one, None)
        assert whole.now is not None
        now = whole.now.replace(tzinfo=UTC)
        live = judge.judge(one.members, now)
    assert alarms(whole) == alarms(live)


def test_what_is_not_told_is_not_asked(judge: Judge) -> None:
    with bundle.Scratch() as scratch:
        one = bundle.open_bundle(SAMPLES / "healthy-linux", scratch)
        whole = judge.judge_bundle(one, None)
        assert whole.now is not None
        live = judge.judge(one.members, whole.now.replace(tzinfo=UTC))
    assert whole.findings
    assert not alarms(whole)
    assert not live.findings


@pytest.mark.parametrize("name", ["heartbeat-lost", "crash-loop"])
def test_a_few_rules_say_the_same_of_a_store_in_memory(name: str, judge: Judge) -> None:
    with bundle.Scratch() as scratch:
        one = bundle.open_bundle(SAMPLES / name, scratch)
        whole = judge.judge_bundle(one, None)
        assert whole.now is not None
        now = whole.now.replace(tzinfo=UTC)
        rules = sorted({one.rule for one in alarms(whole)})
        assert rules
        for rule in rules:
            only = frozenset({rule})
            of_file = judge.judge_bundle(one, now, only)
            of_memory = judge.judge(one.members, now, only)
            assert of_memory.findings == of_file.findings
            assert of_memory.not_evaluated == of_file.not_evaluated
    assert not NAME.exists()


def test_a_store_in_memory_is_locked_like_a_file(tmp_path: Path) -> None:
    made = Fleeting()
    made.finish()
    with Store(NAME, within=made.connection) as store:
        rows = store.query("SELECT Value FROM Meta WHERE Name = 'SchemaVersion'").rows
        assert rows == [(str(SCHEMA_VERSION),)]
        secret = tmp_path / "secret.csv"
        secret.write_text("1,2\n")
        for sql in (f"SELECT * FROM '{secret}'", "SET lock_configuration=false"):
            with pytest.raises(StoreError):
                store.query(sql)


def test_secrets_are_numbered_anew_in_each_judgement(
    tmp_path: Path, judge: Judge
) -> None:
    def texts(secret: str) -> str:
        (tmp_path / "himds.log").write_text(
            'time="2026-03-10T10:00:00Z" level=error msg="Get https://x: dial tcp: '
            f'lookup a.example: no such host https://user:{secret}@b.example"\n'
        )
        with bundle.Scratch() as scratch:
            one = bundle.open_bundle(tmp_path, scratch)
            return repr(judge.judge_bundle(one, None).findings)

    first, second = texts("Sommer2026"), texts("Winter2026")
    assert ":1>" in first
    assert first == second
