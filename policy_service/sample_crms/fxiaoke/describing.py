"""The objects of Fxiaoke and their fields, as its own calls describe them."""

from policy_service.sample_crms.fxiaoke.errors import bad
from policy_service.sample_crms.fxiaoke.objects import OBJECTS, Field
from policy_service.sample_crms.speaking import part, word
from policy_service.sample_crms.table import Row


def listed() -> Row:
    """Return all objects."""
    return {
        "objects": [
            {
                "describeApiName": one.name,
                "describeDisplayName": one.label,
                "defineType": "custom" if one.is_custom else "package",
                "isActive": True,
            }
            for one in OBJECTS.values()
        ]
    }


def described(document: Row) -> Row:
    """Return the fields of an object; the text does not show where in the body its name stands."""
    name = word(document, "apiName") or word(part(document, "data"), "apiName")
    found = OBJECTS.get(name)
    if found is None:
        raise bad(f"there is no object {name!r}")
    fields = {field.name: _field(field) for field in found.fields.values()}
    return {"describe": {"api_name": found.name, "display_name": found.label, "fields": fields}}


def _field(field: Field) -> Row:
    made: Row = {
        "api_name": field.name,
        "label": field.label,
        "type": field.kind,
        "define_type": "custom" if field.name.endswith("__c") else "package",
        "is_required": field.is_needed,
        "is_readonly": field.is_read_only,
        "is_active": True,
    }
    if field.options:
        made["options"] = [{"value": value, "label": label} for value, label in field.options]
    if field.refers_to:
        made["target_api_name"] = field.refers_to
    return made
