"""The seeds' whole workflow, from the incident to the mailed report, by one kind of hands."""

import re
import sys

from playwright.sync_api import expect as expect_page

from browser import browser
from hands import HANDS
from stage import eventually, expect, play
from story import RULES

TITLE = "API Latency Degraded"
NOTES = [
    ("INVESTIGATION", "Slow query on orders table detected"),
    ("ROOT_CAUSE", "Missing index on orders.created_at"),
    ("RESOLUTION", "Added index, latency normalized"),
]
CLOSURE = {"resolution_summary": "Database index added", "root_cause": "Missing query optimization"}


def run(stage, way):
    for code, name, channels in RULES:
        stage.api("PUT", f"/api/v1/notify-rules/{code}", {"notify_name": name, "notify_channels": channels})
    others = [stage.incident("API slow for two customers"), stage.incident("API down in the second region")]
    with browser(stage) as seen:
        hands = HANDS[way](seen.page("/", **HANDS[way].options))
        acknowledge(stage, hands, *others)
        guid = create(hands)
        notify(hands, "INCIDENT_HIGH_PRIORITY", 2)
        move(hands, "Acknowledge", "INVESTIGATING")
        for kind, text in NOTES:
            note(hands, kind, text)
        move(hands, "Now monitoring", "MONITORING")
        close(hands)
        notify(hands, "INCIDENT_RESOLVED", 1)
        report(hands)
        mail(hands)
        look_up(stage, hands, guid)
        merge(hands, *others)
    check(stage, guid, *others)


def acknowledge(stage, hands, guid, _):
    """Somebody was woken: from the home page to having it, in two steps."""
    page = hands.page
    hands.act(page.get_by_role("main").get_by_role("link", name="API slow for two customers"))
    button = page.get_by_role("button", name="Acknowledge")
    expect_page(button).to_be_in_viewport()
    hands.act(button)
    at_status(page, "INVESTIGATING")
    expect(getattr(hands, "taps", 2) <= 2, "it took", getattr(hands, "taps", 0), "taps")
    expect(stage.get(f"/incidents/{guid}")["acknowledged_by"] == "root", "nobody has acknowledged it")
    page.goto("/")


def create(hands):
    page = hands.page
    hands.key("c", page.get_by_role("link", name="New incident"))
    hands.write(page.get_by_label("Title"), TITLE)
    hands.choose(page.get_by_role("main").get_by_label("Severity"), "HIGH")
    hands.write(page.get_by_label("Package"), "WEBAPI")
    hands.write(page.get_by_label("Description"), "95th percentile >5 seconds")
    hands.write(page.get_by_label("Assigned to"), "backend-team")
    hands.act(page.get_by_role("button", name="Open the incident"))
    expect_page(page.get_by_role("heading", name=TITLE, level=1)).to_be_visible()
    at_status(page, "CREATED")
    return re.search(r"/incidents/([0-9a-f-]{36})", page.url)[1]


def at_status(page, status):
    """The current step of the way, which says it in words."""
    expect_page(page.get_by_role("listitem").and_(page.locator("[aria-current=step]"))).to_contain_text(status)


def notify(hands, code, count):
    page = hands.page
    field = page.get_by_label("Notify code")
    hands.open(page.locator("summary").filter(has_text="Tell people"), field)
    hands.choose(field, code)
    hands.act(page.get_by_role("button", name="Send", exact=True))
    said = f"{count} message was sent." if count == 1 else f"{count} messages were sent."
    expect_page(page.get_by_role("status").filter(has_text=said)).to_be_visible(timeout=40_000)


def move(hands, words, status):
    hands.key_then_enter("s", hands.page.get_by_role("button", name=words))
    at_status(hands.page, status)


def note(hands, kind, text):
    page = hands.page
    field = page.get_by_role("textbox", name="Note", exact=True)
    hands.key("n", field)
    hands.write(field, text)
    hands.choose(page.get_by_label("Type of the note"), kind)
    hands.act(page.get_by_role("button", name="Add note"))
    expect_page(page.get_by_role("region", name="Timeline").get_by_role("listitem").filter(has_text=text)).to_be_visible()
    expect_page(page.get_by_role("textbox", name="Note", exact=True)).to_have_value("")


def close(hands):
    page = hands.page
    cause = page.get_by_label("Root cause and contributing factors")
    hands.open(page.get_by_role("main").get_by_role("link", name="Close"), cause)
    hands.write(page.get_by_label("Resolution"), CLOSURE["resolution_summary"])
    hands.write(cause, CLOSURE["root_cause"])
    hands.act(page.get_by_role("button", name="Close", exact=True))
    at_status(page, "CLOSED")


