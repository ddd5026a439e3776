"""Somebody who has a keyboard and no mouse: goes from stop to stop of a page, and sees each time where that is."""

from dataclasses import dataclass, field
from typing import Final

from playwright.sync_api import Locator, Page, expect

#: A page with more stops on the way to something is none that anybody works with.
_MOST_STOPS: Final = 150
#: Whether the stop that has the focus is the wanted one, and what is wrong with it: nobody sees that it has it, or
#: where it is. Nothing is of the page's body, from which a browser goes on to its own bars.
_STOP: Final = """wanted => {
  const at = document.activeElement, isThere = at === wanted;
  if (at === document.body) return [isThere, ''];
  // What moves is looked at where it comes to rest.
  for (const moving of at.getAnimations()) if (moving instanceof CSSTransition) moving.finish();
  const style = getComputedStyle(at), box = at.getBoundingClientRect();
  const named = at.outerHTML.slice(0, 160);
  const isMarked = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  const isInView = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight
    && box.right > 0 && box.left < innerWidth;
  return [isThere, !isInView ? `out of sight: ${named}` : isMarked ? '' : `no mark of the focus: ${named}`];
}"""
_HAS_FOCUS: Final = "one => one === document.activeElement"


@dataclass
class Keyboard:
    """The keys of a page; `wrong` are the stops at which one could not see where one was."""

    page: Page
    wrong: dict[str, str] = field(default_factory=dict)

    def to(self, target: Locator, key: str = "Tab") -> None:
        """Press a key until the target has the focus."""
        expect(target).to_be_visible()
        is_there = target.evaluate(_HAS_FOCUS)
        for _ in range(_MOST_STOPS):
            if is_there:
                return
            self.press(key)
            is_there, said = target.evaluate(_STOP)
            if said:
                self.wrong.setdefault(said, self.page.url)
        raise AssertionError(f"No way by {key} to {target} on {self.page.url}")

    def follow(self, target: Locator) -> None:
        """Go to a link or a button, press it, and wait for the page that it leads to."""
        self.to(target)
        with self.page.expect_navigation():
            self.press("Enter")

    def fill(self, target: Locator, text: str) -> None:
        """Go to a field, and type into it over what is there."""
        self.to(target)
        self.press("Control+a")
        self.page.keyboard.type(text)

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.page.keyboard.press(key)
