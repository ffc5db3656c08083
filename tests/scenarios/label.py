"""What a scenario is, and what has to be found in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from diag.model import Severity

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.scenarios.generations import Age
    from tests.scenarios.site import Site


@dataclass(frozen=True, slots=True)
class Want:
    """A finding that must be there.

    `marks` name the lines that are its evidence, as the generator marked them; a
    finding without lines has none. `because` names the rules that must be among its
    causes; `only`: it must have no other cause. `says` are words of the title.
    """

    rule: str
    severity: Severity
    marks: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    only: bool = False
    says: str = ""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A machine with one story; `build` writes it and says what must be found."""

    name: str
    kind: str
    age: Age
    windows: bool
    exit: int
    build: Callable[[Site], list[Want]]
    never: tuple[str, ...] = field(default=())


SCENARIOS: dict[str, Scenario] = {}
KINDS = ("healthy", "single", "pair", "decoy")


def critical(rule: str, *marks: str, **more: object) -> Want:
    """Return a finding that must be critical."""
    return Want(rule, Severity.CRITICAL, marks, **more)  # type: ignore[arg-type]


def high(rule: str, *marks: str, **more: object) -> Want:
    """Return a finding that must be high."""
    return Want(rule, Severity.HIGH, marks, **more)  # type: ignore[arg-type]


def medium(rule: str, *marks: str, **more: object) -> Want:
    """Return a finding that must be medium."""
    return Want(rule, Severity.MEDIUM, marks, **more)  # type: ignore[arg-type]


def low(rule: str, *marks: str, **more: object) -> Want:
    """Return a finding that must be low."""
    return Want(rule, Severity.LOW, marks, **more)  # type: ignore[arg-type]


def info(rule: str, *marks: str, **more: object) -> Want:
    """Return a finding that must be known noise."""
    return Want(rule, Severity.INFO, marks, **more)  # type: ignore[arg-type]


def scenario(
    kind: str,
    age: Age,
    system: str,
    code: int,
    *,
    never: tuple[str, ...] = (),
    name: str = "",
) -> Callable[[Callable[[Site], list[Want]]], Callable[[Site], list[Want]]]:
    """Return a decorator that enters a function among the scenarios.

    Args:
        kind: One of `KINDS`.
        age: Generation of the agent.
        system: linux or windows.
        code: Exit code that `arcdiag check` must have.
        never: Rules that must not fire, however mild.
        name: What the scenario is called; the function's name by default.
    """

    def enter(build: Callable[[Site], list[Want]]) -> Callable[[Site], list[Want]]:
        key = name or build.__name__.strip("_").replace("_", "-")
        assert kind in KINDS
        assert key not in SCENARIOS, key
        windows = system == "windows"
        SCENARIOS[key] = Scenario(key, kind, age, windows, code, build, never)
        return build

    return enter
