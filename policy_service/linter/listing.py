"""Several things in one sentence."""

from collections.abc import Sequence
from typing import Final

_MOST_LISTED: Final = 6


def joined(parts: Sequence[str], word: str = "and") -> str:
    """Return `a, b and c`; of many, the first and how many more."""
    if len(parts) > _MOST_LISTED:
        return f"{', '.join(parts[:_MOST_LISTED])} {word} {len(parts) - _MOST_LISTED} more"
    return f" {word} ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
