"""Questions that wait for the one that is answered: of a draft the newest, of a person few, in order of arrival."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Condition, Event
from typing import Final

from simulations.warm.errors import busy, outdated, too_many
from simulations.warm.messages import Message

#: Questions of one person that may wait, and of all.
MOST_OF_PERSON: Final = 3
MOST_OF_ALL: Final = 32


@dataclass(slots=True, eq=False)
class Waiting:
    """A question of a person about a draft; `answer` is there once `is_done` is set."""

    person: str
    draft: str
    asked: Message
    is_outdated: bool = False
    is_done: Event = field(default_factory=Event)
    answer: Message = field(default_factory=dict)

    def go_on(self) -> None:
        """Do nothing while the answer is wanted; RequestError R563 once it is not."""
        if self.is_outdated:
            raise outdated()

    def tell(self, answer: Message) -> None:
        """Give the answer to whoever waits for it."""
        self.answer = answer
        self.is_done.set()


class WaitingRoom:
    """Where questions wait; threads put them in, and one takes them out."""

    def __init__(self, refused: Callable[[Waiting], None]) -> None:
        """Have `refused` tell whoever asked what nobody wants to know any more."""
        self._refused = refused
        self._waiting: list[Waiting] = []
        self._under_way: Waiting | None = None
        self._changed = Condition()

    def put(self, asked: Waiting) -> None:
        """Let a question wait; earlier ones about the same draft are outdated.

        RequestError R562 if the person has too many waiting, R565 if there are too many in all.
        """
        with self._changed:
            under_way = self._under_way
            for one in [*self._waiting, *([under_way] if under_way else [])]:
                # Whoever asks the same again, having waited long, is served by what is under way.
                is_repeated = one is under_way and one.asked == asked.asked
                if (one.person, one.draft) == (asked.person, asked.draft) and not is_repeated:
                    one.is_outdated = True
            gone = [one for one in self._waiting if one.is_outdated]
            self._waiting = [one for one in self._waiting if not one.is_outdated]
            of_person = sum(one.person == asked.person for one in self._waiting)
            is_full = of_person >= MOST_OF_PERSON or len(self._waiting) >= MOST_OF_ALL
            if not is_full:
                self._waiting.append(asked)
                self._changed.notify()
        for one in gone:
            self._refused(one)
        if is_full:
            raise too_many(of_person) if of_person >= MOST_OF_PERSON else busy()

    def take(self) -> Waiting:
        """Wait for a question, and return the one whose turn it is: a person who was just answered lets others pass."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting)
            last = self._under_way.person if self._under_way else ""
            others = [one for one in self._waiting if one.person != last]
            self._under_way = (others or self._waiting)[0]
            self._waiting.remove(self._under_way)
            return self._under_way
