"""What must hold for every page: what axe checks, that nothing is wide, that everything can be hit and is not too much."""

from axe_playwright_python.sync_playwright import Axe

from stage import expect

# WCAG 2.2 AA, and what axe calls best practice: headings in order, landmarks, no duplicate ids.
RULES = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
LARGEST = 100 * 1024
SMALLEST_TARGET = 24

# 2.5.8 lets links in sentences, and targets with enough space around them, be smaller.
SMALL_TARGETS = """(least) => {
  const targets = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [role=option]')]
    .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && one.getClientRects().length);
  const box = (one) => {
    const label = one.matches('input[type=checkbox], input[type=radio]') && one.labels?.[0];
    const boxes = [one.getBoundingClientRect(), ...(label ? [label.getBoundingClientRect()] : [])];
    const left = Math.min(...boxes.map((b) => b.left)), right = Math.max(...boxes.map((b) => b.right));
    const top = Math.min(...boxes.map((b) => b.top)), bottom = Math.max(...boxes.map((b) => b.bottom));
    return { left, top, right, bottom, width: right - left, height: bottom - top };
  };
  const isInText = (one) => one.matches('a') && getComputedStyle(one).display === 'inline'
    && one.parentElement.textContent.trim() !== one.textContent.trim();
  const isHidden = (one) => { const b = one.getBoundingClientRect(); return b.width <= 1 || b.height <= 1 || b.right < 0; };
  const isAlone = (one) => {
    const own = box(one), x = (own.left + own.right) / 2, y = (own.top + own.bottom) / 2;
    return targets.every((other) => {
      if (other === one || other.contains(one) || one.contains(other)) return true;
      const b = box(other);
      const dx = Math.max(b.left - x, 0, x - b.right), dy = Math.max(b.top - y, 0, y - b.bottom);
      return Math.hypot(dx, dy) >= least / 2;
    });
  };
  return targets.filter((one) => {
    const b = box(one);
    return !isHidden(one) && (b.width < least || b.height < least) && !isInText(one) && !isAlone(one);
  }).map((one) => `${one.outerHTML.slice(0, 120)} is ${Math.round(box(one).width)} x ${Math.round(box(one).height)}`);
}"""

WIDE_ELEMENTS = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width && document.body.scrollWidth <= width) return null;
  const wide = [...document.body.querySelectorAll('*')].filter((one) => one.getBoundingClientRect().right > width + 1);
  return `${document.documentElement.scrollWidth} wide in ${width}: ` + wide.slice(-3).map((one) => one.outerHTML.slice(0, 160)).join(' | ');
}"""


def axe(page):
    """What axe finds wrong, as lines."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [
        f"{one['id']}: {one['help']}: " + " | ".join(node["html"][:160] for node in one["nodes"][:3]) for one in found
    ]


def wide(page):
    """What makes the page scroll sideways; nothing where it does not."""
    found = page.evaluate(WIDE_ELEMENTS)
    return [found] if found else []


def small_targets(page):
    return page.evaluate(SMALL_TARGETS, SMALLEST_TARGET)


def heavy(page, path):
    """Whether the page is more than anybody wants to load at 3 a.m."""
    answer = page.context.request.get(path)
    size = len(answer.body())
    return [f"{size} bytes"] if size > LARGEST else []


def unseen_focus(page, steps=60):
    """Elements that Tab reaches without anything to be seen of it (2.4.7), or under the bar at the top (2.4.11)."""
    page.evaluate("document.activeElement?.blur(); scrollTo(0, 0)")
    found, seen = [], set()
    for _ in range(steps):
        page.keyboard.press("Tab")
        state = page.evaluate(FOCUS)
        if not state or state["key"] in seen:
            break
        seen.add(state["key"])
        if state["fault"]:
            found.append(f"{state['fault']}: {state['key']}")
    return found


FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  one.dataset.walked ??= String(document.querySelectorAll('[data-walked]').length + 1);
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  const hasRing = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1) || style.boxShadow !== 'none';
  const isIn = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight;
  let fault = '';
  if (!hasRing) fault = 'no ring';
  else if (!isIn) fault = 'out of sight';
  else {
    const points = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.8]].map(([x, y]) => [box.left + box.width * x, box.top + box.height * y]);
    const isCovered = points.every(([x, y]) => {
      const top = document.elementFromPoint(x, y);
      return top && !one.contains(top) && !top.contains(one);
    });
    if (isCovered) fault = 'covered';
  }
  return { key: one.dataset.walked + ' ' + one.outerHTML.slice(0, 140), fault };
}"""


def report(faults):
    """Fails with everything that was found, so that one run tells it all."""
    lines = [f"{place}: {fault}" for place, found in faults.items() for fault in found]
    expect(not lines, f"{len(lines)} faults:\n" + "\n".join(lines[:60]))
