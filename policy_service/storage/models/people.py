"""Users, their roles, the keys with which systems act in their name, and what two of them settle for the company."""

from typing import Final

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from policy_service.storage.columns import Claim, Hash, Identifier, Instant, Line, LongText, OwnId, Whole, Word, one_of
from policy_service.storage.models.tables import Model, Revised

GRANT_STATES: Final = ("proposed", "granted", "withdrawn")
CHANGE_STATES: Final = ("proposed", "agreed", "withdrawn")


class User(Revised, Model):
    """A person; `locale` is the language in which they read the console, if they chose one."""

    __tablename__ = "users"
    __table_args__ = (Index(None, "login", unique=True),)

    user_id: Mapped[OwnId] = mapped_column(primary_key=True)
    login: Mapped[Identifier]
    name: Mapped[Line]
    email: Mapped[Line]
    locale: Mapped[Word]
    is_active: Mapped[Claim]
    created_at: Mapped[Instant]
    last_seen_at: Mapped[Instant | None]


class UserRole(Revised, Model):
    """A role of a user: proposed by one person, granted when as many as settings ask for have agreed."""

    __tablename__ = "user_roles"
    __table_args__ = (one_of("state", GRANT_STATES), Index(None, "role", "state"))

    user_id: Mapped[OwnId] = mapped_column(ForeignKey("users.user_id"), primary_key=True)
    role: Mapped[Word] = mapped_column(primary_key=True)
    state: Mapped[Word]
    proposed_by: Mapped[OwnId | None] = mapped_column(ForeignKey("users.user_id"))
    proposed_at: Mapped[Instant]
    granted_by: Mapped[OwnId | None] = mapped_column(ForeignKey("users.user_id"))
    granted_at: Mapped[Instant | None]


class ApiKey(Revised, Model):
    """A key of a user's system: only the hash of its secret is kept. `scopes` are a JSON list."""

    __tablename__ = "api_keys"
    __table_args__ = (Index(None, "secret_hash", unique=True), Index(None, "user_id"))

    key_id: Mapped[OwnId] = mapped_column(primary_key=True)
    user_id: Mapped[OwnId] = mapped_column(ForeignKey("users.user_id"))
    name: Mapped[Line]
    secret_hash: Mapped[Hash]
    scopes: Mapped[LongText]
    requests_per_minute: Mapped[Whole | None]
    created_at: Mapped[Instant]
    expires_at: Mapped[Instant | None]
    revoked_at: Mapped[Instant | None]
    last_used_at: Mapped[Instant | None]
    replaces: Mapped[OwnId | None] = mapped_column(ForeignKey("api_keys.key_id"))


class CompanySetting(Revised, Model):
    """A setting of the company, as JSON; one without a row, or without a value, has the value it is shipped with."""

    __tablename__ = "company_settings"

    name: Mapped[Word] = mapped_column(primary_key=True)
    value: Mapped[LongText | None]


class SettingChange(Revised, Model):
    """A change of a setting that one person proposes and another agrees to, or either takes back."""

    __tablename__ = "setting_changes"
    __table_args__ = (one_of("state", CHANGE_STATES), Index(None, "name", "proposed_at"), Index(None, "state"))

    change_id: Mapped[OwnId] = mapped_column(primary_key=True)
    name: Mapped[Word]
    value: Mapped[LongText]
    note: Mapped[LongText]
    state: Mapped[Word]
    proposed_by: Mapped[Identifier]
    proposed_at: Mapped[Instant]
    settled_by: Mapped[Identifier | None]
    settled_at: Mapped[Instant | None]
