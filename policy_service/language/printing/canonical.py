"""The one canonical text of a policy and its hash.

JSON with sorted keys and no blanks, holding the typed trees with integers in their representation beside
the normal texts. Whatever is part of a policy's equality is in it, places are not: two policies have one
hash if and only if they are equal. A field at its default is left out, so that a field added later does
not change the hash of what was approved before.
"""

import hashlib
import json
from typing import Final

from policy_service.language.policy import Policy
from policy_service.language.printing.canonical_form import to_json
from policy_service.language.printing.canonical_read import from_canonical

__all__ = ["canonical_text", "from_canonical", "policy_hash"]

#: Counts up when the meaning of a written key changes.
FORMAT: Final = 1


def canonical_text(policy: Policy) -> str:
    """Return the canonical JSON text, the same for equal policies."""
    content = {"format": FORMAT, "policy": to_json(policy, Policy)}
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def policy_hash(policy: Policy) -> str:
    """Return the SHA-256 of the canonical text in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(canonical_text(policy).encode()).hexdigest()
