"""Four ways to use a page: each does the same by other means."""

from playwright.sync_api import expect as expect_page

from browser import PHONE, WIDE
from stage import expect


class Mouse:
    """Points, clicks, types."""

    options = WIDE

    def __init__(self, page):
        self.page = page

    def act(self, target):
        """Follows a link, presses a button, opens a panel."""
        target.click()

    def into(self, field):
        field.click()

    def write(self, field, text):
        """Replaces what stands in a field."""
        self.into(field)
        self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text)
        expect_page(field).to_have_value(text)

    def choose(self, field, value):
        field.select_option(value)

    def key(self, letter, target):
        """What a key is for; hands without keys use what it stands for."""
        self.act(target)

    def key_then_enter(self, letter, target):
        """A key for what changes something only goes there, so that a slip of the finger changes nothing."""
        self.act(target)

    def open(self, panel, inside):
        """Opens a folding panel, unless what is inside can be seen already."""
        if not inside.is_visible():
            self.act(panel)
        expect_page(inside).to_be_visible()


class NoScript(Mouse):
    """A browser that runs no script."""

    options = WIDE | {"java_script_enabled": False}


class Touch(Mouse):
    """A thumb on a small phone."""

    options = PHONE

    def __init__(self, page):
        super().__init__(page)
        self.taps = 0

    def act(self, target):
        self.taps += 1
        target.tap()

    def into(self, field):
        field.tap()


class Keyboard(Mouse):
    """No pointer at all: Tab, Enter, letters."""

    def act(self, target):
        self.reach(target)
        self.page.keyboard.press("Enter")

    def into(self, field):
        self.reach(field)

    def choose(self, field, value):
        self.reach(field)
        # A list that is closed takes the option that begins with what is typed.
        self.page.keyboard.type(value)
        expect_page(field).to_have_value(value)

    def key(self, letter, target):
        expect_page(target).to_be_visible()
        for part in letter.split(" "):
            self.page.keyboard.press(part)

    def key_then_enter(self, letter, target):
        self.key(letter, target)
        expect_page(target).to_be_focused()
        self.page.keyboard.press("Enter")

    def reach(self, target, most=150):
        """Presses Tab until the target has the focus."""
        expect_page(target).to_be_visible()
        for _ in range(most):
            if target.evaluate("(one) => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        expect(False, f"Tab does not lead to {target} within {most} presses")


HANDS = {"mouse": Mouse, "keyboard": Keyboard, "touch": Touch, "plain": NoScript}
