"""Passwords, sign-ins, and the secrets that the processes of an installation share."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; passwords leave the people's own table, where there never was one."""
    op.create_table(
        "passwords",
        sa.Column("user_id", sa.String(40), nullable=False),
        sa.Column("secret_hash", sa.String(500), nullable=False),
        sa.Column("given_by", sa.String(40)),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger()),
        sa.Column("asks_for_another", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("locked_until", sa.BigInteger()),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_passwords_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_passwords")),
    )
    op.create_table(
        "sign_ins",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(40), nullable=False),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger()),
        sa.Column("address", sa.String(500), nullable=False),
        sa.Column("browser", sa.String(500), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.user_id"], name=op.f("fk_sign_ins_user_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_ins")),
    )
    op.create_index(op.f("ix_sign_ins_user_id_ended_at"), "sign_ins", ["user_id", "ended_at"])
    op.create_table(
        "installation_secrets",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("secret", sa.String(500), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_installation_secrets")),
    )
    op.drop_column("users", "password_hash")


def downgrade() -> None:
    """Take them away."""
    op.add_column("users", sa.Column("password_hash", sa.String(500), nullable=False, server_default=""))
    for table in ("installation_secrets", "sign_ins", "passwords"):
        op.drop_table(table)
