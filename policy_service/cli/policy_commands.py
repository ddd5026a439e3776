"""`policy check` and `policy diff`."""

from collections.abc import Sequence
from datetime import date
from itertools import zip_longest
from pathlib import Path

import click
from rich.markup import escape

from policy_service.cli import output
from policy_service.cli.ledger_files import the_day, the_ledger
from policy_service.cli.ledger_options import ledger_options
from policy_service.cli.wording import money
from policy_service.domain.amounts import from_scaled
from policy_service.domain.errors import RequestError
from policy_service.domain.findings import Finding, Severity
from policy_service.domain.values import Kind, scale
from policy_service.language.policy import Policy
from policy_service.language.printing.diff import diff
from policy_service.language.yaml_text.problems import PolicyNotReadable
from policy_service.services.affected import Affected, affected
from policy_service.services.cases import CasesReport
from policy_service.services.decide import Decider
from policy_service.services.named_policies import find_policy, policy_in, shipped_policies
from policy_service.services.policies import Checked, check
from policy_service.settings import read_settings

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


@click.command("check")
@click.argument("policies", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Write the findings as JSON.")
@click.option("--notes/--no-notes", default=False, help="Show notes too.")
@ledger_options
@click.option(
    "--as-of", type=output.DAY, help="With --ledger: the business day; default: the day after the last entry."
)
def check_command(
    policies: tuple[str, ...],
    as_json: bool,
    notes: bool,
    ledger_folder: Path | None,
    mapping: str | None,
    as_of: date | None,
) -> None:
    """Lint POLICIES (names or folders; none: all that ship) and run their cases.

    With --ledger each finding says how many customers, with how much exposure, fall into it. Exit code 1 if
    anything found is an error or a case fails, 2 if a policy cannot be read.
    """
    rules_dir = read_settings().rules_dir
    folders = [find_policy(name, rules_dir) for name in policies] or list(shipped_policies(rules_dir))
    if not folders:
        raise RequestError("R401", f"There is no policy under {rules_dir}.", remedy="Name a folder with a policy.yaml.")
    reports: list[dict[str, object]] = []
    exit_code = 0
    for folder in folders:
        try:
            checked = check(folder, rules_dir)
        except PolicyNotReadable as unreadable:
            exit_code = 2
            reports.append(
                {"policy": folder.name, "errors": [output.error_as_data(error) for error in unreadable.errors]}
            )
            if not as_json:
                output.out.print(f"{escape(folder.name)}: cannot be read", style="red")
                output.show_errors(unreadable.errors)
            continue
        exit_code = max(exit_code, 0 if checked.is_publishable else 1)
        concerned = _concerned(checked, ledger_folder, mapping, as_of) if ledger_folder else ()
        reports.append(_report(checked, concerned))
        if not as_json:
            _show(checked, notes, concerned)
    if as_json:
        output.write_json(reports)
    raise click.exceptions.Exit(exit_code)


@click.command("diff")
@click.argument("old")
@click.argument("new")
@click.option("--json", "as_json", is_flag=True, help="Write the changes as JSON.")
def diff_command(old: str, new: str, as_json: bool) -> None:
    """List what changed from policy OLD to policy NEW. Exit code 1 if anything did."""
    rules_dir = read_settings().rules_dir
    before, after = (policy_in(find_policy(name, rules_dir), rules_dir) for name in (old, new))
    changes = diff(before, after)
    if as_json:
        output.write_json([{"rule_set": one.rule_set, "row": one.row, "change": str(one)} for one in changes])
    else:
        for change in changes:
            output.out.print(escape(str(change)))
        output.out.print(output.plural(len(changes), "change") if changes else "No change of meaning.")
    raise click.exceptions.Exit(1 if changes else 0)


def _concerned(
    checked: Checked, ledger_folder: Path, mapping: str | None, as_of: date | None
) -> tuple[Affected | None, ...]:
    ledger = the_ledger(ledger_folder, mapping, checked.policy.currency, checked.policy.facts).ledger
    decider = Decider(checked.policy, ledger)
    try:
        with output.progress("Whom the findings concern") as advance:
            return affected(checked.findings, decider, the_day(as_of, ledger), advance)
    finally:
        decider.close()


def _show(checked: Checked, notes: bool, concerned: Sequence[Affected | None]) -> None:
    cases = checked.cases
    verdict = "[green]can be published[/green]" if checked.is_publishable else "[red]cannot be published[/red]"
    hidden = 0
    for finding, whom in zip_longest(checked.findings, concerned):
        if finding.severity is Severity.NOTE and not notes:
            hidden += 1
            continue
        colour = _COLOURS[finding.severity]
        output.out.print(
            f"[{colour}]{finding.severity}[/{colour}] {escape(f'{finding.place}: {finding.message} {finding.remedy}')} "
            f"{escape(f'[{finding.code}]')}{_whom(whom, checked.policy)}"
        )
    for result in cases.results:
        for difference in result.differences:
            output.out.print(f"[red]case[/red] {escape(f'{result.case.place}: “{result.case.name}”: {difference}')}")
    rows = [
        f"{coverage.rule_set}: {', '.join(coverage.never_hit)}" for coverage in cases.coverage if coverage.never_hit
    ]
    if rows:
        output.out.print(f"[yellow]no case hits[/yellow] {escape('; '.join(rows))}")
    passed = sum(result.passed for result in cases.results)
    line = f"{checked.policy.id}: {verdict}; {passed} of {output.plural(len(cases.results), 'case')} passed"
    output.out.print(line + (f"; {output.plural(hidden, 'note')} (--notes shows them)" if hidden else ""))


def _whom(whom: Affected | None, policy: Policy) -> str:
    if whom is None:
        return ""
    amount = money(from_scaled(whom.exposure, scale(Kind.MONEY, policy.currency)))
    return f" [bold]{output.plural(whom.customers, 'customer')}, exposure {amount}[/bold]"


def _report(checked: Checked, concerned: Sequence[Affected | None]) -> dict[str, object]:
    pairs = zip_longest(checked.findings, concerned)
    return {
        "policy": checked.policy.id,
        "publishable": checked.is_publishable,
        "findings": [_finding(finding, whom, checked.policy) for finding, whom in pairs],
        "cases": _cases(checked.cases),
    }


def _cases(report: CasesReport) -> dict[str, object]:
    return {
        "passed": sum(result.passed for result in report.results),
        "failed": [
            {
                "name": result.case.name,
                "line": result.case.place.line,
                "differences": [str(d) for d in result.differences],
            }
            for result in report.results
            if not result.passed
        ],
        "rows_never_hit": {one.rule_set: list(one.never_hit) for one in report.coverage if one.never_hit},
    }


def _finding(finding: Finding, whom: Affected | None, policy: Policy) -> dict[str, object]:
    told: dict[str, object] = {
        "code": finding.code,
        "severity": finding.severity.value,
        "place": output.place_as_data(finding.place),
        "message": finding.message,
        "remedy": finding.remedy,
        "rule_set": finding.rule_set,
        "rows": list(finding.rows),
        "box": {span.column: span.text for span in finding.box},
    }
    if whom:
        exposure = from_scaled(whom.exposure, scale(Kind.MONEY, policy.currency))
        told["affected"] = {"customers": whom.customers, "exposure": exposure}
    return told
