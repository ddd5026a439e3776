"""What the endpoints of imports take and give."""

from typing import TypedDict

from marshmallow import Schema, fields, validate

from policy_service.api.fields import InstantField, Text
from policy_service.api.paging import PageAsked, PageQuery


class UploadForm(Schema):
    """What is said beside the files."""

    mapping = Text(100, load_default="", metadata={"description": "A mapping by name, for one file of its own shape."})
    differing = fields.String(
        load_default="refuse",
        validate=validate.OneOf(["refuse", "replace"]),
        metadata={"description": "What is done with a row that differs from the stored one of its id."},
    )


class ImportState(Schema):
    """An import: how far it is, and what it came to."""

    import_id = fields.String(metadata={"example": "0198c1d2a3b4c5d6e7f8091a2b3c4d5e"})
    state = fields.String(metadata={"example": "done", "enum": ["waiting", "running", "done", "failed", "cancelled"]})
    progress = fields.Float(metadata={"description": "From 0 to 1.", "example": 1.0})
    error = fields.String(metadata={"description": "Why it failed; empty unless it did."})
    source = fields.String(metadata={"example": "customers.csv, invoices.csv"})
    person = fields.String(metadata={"example": "li.na"})
    started_at = InstantField(allow_none=True)
    base_currency = fields.String(metadata={"example": "CNY"})
    posting = fields.Integer(allow_none=True, metadata={"description": "None if nothing changed.", "example": 1})
    added = fields.Integer(metadata={"example": 20400})
    replaced = fields.Integer(metadata={"example": 0})
    unchanged = fields.Integer(metadata={"example": 0})
    quarantined = fields.Integer(metadata={"example": 2})
    warnings = fields.Integer(metadata={"example": 1})
    by_code = fields.Dict(metadata={"description": "Rows left out and remarks, by code.", "example": {"Q103": 2}})
    files = fields.List(fields.Dict(), metadata={"description": "Rows read, accepted, left out, repeated, by file."})


class ImportPage(Schema):
    """Some imports, the newest first."""

    items = fields.List(fields.Nested(ImportState))
    next_cursor = fields.String(allow_none=True)


class NoteQuery(PageQuery):
    """Which notes are asked for."""

    kind = fields.String(load_default="", validate=validate.OneOf(["", "quarantined", "warning"]))
    code = fields.String(load_default="", validate=validate.Length(max=10), metadata={"example": "Q103"})


class NotesAsked(PageAsked, total=False):
    """A validated question for notes."""

    kind: str
    code: str


class ImportNoteAnswer(Schema):
    """A row left out, or remarked on: where it stands, why, and what to do."""

    kind = fields.String(metadata={"example": "quarantined"})
    code = fields.String(metadata={"example": "Q103"})
    file = fields.String(metadata={"example": "payments.csv"})
    line = fields.Integer(metadata={"example": 17})
    column = fields.String(metadata={"example": "amount"})
    entry = fields.String(metadata={"example": "P-17"})
    found = fields.String()
    reason = fields.String()
    remedy = fields.String()
    further = fields.List(fields.List(fields.String()))


class NotePage(Schema):
    """Some notes, in the order of the files."""

    items = fields.List(fields.Nested(ImportNoteAnswer))
    next_cursor = fields.String(allow_none=True)


class Beside(TypedDict):
    """What was validated beside the files."""

    mapping: str
    differing: str
