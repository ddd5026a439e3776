"""What all models share: how constraints are named, and the revision that guards a row against lost updates."""

from typing import Any, Final

from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

from policy_service.storage.columns import Revision

_NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Model(DeclarativeBase):
    """A table; both databases give its constraints the same names."""

    metadata = MetaData(naming_convention=_NAMES)


class Revised:
    """A row that changes: each change counts the revision up, and fails (S208) if somebody else's came first."""

    revision: Mapped[Revision] = mapped_column(default=1)

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:  # SQLAlchemy's own signature
        """Let the mapper compare the revision in every update and delete."""
        return {"version_id_col": cls.revision}
