"""Rests are as long as what was used asks for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from diag.collect.pace import Bucket

USES = st.lists(st.floats(0.0, 1e6), max_size=20)


@given(st.floats(0.01, 1e8), st.floats(0.0, 1e6), USES)
def test_what_is_used_beyond_the_burst_is_paid_for(
    rate: float, burst: float, uses: list[float]
) -> None:
    bucket = Bucket(rate, burst)
    rest = 0.0
    for use in uses:
        rest = bucket.use(use)
    # Time goes on while we ask, so the rest may only be shorter.
    assert 0.0 <= rest <= sum(uses) / rate
    if sum(uses) <= burst:
        assert rest == 0.0


def test_a_debt_is_carried_on() -> None:
    bucket = Bucket(1e-6, 0.0)
    assert bucket.use(1.0) > 9e5
    assert bucket.use(1.0) > 1.9e6
