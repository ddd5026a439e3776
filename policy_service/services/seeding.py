"""The first policies of an empty database: the default one in force, the others that ship as drafts."""

from pathlib import Path

from sqlalchemy.orm import Session

from policy_service.domain.acting import Act
from policy_service.services.house import House
from policy_service.services.named_policies import find_policy, policy_in, shipped_policies
from policy_service.services.policy_life.files import files_in, read_files
from policy_service.services.policy_life.in_hand import note_step
from policy_service.storage.policy_period_store import PolicyPeriodStore


def seed(house: House, session: Session, rules_dir: Path, act: Act) -> bool:
    """Store the shipped policies if no policy is stored yet, and return whether they were stored now.

    The default policy counts from the act's instant, recorded as `seeded`: nobody approved it. Of programs that
    start at once one does it. RequestError R401 if there is no such policy, PolicyNotReadable if it cannot be read.
    """
    store = PolicyPeriodStore(session)
    if store.policy_ids():
        return False
    folder = find_policy(house.settings.default_policy, rules_dir)
    policy = policy_in(folder, rules_dir)
    store.lock(policy.id, act)
    # Whoever waited for the lock finds what the other has stored.
    if store.versions(policy.id):
        return False
    note_step(house, session, act, "seeded", store.add_seed(policy.id, act, policy, files_in(folder)))
    for other in shipped_policies(rules_dir):
        if other.name != policy.id:
            read = read_files(other.name, files_in(other), rules_dir)
            draft = store.add_draft(other.name, act, read.policy, read.files)
            note_step(house, session, act, "drafted", draft, {"folder": other.name})
    return True
