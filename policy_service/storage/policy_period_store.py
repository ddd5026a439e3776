"""When versions count: periods laid one after another, and the words of their states that follow."""

from collections.abc import Mapping
from itertools import zip_longest
from typing import Final

from sqlalchemy import and_, or_, select

from policy_service.domain.acting import Act
from policy_service.domain.instants import Instant
from policy_service.language.policy import Policy
from policy_service.storage.models.policies import PolicyVersionRow
from policy_service.storage.policy_store import PolicyStore, PolicyVersion
from policy_service.storage.policy_texts import hands_text, text_values

_ROWS: Final = PolicyVersionRow


class PolicyPeriodStore(PolicyStore):
    """The policies within one transaction, with their periods; whoever changes one holds the policy's lock."""

    def add_seed(self, policy_id: str, act: Act, policy: Policy, files: Mapping[str, str]) -> PolicyVersion:
        """Store a version that counts from the act's instant without an approval, recorded as `seeded`."""
        begun = {"state": "active", "effective_from": act.at, "hands": hands_text({act.person})}
        return self._add(policy_id, "seeded", begun | text_values(policy, files), act)

    def add_copy(self, source: PolicyVersion, act: Act) -> PolicyVersion:
        """Store a version with the very text of an approved one, approved as that was: recorded as `rolled_back`.

        StorageError S214 if the text is not the one that was approved.
        """
        named = (source.policy_id, source.number)
        files, hands = self._row(*named, _ROWS.files, _ROWS.hands)
        values = {
            "state": "approved",
            "based_on": source.number,
            "canonical_text": self.text(*named),
            "sha256": source.sha256,
            "files": files,
            "hands": hands,
        }
        return self._add(source.policy_id, "rolled_back", values, act)

    def begin(self, version: PolicyVersion, effective_from: Instant, step: str, act: Act) -> None:
        """Let a version count from an instant on, without end; Conflict S210 if another of the policy begins there."""
        self._set(version, {"state": "scheduled", "effective_from": effective_from, "retires_at": None})
        self._note(step, version.policy_id, version.number, version.sha256, act)

    def unbegin(self, version: PolicyVersion, step: str, act: Act) -> None:
        """Take a version's period away: it is approved, and counts never."""
        nothing = {"effective_from": None, "effective_until": None, "retires_at": None}
        self._set(version, {"state": "approved", **nothing})
        self._note(step, version.policy_id, version.number, version.sha256, act)

    def end(self, version: PolicyVersion, retires_at: Instant | None, step: str, act: Act) -> None:
        """Set the end of a version's period, whatever begins then; none takes that end back."""
        self._set(version, {"retires_at": retires_at})
        self._note(step, version.policy_id, version.number, version.sha256, act)

    def lay_out(self, policy_id: str) -> None:
        """End each period where the next one begins, or earlier where a person ended it."""
        periods = self.periods(policy_id)
        for version, following in zip_longest(periods, periods[1:]):
            ends = (version.retires_at, following.effective_from if following else None)
            until = min((end for end in ends if end is not None), default=None)
            if until != version.effective_until:
                self._set(version, {"effective_until": until})

    def periods(self, policy_id: str) -> tuple[PolicyVersion, ...]:
        """Return the versions that have a period, in the order of their begin."""
        begun = ((each.effective_from, each) for each in self.versions(policy_id) if each.effective_from is not None)
        return tuple(version for _, version in sorted(begun, key=lambda each: each[0]))

    def unsettled(self, at: Instant) -> tuple[str, ...]:
        """Return the policies of which a version's state does not say yet what its period says of the instant."""
        is_begun = and_(_ROWS.state == "scheduled", _ROWS.effective_from <= at)
        is_over = and_(_ROWS.state.in_(("scheduled", "active")), _ROWS.effective_until <= at)
        found = self._session.scalars(select(_ROWS.policy_id).where(or_(is_begun, is_over)).distinct())
        return tuple(sorted(found))
