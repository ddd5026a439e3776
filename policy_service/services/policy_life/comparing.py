"""Two versions compared: each change as a plain sentence in English and Chinese, and as data, cell by cell."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from policy_service.language.printing.changes_in_chinese import in_chinese
from policy_service.language.printing.diff import Change, diff
from policy_service.storage.policy_store import PolicyStore


@dataclass(frozen=True, slots=True)
class Told:
    """One change, and how it reads in each language."""

    change: Change
    en: str
    zh: str


def compare(session: Session, policy_id: str, number: int, against: int) -> tuple[Told, ...]:
    """Return what changed from the version `against` to the version `number`, none if they say the same.

    NotStored S209 for a version that is not there or cannot be read yet, StorageError S214 for a text that is not
    the one that was approved.
    """
    store = PolicyStore(session)
    changes = diff(store.policy(policy_id, against), store.policy(policy_id, number))
    return tuple(Told(change, str(change), in_chinese(change)) for change in changes)


def compared_with(session: Session, policy_id: str, number: int, at: int) -> int | None:
    """Return the version to compare with where none is named: the one it is based on, else the one in force."""
    store = PolicyStore(session)
    based_on = store.version(policy_id, number).based_on
    if based_on is not None:
        return based_on
    live = store.effective(policy_id, at)
    return live.number if live and live.number != number else None
