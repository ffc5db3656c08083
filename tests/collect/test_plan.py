"""What the plan holds: every family, no path of the deny-list, names that are read."""

from __future__ import annotations

import json

import pytest

from diag import content, formats
from diag.cli.collectplan import plan_data
from diag.collect import plan_of
from diag.collect.plan import LISTING, LOG
from diag.collect.trie import below, best_of, tree_of
from diag.formats.paths import family_by_path
from tests.collect.collecting import instance, the_plan

((NAME, TEXT),) = content.yaml_files("collecting")
GIVEN = content.load_yaml(TEXT, NAME)
FAMILIES = formats.load_families()

# What commands write, and the definition that reads it.
READ_BY = {
    "azcmagent-show.txt": "azcmagent_show",
    "azcmagent-show.json": "azcmagent_show",
    "azcmagent-check.json": "azcmagent_check",
    "azcmagent-config-list.txt": "azcmagent_config",
    "systemctl-status.txt": "systemctl_status",
    "systemctl-list-units.txt": "systemctl_units",
    "journalctl-himdsd.txt": "journal",
    "journalctl-gcad.txt": "journal",
    "journalctl-extd.txt": "journal",
    "journalctl-arcproxyd.txt": "journal",
    "sc-query.txt": "sc_query",
    "get-service.txt": "get_service",
    "eventlog-system.csv": "windows_events",
    "eventlog-application.csv": "windows_events",
}


def test_every_family_belongs_to_one_component() -> None:
    assert isinstance(GIVEN, dict)
    named = [f for one in GIVEN["components"] for f in one.get("families", ())]
    assert sorted(named) == sorted(set(named))
    assert set(named) == set(FAMILIES)


def test_every_documented_path_of_a_system_is_a_candidate() -> None:
    assert isinstance(GIVEN, dict)
    paths = {(one.path, one.system) for one in the_plan().candidates}
    for family, system, glob in FAMILIES.globs:
        if system == "any" or family in GIVEN["not_from_parsers"]:
            continue
        if "/" in glob and glob.partition("/")[0] not in GIVEN["not_roots"]:
            assert (glob, system) in paths, glob


def test_a_plan_is_plain_data() -> None:
    data = plan_data()
    there = json.loads(json.dumps(data))
    assert there == data
    plan, again = plan_of(data), plan_of(there)
    assert plan.candidates == again.candidates
    assert plan.commands == again.commands


def test_nothing_that_is_never_taken_is_a_candidate() -> None:
    plan = the_plan()
    for one in plan.candidates:
        parts = instance(one.path).split("/")
        assert not any(plan.never.folder(part) for part in parts), one.path
        assert one.kind == LISTING or not plan.never.file(parts[-1]), one.path


@pytest.mark.parametrize("system", ["linux", "windows"])
def test_a_file_is_of_the_kind_of_its_family(system: str) -> None:
    plan = the_plan()
    tree = tree_of(one for one in plan.candidates if one.system == system)
    for one in plan.candidates:
        if one.system != system or not one.family:
            continue
        name = instance(one.path)
        nodes = [tree]
        for part in name.split("/"):
            nodes = below(nodes, part)
        best = best_of(nodes)
        assert best is not None
        found = family_by_path(name, FAMILIES)
        assert found is not None
        assert best.kind == str(found[0].kind), name
        if best.kind == LOG and found[0].priority >= 0:
            owner = next(c for c in plan.candidates if c.family == found[0].id)
            assert best.component == owner.component, name


def test_what_commands_write_is_read_by_its_definition() -> None:
    names = {one.name for one in the_plan().commands}
    assert set(READ_BY) <= names
    for name, family in READ_BY.items():
        found = family_by_path(f"commands/{name}", FAMILIES)
        assert found is not None
        assert found[0].id == family


def test_no_two_commands_write_the_same_member() -> None:
    for system in ("linux", "windows"):
        names = [c.name for c in the_plan().commands if c.system in ("any", system)]
        assert len(names) == len(set(names))
        assert all(0 < one.seconds <= 120 for one in the_plan().commands)
