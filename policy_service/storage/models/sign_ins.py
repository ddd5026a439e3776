"""How people sign in to the console: their passwords, the sign-ins under way, and what the installation signs with."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from policy_service.storage.columns import Claim, Hash, Instant, Line, OwnId, Whole, Word
from policy_service.storage.models.tables import Model


class Password(Model):
    """The password of a person; `secret_hash` is what Argon2 made of it.

    One that somebody else has given is good for one sign-in before `expires_at`. `asks_for_another` until a second
    person agreed to it. `failures` are those since the last sign-in.
    """

    __tablename__ = "passwords"

    user_id: Mapped[OwnId] = mapped_column(ForeignKey("users.user_id"), primary_key=True)
    secret_hash: Mapped[Line]
    given_by: Mapped[OwnId | None]
    given_at: Mapped[Instant]
    expires_at: Mapped[Instant | None]
    asks_for_another: Mapped[Claim]
    failures: Mapped[Whole]
    locked_until: Mapped[Instant | None]


class SignIn(Model):
    """Somebody signed in by one browser: only the hash of what its cookie holds is kept."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index(None, "user_id", "ended_at"),)

    token_hash: Mapped[Hash] = mapped_column(primary_key=True)
    user_id: Mapped[OwnId] = mapped_column(ForeignKey("users.user_id"))
    began_at: Mapped[Instant]
    last_seen_at: Mapped[Instant]
    ended_at: Mapped[Instant | None]
    address: Mapped[Line]
    browser: Mapped[Line]


class InstallationSecret(Model):
    """A secret that all processes of an installation share, made by the first that needs it."""

    __tablename__ = "installation_secrets"

    name: Mapped[Word] = mapped_column(primary_key=True)
    secret: Mapped[Line]
    made_at: Mapped[Instant]
