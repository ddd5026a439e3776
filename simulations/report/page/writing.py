"""The page as one file: nothing in it comes from elsewhere, and a browser is told to let nothing in.

The Content-Security-Policy names the two scripts and the style by their hashes. The data of the pictures stand in a
script element that is no script, with every character escaped that could end it; all other texts are escaped by the
template engine.
"""

from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from simulations.comparison.comparison import Comparison
from simulations.report.contents import NOTHING_KNOWN, Circumstances
from simulations.report.page.content import content_of

FILES: Final = Path(__file__).resolve().parent / "files"
#: What draws the pictures; ORIGIN beside it says what it is and where it comes from.
ECHARTS: Final = FILES / "echarts" / "echarts.common.min.js"


def page_of(found: Comparison, circumstances: Circumstances = NOTHING_KNOWN, language: str = "en") -> str:
    """Return the report as a page in `language` ("en" or "zh"); ValueError if its candidate is no policy."""
    candidate = found.question.candidate.text
    if candidate is None:
        raise ValueError("A page is of a candidate that is a policy.")
    return _template().render(**_parts(), **content_of(found, circumstances, candidate, language))


def write_page(
    file: Path, found: Comparison, circumstances: Circumstances = NOTHING_KNOWN, language: str = "en"
) -> None:
    """Write the page; ValueError if the candidate is no policy."""
    file.write_text(page_of(found, circumstances, language), "utf-8", newline="\n")


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(FILES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("report.html")


@lru_cache(maxsize=1)
def _parts() -> dict[str, Markup]:
    style, script, echarts = (_text(file) for file in (FILES / "report.css", FILES / "report.js", ECHARTS))
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
