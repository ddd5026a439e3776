"""With how many examples a property is tried: with some in the normal suite, with all of them by `./test --all`."""

import os
from typing import Final

from hypothesis import settings

_ARE_ALL: Final = bool(os.environ.get("TEST_ALL_EXAMPLES"))


def examples(all_of_them: int) -> int:
    """Return with how many examples to try what is tried with so many in all."""
    return all_of_them if _ARE_ALL else -(-all_of_them * 2 // 5)


def try_examples() -> None:
    """Let properties that do not say otherwise be tried with as many of Hypothesis's hundred."""
    settings.register_profile("some or all", max_examples=examples(100))
    settings.load_profile("some or all")
