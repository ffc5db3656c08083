"""Machines with nothing wrong, of every generation on both systems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.scenarios.generations import Age
from tests.scenarios.label import Want, info, scenario

if TYPE_CHECKING:
    from tests.scenarios.site import Site


def sound(site: Site) -> list[Want]:
    """Only the probe of the metadata service is seen, and known to be harmless."""
    assert site.registered
    return [info("ARC-OK-001", "connect")]


for _age in Age:
    for _system in ("linux", "windows"):
        _name = f"healthy-{_system}-{_age.name.lower()}"
        scenario("healthy", _age, _system, 0, name=_name)(sound)
