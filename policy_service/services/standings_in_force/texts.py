"""A standing as texts by name, as it is stored: what policies call a value may have another code tomorrow."""

from collections.abc import Iterable, Mapping
from datetime import date

from policy_service.domain.decisions import Override
from policy_service.domain.entries import RecordedStanding
from policy_service.domain.values import UNKNOWN, Currency, Kind
from policy_service.language.definitions.standing import STANDING_OUTPUTS
from policy_service.language.feel.value_text import write_value
from policy_service.services.code_book import CodeBook, Plain
from policy_service.services.standings import Standing
from policy_service.storage.effect_store import StoredEffect
from policy_service.storage.standing_store import StoredStanding


def texts_of(values: Mapping[str, int], codes: CodeBook) -> dict[str, str]:
    """Return the standing's outputs as texts; one that is not set is absent."""
    return {
        name: text_of(name, values[name], codes) for name in STANDING_OUTPUTS if values.get(name, UNKNOWN) != UNKNOWN
    }


def text_of(output: str, value: int, codes: CodeBook) -> str:
    """Return the text of one output's value; empty for unknown."""
    return "" if value == UNKNOWN else codes.text(value, STANDING_OUTPUTS[output])


def value_of(output: str, text: str, codes: CodeBook) -> int:
    """Return the value that `text_of` wrote."""
    if not text:
        return UNKNOWN
    kind = STANDING_OUTPUTS[output]
    # A grade may be called none, which where people write values means unknown.
    return codes.code_of(text) if kind is Kind.CATEGORY else codes.read(text, kind)


def standing_of(stored: StoredStanding, as_of: date, codes: CodeBook) -> Standing:
    """Return what is stored as it counts on a day: without its limit from the day on which that ended."""
    values = dict(Standing().values)
    for name, text in stored.outputs.items():
        values[name] = value_of(name, text, codes)
    if stored.limit_until and stored.limit_until <= as_of:
        values["credit_limit"] = UNKNOWN
    return Standing(values)


def effects_of(stored: Iterable[StoredEffect], codes: CodeBook) -> list[tuple[str, int]]:
    """Return output and value of each effect, in their order."""
    return [(effect.output, value_of(effect.output, effect.value, codes)) for effect in stored]


def said_by(override: Override, codes: CodeBook) -> dict[str, int]:
    """Return the outputs of a standing that a person's override sets."""
    kinds = STANDING_OUTPUTS
    return {name: codes.read(text, kinds[name]) for name, text in override.outputs.items() if name in kinds}


def plain_outputs(texts: Mapping[str, str]) -> dict[str, Plain]:
    """Return stored outputs as the API writes them: amounts and numbers as text, whole numbers, true and false."""
    return {name: _plain(STANDING_OUTPUTS.get(name, Kind.CATEGORY), text) for name, text in texts.items()}


def recorded_texts(recorded: RecordedStanding, currency: Currency) -> dict[str, str]:
    """Return the outputs that a row of the standings file sets, as texts."""
    limit, days = recorded.credit_limit, recorded.payment_term_days
    said = {
        "grade": recorded.grade,
        "credit_limit": "" if limit is None else write_value(limit, Kind.MONEY, currency, ()),
        "payment_term_days": "" if days is None else str(days),
    }
    return {name: text for name, text in said.items() if text}


def _plain(kind: Kind, text: str) -> Plain:
    if kind.is_whole:
        return int(text)
    return text == "true" if kind is Kind.BOOLEAN else text
