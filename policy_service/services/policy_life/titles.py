"""What policies are called: read off their texts, of which nothing else is looked at."""

import msgspec
from sqlalchemy.orm import Session

from policy_service.language.definitions.dictionary import Title
from policy_service.services.policy_life.reading import PolicyNow
from policy_service.storage.errors import StorageError
from policy_service.storage.policy_store import PolicyStore


class _Policy(msgspec.Struct):
    title: Title = Title()


class _Text(msgspec.Struct):
    policy: _Policy


def title_of(session: Session, now: PolicyNow) -> Title:
    """Return the title of the version in force, else of the latest that can be read; an empty one if there is none.

    Of a text that was altered the title is empty too: whatever looks at the version itself says so.
    """
    store = PolicyStore(session)
    version = now.active or next((one for one in store.versions(now.policy_id) if one.sha256), None)
    if version is None:
        return Title()
    try:
        text = store.text(now.policy_id, version.number)
    except StorageError:
        return Title()
    return msgspec.json.decode(text, type=_Text).policy.title
