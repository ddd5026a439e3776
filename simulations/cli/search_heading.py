"""What a sweep or a search ran over: policy, window, and the stress that the history is under; and its caveats."""

from collections.abc import Iterator, Sequence

from rich.markup import escape

from policy_service.domain.values import Currency
from policy_service.language.printing.canonical import policy_hash
from simulations.accounting.calendar import text_of
from simulations.cli.search_wording import said
from simulations.comparison.caveats import Caveat
from simulations.report.caveats_told import caveat_told
from simulations.report.page.numbers import Numbers
from simulations.report.punctuation import COLON
from simulations.report.stress_sentences import effect_told, nothing_changed
from simulations.search.asked import Asked
from simulations.stress.applying import Effect, effect_as_data


def heading(asked: Asked, language: str) -> Iterator[str]:
    """Yield the lines that say over what was run."""
    policy, options = asked.policy, asked.options
    yield f"[bold]{escape(policy.title.in_language(language))}[/bold] ({escape(policy.id)}, {policy_hash(policy)[:12]})"
    window = f"{text_of(options.begins)} {said('to', language)} {text_of(options.ends - 1)}"
    customers = f"{asked.snapshot.customers:,} {said('customers', language)}"
    yield f"{window}, {customers}, {said(options.mode, language)}"
    for effect in asked.effects:
        yield from effect_lines(effect, policy.currency, language)


def effect_lines(effect: Effect, currency: Currency, language: str) -> Iterator[str]:
    """Yield the lines that say whom a stress hit, and how."""
    told = effect_as_data(effect)
    sentence = escape(effect_told(told, Numbers(currency, language)))
    yield f"[bold]{said('stress', language)}[/bold]{COLON[language]}{sentence}"
    if nothing := nothing_changed(told, language):
        yield f"[yellow]{nothing}[/yellow]"


def caveat_lines(caveats: Sequence[Caveat], language: str) -> Iterator[str]:
    """Yield the caveats of a sweep or a search."""
    yield f"\n[bold]{said('caveats', language)}[/bold]"
    for caveat in caveats:
        yield f"- {escape(caveat_told(caveat, language))}"
