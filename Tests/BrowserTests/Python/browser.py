"""A real browser that tolerates nothing: an error in the console, a request to anywhere else, a dialog, a page that could
run what the policy forbids, all make the scenario fail."""

import re
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

from stage import NAME, PASSWORD, expect

PROGRAM = "/usr/bin/chromium"

# Reported by the browser itself, whatever the console shows.
WATCH_POLICY = """
document.addEventListener('securitypolicyviolation', (event) => {
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
"""

WIDE = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}


class Browser:
    def __init__(self, stage, chromium):
        self.stage, self.chromium = stage, chromium
        self.faults = []
        # Console lines that a scenario expects, such as those of a server that it had killed.
        self.expected = []

    def window(self, name=NAME, **options):
        """A window of its own: cookies, storage, size. Somebody is signed in unless `name` is None."""
        context = self.chromium.new_context(base_url=self.stage.address, **(WIDE | options))
        context.set_default_timeout(15_000)
        if options.get("java_script_enabled", True):
            context.add_init_script(WATCH_POLICY)
        context.on("request", self._request)
        context.on("page", self._page)
        if name:
            self.sign_in(context, name)
        return context

    def page(self, path="/", name=NAME, **options):
        page = self.window(name, **options).new_page()
        page.goto(path)
        return page

    def sign_in(self, context, name, password=PASSWORD, **more):
        """By the API: what is signed in with by hand is a scenario of its own."""
        answer = context.request.post("/api/v1/session", data={"name": name, "password": password}, **more)
        expect(answer.status == 201, "signing in answered", answer.status, answer.text())

    def check(self):
        """Fails if anything was seen since the last time that must not be."""
        faults = [fault for fault in self.faults if not any(re.search(one, fault) for one in self.expected)]
        self.faults.clear()
        expect(not faults, f"{len(faults)} faults in the browser:\n", "\n".join(faults[:20]))

    def _request(self, request):
        address = urlsplit(request.url)
        if address.scheme in ("data", "blob"):
            self.faults.append(f"request to {request.url[:200]}")
        elif f"{address.scheme}://{address.netloc}" != self.stage.address:
            self.faults.append(f"request to elsewhere: {request.url[:200]}")

    def _page(self, page):
        def say(kind, text):
            self.faults.append(f"{kind} on {page.url}: {text[:300]}")

        def dialog(dialog):
            say("dialog", dialog.message)
            dialog.dismiss()

        page.on("console", lambda line: line.type in ("error", "warning") and say(line.type, line.text))
        page.on("pageerror", lambda error: say("error", str(error)))
        page.on("dialog", dialog)
        page.on("crash", lambda: say("crash", ""))


@contextmanager
def browser(stage):
    """Chromium for one scenario, and the check that nothing was wrong in it."""
    with sync_playwright() as playwright:
        # Its sandbox wants rights that containers do not give; it sees pages of this machine only.
        chromium = playwright.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox"])
        try:
            seen = Browser(stage, chromium)
            yield seen
            seen.check()
        finally:
            chromium.close()
