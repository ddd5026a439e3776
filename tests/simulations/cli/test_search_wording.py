"""What sweeps, searches and stress say is there in both languages, with the same values in its places."""

import re
from pathlib import Path
from string import Formatter

import pytest

import simulations.cli
from simulations.cli import search_wording
from simulations.cli.search_wording import said
from simulations.cli.text_curve import text_curve
from simulations.cli.wording import is_worded
from simulations.search.figures import UNITS
from simulations.search.seeking import Verdict

_SAID = re.compile(r'(?:said|_say)\("([a-z_]+)"')


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_everything_said_in_english_is_said_in_chinese_of_the_same_things() -> None:
    english, chinese = search_wording._ENGLISH, search_wording._CHINESE
    assert set(english) == set(chinese)
    assert {} == {name: text for name, text in english.items() if _places(text) != _places(chinese[name])}


def test_every_word_that_is_used_is_there_in_chinese() -> None:
    folder = Path(simulations.cli.__file__).parent
    used = {
        name
        for file in ("sweep_summary", "seek_summary", "stress_summary", "search_heading", "searching")
        for name in _SAID.findall((folder / f"{file}.py").read_text("utf-8"))
    }
    verdicts = {f"verdict_{verdict}" for verdict in Verdict}
    assert set() == {name for name in used | verdicts if name not in search_wording._CHINESE and not is_worded(name)}


@pytest.mark.parametrize("name", UNITS)
def test_every_figure_has_a_chinese_name(name: str) -> None:
    assert name != said(name, "zh")


@pytest.mark.parametrize(
    ("places", "figures", "width", "expected"),
    [
        ([0, 1, 2, 3], [0, 1, 2, 7], 10, "▁▂▃█"),
        ([0, 1, 2, 3], [5, 5, 5, 5], 10, "────"),
        ([0, 3], [0, 7], 10, "▁▁▁█"),
        ([0, 1, 2], [0, None, 7], 10, "▁ █"),
        ([0, 1], [None, None], 10, "  "),
        (list(range(100)), list(range(100)), 5, "▁▃▄▆█"),
        ([4], [9], 10, "─"),
    ],
)
def test_a_curve_is_as_high_as_its_figures(
    places: list[int], figures: list[float | None], width: int, expected: str
) -> None:
    """A step that was not run shows the figure of the one before it; where there is none there is a gap."""
    assert expected == text_curve(places, figures, width)
