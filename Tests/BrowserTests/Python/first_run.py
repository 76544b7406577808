"""The first minutes: from the link that the server printed to an incident, a channel, a source, and a colleague."""

import re
import subprocess
import time

from playwright.sync_api import expect as expect_page

from browser import browser
from hands import Mouse
from stage import PASSWORD, eventually, expect, play

CLICKS, SECONDS = 12, 60


class Counting(Mouse):
    """Counts clicks, those into a field too."""

    clicks = 0

    def act(self, target):
        self.clicks += 1
        super().act(target)

    def into(self, field):
        self.clicks += 1
        super().into(field)

    def choose(self, field, value):
        self.clicks += 1
        super().choose(field, value)


def run(stage):
    with browser(stage) as seen:
        # A test message that was refused, and a link that was used up.
        seen.expected = ["status of 422", "status of 409"]
        page = seen.window(None).new_page()
        hands = Counting(page)
        begin = time.monotonic()
        set_up(stage, hands)
        first_incident(hands)
        took = time.monotonic() - begin
        expect(hands.clicks <= CLICKS and took <= SECONDS, "the first incident took", hands.clicks, "clicks and", took, "s")
        channel(stage, page)
        source(page)
        colleague(seen, page)
        used_up(stage, seen)
    print(f"first incident after {hands.clicks} clicks and {took:.1f} s")


def set_up(stage, hands):
    page = hands.page
    page.goto(stage.link)
    hands.write(page.get_by_label("Name"), "root")
    hands.write(page.get_by_label("Password", exact=True), PASSWORD)
    hands.write(page.get_by_label("Password again"), PASSWORD)
    hands.act(page.get_by_role("button", name="Create the user"))
    steps = page.get_by_role("region", name="First steps").get_by_role("listitem")
    expect_page(steps).to_have_count(4)
    expect_page(steps.filter(has_text="to do")).to_have_count(4)


def first_incident(hands):
    page = hands.page
    hands.act(page.get_by_role("link", name="Create an incident"))
    hands.write(page.get_by_label("Title"), "The first one")
    hands.write(page.get_by_label("Package"), "WEB")
    hands.act(page.get_by_role("button", name="Open the incident"))
    expect_page(page.get_by_role("heading", name="The first one", level=1)).to_be_visible()


def step(page, name):
    """Goes on from the list of first steps."""
    page.goto("/")
    page.get_by_role("region", name="First steps").get_by_role("link", name=name).click()


def is_done(page, name):
    page.goto("/")
    line = page.get_by_role("region", name="First steps").get_by_role("listitem").filter(has_text=name)
    expect_page(line).to_contain_text("done")


def channel(stage, page):
    """What the page shows is what the receiver said, good or bad."""
    is_done(page, "Create an incident")
    step(page, "Set up a channel and send a test")
    mail = page.get_by_role("region", name=re.compile("EMAIL"))
    mail.get_by_label("Target").fill("ops@example.com")
    mail.get_by_role("button", name="Send test").click()
    mail = page.get_by_role("region", name=re.compile("EMAIL"))
    expect_page(mail.get_by_text("accepted", exact=True)).to_be_visible(timeout=40_000)
    taken = eventually("the test's mail", stage.mails)[0]
    expect(taken["to"] == ["ops@example.com"], "it went to", taken["to"])
    expect_page(mail.get_by_text(re.compile("Answer:"))).to_contain_text(taken["id"])
    hook = page.get_by_role("region", name=re.compile("WEBHOOK"))
    hook.get_by_role("button", name="Send test").click()
    hook = page.get_by_role("region", name=re.compile("WEBHOOK"))
    expect_page(hook.get_by_text("not accepted", exact=True)).to_be_visible(timeout=40_000)
    expect_page(hook.get_by_text(re.compile("Answer:"))).to_contain_text("410")


def source(page):
    """The snippet on the page does what it says, pasted as it stands."""
    step(page, "Connect a monitoring system")
    page.get_by_label("Name").fill("alertmanager")
    page.get_by_role("button", name="Make a token").click()
    curl = page.locator("pre").filter(has_text=re.compile(r"^\s*curl .*/in/json", re.S)).first
    snippet = curl.text_content()
    done = subprocess.run(["bash", "-c", snippet], capture_output=True, text=True, check=False)
    expect(done.returncode == 0 and '"received":1' in done.stdout, snippet, "said", done.stdout, done.stderr)
    is_done(page, "Connect a monitoring system")


def colleague(seen, page):
    step(page, "Invite somebody")
    page.get_by_role("main").get_by_label("Name").fill("ada")
    page.get_by_label("Role").select_option("responder")
    page.get_by_role("button", name=re.compile("Invite|Create the user")).click()
    password = page.get_by_role("region", name="Password of ada").locator("pre, code").first.text_content().strip()
    other = seen.window(None).new_page()
    other.goto("/login")
    other.get_by_label("Name").fill("ada")
    other.get_by_label("Password").fill(password)
    other.get_by_role("button", name="Sign in").click()
    expect_page(other.get_by_role("link", name="The first one")).to_be_visible()


def used_up(stage, seen):
    """The link works once."""
    page = seen.window(None).new_page()
    page.goto(stage.link)
    expect_page(page.get_by_role("button", name="Create the user")).to_have_count(0)


play(run)
