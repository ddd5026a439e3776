"""How a company's own files are read."""

from sqlalchemy.orm import Mapped, mapped_column

from policy_service.storage.columns import Identifier, Instant, LongText, Word
from policy_service.storage.models.tables import Model, Revised


class ColumnMapping(Revised, Model):
    """Which column of a company's own file is which of the ledger's; `text` is the mapping as a file says it."""

    __tablename__ = "column_mappings"

    name: Mapped[Word] = mapped_column(primary_key=True)
    text: Mapped[LongText]
    changed_at: Mapped[Instant]
    changed_by: Mapped[Identifier]
