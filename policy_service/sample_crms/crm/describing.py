"""The modules of Zoho CRM and their fields, as its settings tell them.

The protocol text names no such call: the shapes are those of Zoho's own API description, as far as one needs them
to map fields.
"""

from policy_service.sample_crms.crm.errors import invalid, missing, refusal
from policy_service.sample_crms.crm.modules import MODULES, Field, Module
from policy_service.sample_crms.speaking import Answer, Asked, answer
from policy_service.sample_crms.table import Row


def described_modules(asked: Asked) -> Answer:
    """Return the modules."""
    _refuse_but_get(asked)
    return answer(200, {"modules": [_module(module) for module in MODULES.values()]})


def described_fields(asked: Asked) -> Answer:
    """Return the fields of the module in the parameter `module`."""
    _refuse_but_get(asked)
    name = asked.query.get("module")
    if name is None:
        raise missing("module")
    if name not in MODULES:
        raise refusal(400, "INVALID_MODULE", "the module name given seems to be invalid")
    fields = MODULES[name].fields.values()
    return answer(200, {"fields": [_field(field, place) for place, field in enumerate(fields, 1)]})


def _refuse_but_get(asked: Asked) -> None:
    if asked.method != "GET":
        raise refusal(400, "INVALID_REQUEST_METHOD", "The http request method type is not a valid one")
    for name in asked.query:
        if name not in {"module", "type"}:
            raise invalid("there is no such parameter", param_name=name)


def _module(module: Module) -> Row:
    title = module.name.replace("_", " ")
    return {
        "id": f"554023{module.number:012d}",
        "api_name": module.name,
        "module_name": module.name,
        "singular_label": title.removesuffix("s"),
        "plural_label": title,
        "generated_type": "custom" if module.is_custom else "default",
        "api_supported": True,
        "viewable": True,
        "editable": True,
        "creatable": True,
        "deletable": True,
        "visible": True,
        "status": "visible",
    }


def _field(field: Field, place: int) -> Row:
    made: Row = {
        "id": f"554023{place:012d}",
        "api_name": field.name,
        "field_label": field.name.replace("_", " "),
        "display_label": field.name.replace("_", " "),
        "data_type": field.kind,
        "custom_field": field.is_custom,
        "read_only": field.is_read_only,
        "field_read_only": field.is_read_only,
        "system_mandatory": field.is_needed,
        "visible": True,
        "length": 120,
        "pick_list_values": [{"display_value": one, "actual_value": one} for one in field.choices],
        "lookup": {},
    }
    if field.refers_to:
        made["lookup"] = {"module": {"api_name": field.refers_to, "id": ""}, "display_label": field.name}
    return made
