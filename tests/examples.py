"""With which examples a property is tried: with some in the normal suite, with all of them by `./test --all`.

Those of the normal suite are the same each time, so that a change is refused for what it does and not by chance; those
of `--all` are others each time, and find what nobody thought of.
"""

import os
from typing import Final

from hypothesis import HealthCheck, settings

_ARE_ALL: Final = bool(os.environ.get("TEST_ALL_EXAMPLES"))


def examples(all_of_them: int) -> int:
    """Return with how many examples to try what is tried with so many in all."""
    return all_of_them if _ARE_ALL else -(-all_of_them * 2 // 5)


def try_examples() -> None:
    """Let properties that do not say otherwise be tried with as many of Hypothesis's hundred, however long one takes.

    On a busy machine any example may take longer than any limit, and longer than when it is tried again.
    """
    settings.register_profile(
        "some or all",
        max_examples=examples(100),
        deadline=None,
        derandomize=not _ARE_ALL,
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("some or all")
