"""What holds for all tests."""

from hypothesis import settings

from tests.amount import examples

# A busy machine is no fault of a test.
settings.register_profile("unhurried", deadline=None, max_examples=examples(100))
settings.load_profile("unhurried")
