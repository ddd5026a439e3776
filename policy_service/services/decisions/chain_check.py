"""Whether one decision still is what was written, at the place in the chain where it was written."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from policy_service.storage.broken_chains import UNREADABLE
from policy_service.storage.chains import GENESIS, Log, heads, record_hash
from policy_service.storage.decision_store import DecisionStore, StoredDecision, record_of
from policy_service.storage.seals import Seal, first_seal_over


@dataclass(frozen=True, slots=True)
class ChainCheck:
    """What was found of one decision: as it was hashed, behind the record before it, before the one after it.

    `seal` is the first that was made over it, none before the next one is made, or without a key of seals;
    `is_as_sealed` is whether the record that it names is still the one that was sealed.
    """

    is_as_hashed: bool
    follows: bool
    is_followed: bool
    records: int
    seal: Seal | None
    is_as_sealed: bool

    @property
    def is_intact(self) -> bool:
        """Whether nothing is wrong with it."""
        return self.is_as_hashed and self.follows and self.is_followed and self.is_as_sealed


def chain_check(session: Session, stored: StoredDecision) -> ChainCheck:
    """Return how a decision stands in its chain; the whole chain is read by services.verification."""
    link, store = stored.link, DecisionStore(session)
    before, after = (store.link_at(link.writer, link.sequence + step) for step in (-1, 1))
    is_first = link.sequence == 1 and link.previous_hash == GENESIS
    head = next((one for one in heads(session, Log.DECISIONS) if one.writer == link.writer), None)
    is_last = head is not None and (head.sequence, head.hash) == (link.sequence, link.hash)
    seal = first_seal_over(session, Log.DECISIONS, link.writer, link.sequence)
    return ChainCheck(
        is_as_hashed=_is_as_hashed(stored),
        follows=is_first if before is None else before.hash == link.previous_hash,
        is_followed=is_last if after is None else after.previous_hash == link.hash,
        records=head.sequence if head else 0,
        seal=seal,
        is_as_sealed=seal is None or _is_as_sealed(store, seal),
    )


def _is_as_sealed(store: DecisionStore, seal: Seal) -> bool:
    sealed = store.link_at(seal.writer, seal.sequence)
    return sealed is not None and sealed.hash == seal.head_hash


def _is_as_hashed(stored: StoredDecision) -> bool:
    try:
        return record_hash(stored.link.previous_hash, stored.link.writer, record_of(stored)) == stored.link.hash
    except UNREADABLE:
        return False
