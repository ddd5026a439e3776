"""The page as one file: nothing in it comes from elsewhere, and a browser is told to let nothing in.

The Content-Security-Policy names the two scripts and the style by their hashes. The data of the pictures stand in a
script element that is no script, with every character escaped that could end it; all other texts are escaped by the
template engine.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final, TypeAlias

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from policy_service.language.policy import Policy
from simulations.comparison.comparison import Comparison
from simulations.report.contents import NOTHING_KNOWN, Circumstances
from simulations.report.page.content import content_of, told_of
from simulations.report.page.subject import Subject

FILES: Final = Path(__file__).resolve().parent / "files"
#: What draws the pictures; ORIGIN beside it says what it is and where it comes from.
ECHARTS: Final = FILES / "echarts" / "echarts.common.min.js"
#: What hands it the data.
SCRIPT: Final = FILES / "report.js"
#: Says where what is behind a figure is shown.
Behind: TypeAlias = Callable[..., str]


def page_of(found: Comparison, circumstances: Circumstances = NOTHING_KNOWN, language: str = "en") -> str:
    """Return the report as a page in `language` ("en" or "zh"); ValueError if its candidate is no policy."""
    candidate = found.question.candidate.text
    if candidate is None:
        raise ValueError("A page is of a candidate that is a policy.")
    return _template("report.html").render(**_parts(), **content_of(found, circumstances, candidate, language))


def write_page(
    file: Path, found: Comparison, circumstances: Circumstances = NOTHING_KNOWN, language: str = "en"
) -> None:
    """Write the page; ValueError if the candidate is no policy."""
    file.write_text(page_of(found, circumstances, language), "utf-8", newline="\n")


@dataclass(frozen=True, slots=True)
class Pieces:
    """The parts of a page that another one shows within itself, and the data of their pictures."""

    summary: Markup
    sections: Markup
    data: Mapping[str, Any]


def pieces_of(subject: Subject, candidate: Policy, language: str, behind: Behind) -> Pieces:
    """Return summary and sections for a page that has its own head, style and customers.

    `behind` gives the address of what is behind a figure, empty of nothing: it is asked for each with the figure's
    kind and what tells it from others of the kind. Style and script are those of `style_within` and `SCRIPT`.
    """
    told = told_of(subject, candidate, language)
    content = {**told, "behind": behind, "customers": (), "first_months": (), "reason_titles": {}}
    summary, sections = (_template(name).render(content) for name in ("summary.html", "sections.html"))
    # The template engine has escaped what is not ours.
    return Pieces(Markup(summary), Markup(sections), told["data"])  # noqa: S704


def style_within(selector: str) -> str:
    """Return the page's style for elements within those of that selector, as nested rules."""
    own = _text(FILES / "report.css").replace(":root", "&", 1)
    return f"{selector} {{\n{own}}}\n"


@lru_cache(maxsize=4)
def _template(name: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(FILES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(name)


@lru_cache(maxsize=1)
def _parts() -> dict[str, Markup]:
    style, script, echarts = (_text(file) for file in (FILES / "report.css", SCRIPT, ECHARTS))
    policy = (
        f"default-src 'none'; script-src {_hashed(echarts)} {_hashed(script)}; style-src {_hashed(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    return {
        # They are ours, and the browser runs them as they stand: no character of them may be escaped.
        "style": Markup(style),  # noqa: S704
        "script": Markup(script),  # noqa: S704
        "echarts": Markup(echarts),  # noqa: S704
        "content_security_policy": Markup(policy),  # noqa: S704
    }


def _text(file: Path) -> str:
    # A browser reads every line end as one character, and hashes what it read.
    return file.read_text("utf-8").replace("\r\n", "\n")


def _hashed(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode('utf-8')).digest()).decode('ascii')}'"
