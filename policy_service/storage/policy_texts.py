"""What is stored of a version's text: its canonical form, its hash, its files, and whose hands are in it."""

import hashlib
import json
from collections.abc import Iterable, Mapping

from policy_service.language.policy import Policy
from policy_service.language.printing.canonical import canonical_text
from policy_service.storage.errors import StorageError


def text_values(policy: Policy | None, files: Mapping[str, str]) -> dict[str, str | None]:
    """Return the columns that hold a text: none of canonical form while it cannot be read."""
    written = canonical_text(policy) if policy else None
    return {
        "canonical_text": written,
        "sha256": hash_of(written) if written else None,
        "files": json.dumps(dict(files), sort_keys=True, ensure_ascii=False),
    }


def hash_of(text: str) -> str:
    """Return the SHA-256 of a canonical text, as hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def hands_text(hands: Iterable[str]) -> str:
    """Return the column that holds who has a hand in a text."""
    return json.dumps(sorted(hands), ensure_ascii=False)


def altered(policy_id: str, number: int) -> StorageError:
    """Return the refusal of a text that is not the one people approved."""
    return StorageError(
        "S214",
        f"The stored text of version {number} of {policy_id[:60]} is not the one that was approved.",
        remedy="Restore the table policy_versions from a backup, and find out who wrote to it.",
    )