def report(hands):
    page = hands.page
    hands.act(page.get_by_role("main").get_by_role("link", name="Report", exact=True))
    article = page.get_by_role("article")
    for words in (TITLE, "WEBAPI", CLOSURE["root_cause"], *(text for _, text in NOTES), "REF-"):
        expect_page(page.get_by_role("main")).to_contain_text(words)
    expect_page(article).to_be_visible()
    with page.expect_download() as download:
        hands.act(page.get_by_role("link", name="HTML", exact=True))
    with open(download.value.path(), encoding="utf-8") as file:
        text = file.read()
    expect(text.startswith("<!DOCTYPE html>") and TITLE in text and "<script" not in text, "no report:", text[:200])


def mail(hands):
    page = hands.page
    field = page.get_by_role("textbox", name="To")
    hands.open(page.locator("summary").filter(has_text="Mail it"), field)
    hands.write(field, "manager@example.com")
    hands.act(page.get_by_role("button", name="Mail the report"))
    expect_page(page.get_by_role("status").filter(has_text="1 message was sent.")).to_be_visible(timeout=40_000)


def look_up(stage, hands, guid):
    """A user reports by chat, with the reference in the text."""
    page = hands.page
    ref = stage.all(f"/incidents/{guid}/communications", channel="EMAIL")[0]["short_ref"]
    page.goto("/")
    places = page.get_by_role("navigation", name="Pages")
    hands.key("g c", places.get_by_role("link", name="Messages"))
    hands.write(page.get_by_label("Reference"), f"It is slow again [Ref: {ref.lower()}] please help")
    hands.act(page.get_by_role("button", name="Find", exact=True))
    expect_page(page.get_by_role("heading", name=ref, level=1)).to_be_visible()
    main = page.get_by_role("main")
    for words in (TITLE, "HIGH", "CLOSED"):
        expect_page(main).to_contain_text(words)
    hands.act(main.get_by_role("link", name=TITLE))
    expect_page(page.get_by_role("heading", name=TITLE, level=1)).to_be_visible()


def merge(hands, source, target):
    page = hands.page
    page.goto("/incidents")
    hands.act(page.get_by_role("main").get_by_role("link", name="API slow for two customers"))
    hands.act(page.get_by_role("link", name="Merge into another incident"))
    hands.act(page.get_by_role("main").get_by_role("link", name="API down in the second region"))
    expect_page(page.get_by_role("heading", name="What will move")).to_be_visible()
    hands.act(page.get_by_role("button", name="Merge", exact=True))
    expect_page(page.get_by_role("heading", name="API down in the second region", level=1)).to_be_visible()
    expect(target in page.url, "after the merge the page is", page.url)
    # The old address leads on.
    page.goto(f"/incidents/{source}")
    expect_page(page.get_by_role("main").get_by_role("link", name="API down in the second region")).to_be_visible()


def check(stage, guid, source, target):
    """What the server says of it, whatever the page said."""
    incident = stage.get(f"/incidents/{guid}")
    wanted = {"status": "CLOSED", "severity": "HIGH", "package": "WEBAPI", "assigned_to": "backend-team", **CLOSURE}
    for name, value in wanted.items():
        expect(incident[name] == value, name, "is", incident[name])
    kept = [(note["note_type"], note["content"], note["created_by"]) for note in stage.all(f"/incidents/{guid}/notes")]
    expect(kept == [(kind, text, "root") for kind, text in NOTES], "notes:", kept)
    steps = [event for event in stage.events(guid) if not event.startswith("NOTIFICATION_")]
    expect(
        steps
        == ["INCIDENT_CREATED", "STATUS_CHANGE", *["NOTE_ADDED"] * 3, "STATUS_CHANGE", "INCIDENT_CLOSED", "REPORT_EMAILED"],
        "timeline:", stage.events(guid),
    )  # fmt: skip
    expect(stage.events(guid).count("NOTIFICATION_SENT") >= 3, "timeline:", stage.events(guid))
    stage.tocsin("verify-timeline")
    mails = eventually("three mails", lambda: len(stage.mails()) >= 3 and stage.mails())
    to = [mail["to"] for mail in mails]
    expect(to == [["backend-team@example.com"]] * 2 + [["manager@example.com"]], "mails went to", to)
    for mail in mails[:2]:
        expect(TITLE in mail["subject"] and "[Ref: REF-" in mail["parts"]["text/plain"], "a mail says", mail)
    expect(CLOSURE["root_cause"] in mails[2]["parts"]["text/html"], "the mailed report says", mails[2])
    expect(stage.get(f"/incidents/{source}")["merged_into_guid"] == target, "they were not merged")
    expect("INCIDENT_MERGED" in stage.events(target), "timeline:", stage.events(target))


play(run, *sys.argv[2:])
