"""`arcdiag rules test --mutate`: do the tests notice when a rule is changed?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from diag.cli.exits import Exit
from diag.errors import RuleError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from diag.analyze.mutation import Mutation
    from diag.cli.console import Console
    from diag.engine import RuleSet
    from diag.engine.rule import Rule
    from diag.formats import Families


def mutate_rules(
    args: argparse.Namespace,
    console: Console,
    rules: RuleSet,
    chosen: Sequence[Rule],
    families: Families,
) -> Exit:
    """Change the rules in every small way, and say which changes nobody noticed.

    Args:
        args: With `at_least` and `format`.
        console: Where the account goes.
        rules: All rules.
        chosen: The rules to change.
        families: The log definitions.

    Returns:
        `USAGE` when the tests notice fewer changes than they should.
    """
    from diag.analyze.mutation import mutate
    from diag.analyze.trial import Samples
    from diag.cli.progress import Progress

    found, broken = [], []
    with Samples(families) as samples, Progress(console, "changing rules") as progress:
        for number, rule in enumerate(chosen, start=1):
            head = f"{rule.id} ({number} of {len(chosen)})"
            progress.say(head)

            def tell(count: int, head: str = head) -> None:
                progress.say(f"{head}, change {count}")

            try:
                found.append(mutate(rule, rules, samples, tell))
            except RuleError as error:
                broken.append(str(error))
    for text in broken:
        console.tell(text)
    share = score(found)
    if args.format == "json":
        _write_json(console, found, share)
    else:
        console.lines(_told(found, share, verbose=args.verbose))
    return Exit.USAGE if broken or share < args.at_least else Exit.CLEAN


def score(found: Sequence[Mutation]) -> float:
    """Return the share of changes that were noticed, in percent; cut, not rounded."""
    total = sum(one.mutants for one in found)
    killed = sum(one.killed for one in found)
    return killed * 1000 // total / 10 if total else 100.0


def _told(found: Sequence[Mutation], share: float, *, verbose: bool) -> Iterator[str]:
    from diag.report.gather import number_of

    for one in found:
        if one.survivors or verbose:
            yield f"{one.rule}  {one.killed} of {one.mutants} changes noticed"
        for left in one.survivors:
            after = f" -> {left.after}" if left.after else ""
            yield f"  {left.place}: {left.change}: {left.before}{after}"
    killed, total = (sum(getattr(o, k) for o in found) for k in ("killed", "mutants"))
    rules = number_of(len(found), "rule")
    yield f"{killed} of {total} changes noticed ({share} %), {rules}"


def _write_json(console: Console, found: Sequence[Mutation], share: float) -> None:
    from diag.cli.console import as_utf8
    from diag.report.json import safe_json

    value: dict[str, Any] = {
        "mutants": sum(one.mutants for one in found),
        "killed": sum(one.killed for one in found),
        "score": share,
        "rules": [
            {
                "rule": one.rule,
                "mutants": one.mutants,
                "killed": one.killed,
                "survivors": [
                    {
                        "place": left.place,
                        "change": left.change,
                        "before": left.before,
                        "after": left.after,
                    }
                    for left in one.survivors
                ],
            }
            for one in found
        ],
    }
    as_utf8(console)
    console.result(safe_json(value))
