"""Fills a server, and takes a small picture of each page in each look. Called by bin/screenshots."""

import io
import json
import os
import re
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).parent.parent / "Tests/BrowserTests/Python"))
from browser import browser  # noqa: E402
from crawl import Crawl  # noqa: E402
from stage import Stage  # noqa: E402
from story import tell  # noqa: E402

LOOKS = {
    "light": {"viewport": {"width": 1280, "height": 900}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 360, "height": 720}, "has_touch": True},
}

# What a page is called where its address does not say it.
NAMES = {
    "/": "home",
    "/incidents/{guid}": "incident",
    "/incidents/{guid}/merge": "merge",
    "/incidents/{guid}/report": "report",
    "/incidents/new": "new-incident",
    "/alerts/{guid}": "alert",
    "/silences/{guid}": "silence",
    "/silences/new": "new-silence",
    "/communications?ref": "message",
    "/communications": "messages",
    "/incident-metrics": "metrics",
    "/notify-rules/new": "new-notify-rule",
    "/people/{guid}": "person",
    "/system/audit": "audit",
}


def pictures(stage, folder):
    with browser(stage) as seen:
        page = seen.page("/system")
        page.get_by_role("button", name="Load demo data").click()
        incidents = tell(stage)
        found = addresses(Crawl(page), incidents)
        for look, options in LOOKS.items():
            page = seen.window(**options).new_page()
            for name, address in found.items():
                take(page, address, folder / f"{name}-{look}.png")
            page.context.close()
            page = seen.window(None, **options).new_page()
            take(page, "/login", folder / f"login-{look}.png")
            with fresh(stage.program) as link:
                take(page, link, folder / f"setup-{look}.png")
        seen.faults.clear()


@contextmanager
def fresh(program):
    """A server that nobody has set up yet; its set-up link."""
    with tempfile.TemporaryDirectory() as place:
        environment = os.environ | {"TOCSIN_DATABASE": f"{place}/tocsin.db"}
        command = [program, "serve", "--listen", "127.0.0.1:0"]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
            try:
                yield next(found[1] for line in server.stdout if (found := re.search(r"set up +(http\S+)", line)))
            finally:
                server.terminate()


def addresses(crawl, incidents):
    """Each page once, those of incidents with one that has a story."""
    found = {}
    for shape, (address, *_) in crawl.addresses.items():
        if "?" in shape and shape not in NAMES or shape.startswith(("/api", "/login", "/setup")):
            continue
        name = NAMES.get(shape) or re.sub(r"[^a-z]+", "-", re.sub(r"\{\w+\}", "", shape)).strip("-")
        found[name] = re.sub(r"/incidents/[0-9a-f-]{36}", f"/incidents/{incidents[0]}", address)
    return found


def take(page, address, path):
    page.goto(address)
    # The connection's state is part of the picture, but not the moment before.
    page.wait_for_function("() => !document.querySelector('[data-live-state][data-state=wait]')")
    page.evaluate("document.activeElement?.blur()")
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    # 64 colours are enough for pages, and a third of the bytes.
    picture.quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)


folder = Path(sys.argv[2])
folder.mkdir(parents=True, exist_ok=True)
for old in folder.glob("*.png"):
    old.unlink()
pictures(Stage(json.loads(sys.argv[1])), folder)
