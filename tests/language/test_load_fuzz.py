"""Mutated policy files either load or are refused with coded errors; a text that loads is never misread."""

import random
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from policy_service.domain.errors import PolicyTextError
from policy_service.language.definitions.dictionary_files import Dictionary, load_dictionary
from policy_service.language.load import load_policy
from policy_service.language.policy import Policy
from policy_service.language.printing.canonical import policy_hash
from policy_service.language.printing.diff import diff
from policy_service.language.printing.printer import print_policy

POLICIES = Path(__file__).parent / "policies"
SIGNS = '{}[](),:"-#&*!|><=0159.@ \n\tAzé经'

Mutation = Callable[[str, random.Random], str]


def without_a_character(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text))
    return text[:at] + text[at + 1 :]


def with_another_character(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text))
    return text[:at] + chance.choice(SIGNS) + text[at + chance.randrange(2) :]


def cut_off(text: str, chance: random.Random) -> str:
    return text[: chance.randrange(len(text))]


def without_a_line(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    del lines[chance.randrange(len(lines))]
    return "".join(lines)


def with_a_line_twice(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    at = chance.randrange(len(lines))
    return "".join([*lines[: at + 1], lines[at], *lines[at + 1 :]])


def with_words_swapped(text: str, chance: random.Random) -> str:
    words = text.split(" ")
    first, second = chance.randrange(len(words)), chance.randrange(len(words))
    words[first], words[second] = words[second], words[first]
    return " ".join(words)


def with_a_word_twice(text: str, chance: random.Random) -> str:
    words = text.split(" ")
    words[chance.randrange(len(words))] = chance.choice(words)
    return " ".join(words)


MUTATIONS: tuple[Mutation, ...] = (
    without_a_character,
    with_another_character,
    cut_off,
    without_a_line,
    with_a_line_twice,
    with_words_swapped,
    with_a_word_twice,
)


@pytest.mark.parametrize("rounds", [80, pytest.param(5_000, marks=pytest.mark.long)])
@pytest.mark.parametrize("name", ["manufacturer", "distributor_cn"])
def test_a_mutated_policy_loads_as_what_it_prints_or_is_refused(name: str, rounds: int, tmp_path: Path) -> None:
    """No other exception ever; two texts with one hash are equal policies that print the same."""
    dictionary = load_dictionary(POLICIES)
    original = load_policy(POLICIES / name, dictionary)
    texts = {path.name: path.read_text() for path in sorted((POLICIES / name).iterdir())}
    chance = random.Random(name)
    folder = tmp_path / name
    folder.mkdir()
    loaded = 0
    for _ in range(rounds):
        file = chance.choice(list(texts))
        mutated = chance.choice(MUTATIONS)(texts[file], chance)
        written = texts | {file: mutated}
        policy = read_or_refuse(written, folder, dictionary)
        if isinstance(policy, PolicyTextError):
            assert (policy.code[0], bool(policy.remedy), bool(policy.place.file)) == ("L", True, True), mutated
            continue
        loaded += 1
        assert (policy == original) == (policy_hash(policy) == policy_hash(original)), mutated
        assert (policy == original) == (diff(original, policy) == ()), mutated
        assert (policy == original) == (print_policy(policy) == print_policy(original)), mutated
        assert read(print_policy(policy), folder, dictionary) == policy, mutated
    assert loaded > rounds / 20


def read_or_refuse(texts: Mapping[str, str], folder: Path, dictionary: Dictionary) -> Policy | PolicyTextError:
    try:
        return read(texts, folder, dictionary)
    except PolicyTextError as error:
        return error


def read(texts: Mapping[str, str], folder: Path, dictionary: Dictionary) -> Policy:
    for path in folder.iterdir():
        path.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text)
    return load_policy(folder, dictionary)
