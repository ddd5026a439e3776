"""Systems that tell of changes by themselves: what is arranged with each, and what was heard."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from policy_service.storage.columns import Hash, Instant, LongText, Whole, Word
from policy_service.storage.models.tables import Model

_CONNECTION = "connections.connection_id"


class NoticeChannel(Model):
    """What is arranged with a system that tells of changes, and how often it did.

    `channel_id` is that of a channel that may be there, "" for none, and `token`, encrypted, what its notices bear;
    it ends at `expires_at` at the latest. `watched` is the hash of what was asked for, "" before that was agreed to.
    It is not renewed before `next_try_at`. After a failure it is tried again then, or not at all where that is none,
    while what is asked for has the hash `tried_with`; `code`, `error` and `remedy` say why. `taken` counts notices;
    `woken_at` is for when one last woke a pull.
    """

    __tablename__ = "notice_channels"

    connection_id: Mapped[Whole] = mapped_column(ForeignKey(_CONNECTION), primary_key=True, autoincrement=False)
    channel_id: Mapped[Word]
    token: Mapped[LongText]
    watched: Mapped[Hash]
    expires_at: Mapped[Instant | None]
    tried_with: Mapped[Hash]
    next_try_at: Mapped[Instant | None]
    failures: Mapped[Whole]
    code: Mapped[Word]
    error: Mapped[LongText]
    remedy: Mapped[LongText]
    taken: Mapped[Whole]
    last_notice_at: Mapped[Instant | None]
    woken_at: Mapped[Instant | None]


class HeardNotice(Model):
    """A notice that was taken, by the hash of what tells it from others, until it need not be known any longer."""

    __tablename__ = "heard_notices"
    __table_args__ = (Index(None, "known_until"),)

    connection_id: Mapped[Whole] = mapped_column(ForeignKey(_CONNECTION), primary_key=True, autoincrement=False)
    mark: Mapped[Hash] = mapped_column(primary_key=True)
    known_until: Mapped[Instant]
