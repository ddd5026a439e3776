"""Files that come by a form: as large as settings allow from who may write the ledger, and from nobody else."""

from typing import Final

from flask import Flask, request
from sqlalchemy.orm import Session

from admin.visitors import may, the_house
from policy_service.api.uploads import Upload, holds_standings
from policy_service.domain.acting import Act
from policy_service.domain.permissions import Permission
from policy_service.services.actor import Actor, require
from policy_service.services.house import House
from policy_service.services.ledger_in.import_job import ask_for_import
from policy_service.services.ledger_in.importing import discard
from policy_service.services.ledger_in.mappings import named_mapping
from policy_service.storage.job_store import Job

#: The addresses of their own to which files go.
_ENDPOINTS: Final = frozenset({"imports.upload", "mappings.look"})
_MEGABYTE: Final = 1024 * 1024


def allow_uploads(console: Flask) -> None:
    """Let files be larger than other forms; register it behind what admits visitors, before what reads forms."""
    console.before_request(_allow)


def ask(house: House, session: Session, upload: Upload, mapping: str, replaces: bool, actor: Actor, act: Act) -> Job:
    """Have the files imported soon; what is refused leaves none of them behind.

    AccessError A403 without permission to write the ledger, or to record the standings among it; RequestError
    R407 for a mapping that there is not.
    """
    try:
        require(actor, Permission.LEDGER_WRITE)
        if holds_standings(upload, named_mapping(house, mapping) if mapping else None):
            require(actor, Permission.STANDINGS_RECORD)
        return ask_for_import(session, actor, upload.folder, upload.source, act, mapping=mapping, replaces=replaces)
    except BaseException:
        discard(upload.folder)
        raise


def _allow() -> None:
    if request.endpoint in _ENDPOINTS and may(Permission.LEDGER_WRITE):
        request.max_content_length = the_house().settings.upload_megabytes * _MEGABYTE
