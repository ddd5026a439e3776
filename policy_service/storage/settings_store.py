"""What the company has settled, and the proposals to settle it otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from policy_service.storage.errors import not_stored
from policy_service.storage.models.people import CompanySetting, SettingChange

_FIRST: Final = text(
    "INSERT INTO company_settings (name, value, revision) VALUES (:name, NULL, 1) ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class ProposedChange:
    """A proposal as it is stored; `value` is JSON."""

    change_id: str
    name: str
    value: str
    note: str
    state: str
    proposed_by: str
    proposed_at: int
    settled_by: str | None
    settled_at: int | None


_COLUMNS: Final = [getattr(SettingChange, name) for name in ProposedChange.__slots__]


class SettingsStore:
    """The settings of the company within one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def values(self) -> Mapping[str, str]:
        """Return what was settled, as JSON by name; what never was is not among it."""
        rows = self._session.execute(select(CompanySetting.name, CompanySetting.value))
        return {name: value for name, value in rows if value is not None}

    def hold(self, name: str) -> None:
        """Let nobody else propose or settle this setting until the transaction ends."""
        self._session.execute(_FIRST, {"name": name})
        self._session.execute(select(CompanySetting.name).where(CompanySetting.name == name).with_for_update())

    def settle(self, name: str, value: str) -> None:
        """Keep the value; the setting must be held."""
        rows = CompanySetting
        self._session.execute(
            update(rows).where(rows.name == name).values(value=value, revision=rows.revision + 1),
            execution_options={"synchronize_session": False},
        )

    def propose(self, change: ProposedChange) -> None:
        """Store a proposal."""
        said = {name: getattr(change, name) for name in ProposedChange.__slots__}
        self._session.add(SettingChange(**said))
        self._session.flush()

    def proposal(self, name: str, change_id: str) -> ProposedChange:
        """Return a proposal for the setting; NotStored S209 if there is none."""
        of_setting = (SettingChange.name == name, SettingChange.change_id == change_id)
        row = self._session.execute(select(*_COLUMNS).where(*of_setting)).one_or_none()
        if row is None:
            raise not_stored(f"proposal {change_id[:60]} for {name[:60]}")
        return ProposedChange(*row)

    def open_proposals(self) -> tuple[ProposedChange, ...]:
        """Return the proposals that nobody has agreed to or taken back, the earliest first."""
        rows = self._session.execute(select(*_COLUMNS).where(SettingChange.state == "proposed"))
        return tuple(
            sorted((ProposedChange(*row) for row in rows), key=lambda each: (each.proposed_at, each.change_id))
        )

    def closed_proposals(self, name: str, limit: int) -> tuple[ProposedChange, ...]:
        """Return the proposals for a setting that were agreed to or taken back, the latest first."""
        of_setting = (SettingChange.name == name, SettingChange.state != "proposed")
        latest_first = (SettingChange.settled_at.desc(), SettingChange.change_id.desc())
        rows = self._session.execute(select(*_COLUMNS).where(*of_setting).order_by(*latest_first).limit(limit))
        return tuple(ProposedChange(*row) for row in rows)

    def close(self, change_id: str, state: str, person: str, at: int) -> None:
        """Note what became of a proposal; its setting must be held."""
        rows = SettingChange
        self._session.execute(
            update(rows)
            .where(rows.change_id == change_id)
            .values(state=state, settled_by=person, settled_at=at, revision=rows.revision + 1),
            execution_options={"synchronize_session": False},
        )
