"""The bones of a page: which elements with which attributes, and where its addresses lead. Text in it must not change them."""

# Rows are compared one by one, since their number is not the point; Markdown is judged by what it may contain.
BONES = """(root) => {
  const scheme = (value) => {
    const plain = value.replace(/[\\u0000-\\u0020]/g, '');
    const found = /^([a-z][a-z0-9+.-]*):/i.exec(plain);
    return found ? found[1].toLowerCase() : /^(\\/\\/|\\\\\\\\|\\/\\\\)/.test(plain) ? 'elsewhere' : 'here';
  };
  const leads = ['href', 'src', 'action', 'formaction', 'srcset', 'data', 'poster', 'background', 'xlink:href'];
  const bone = (one) => one.localName + [...one.attributes].map((a) => {
    const name = a.name.toLowerCase();
    return leads.includes(name) ? `${name}=${scheme(a.value)}` : name;
  }).sort().map((name) => ` ${name}`).join('');
  const rows = 'tr, li, option, dt, dd, dl > div';
  const prose = [];
  for (const one of root.querySelectorAll('.prose')) {
    for (const inner of one.querySelectorAll('*')) prose.push(bone(inner));
    one.replaceChildren();
  }
  // On to older and back to newer ones: which of them there are depends on how many rows there are.
  for (const one of root.querySelectorAll('.pages')) {
    for (const inner of one.querySelectorAll('*')) if (!/^a( class)? href=here( rel)?$/.test(bone(inner))) prose.push(bone(inner));
    one.remove();
  }
  const own = (top) => {
    const bones = [bone(top)];
    const walk = (one) => { for (const child of one.children) {
      if (child.matches(rows)) continue;
      bones.push(bone(child));
      walk(child);
    } };
    walk(top);
    return bones.sort().join('\\n');
  };
  return {
    page: own(root.documentElement),
    rows: [...new Set([...root.querySelectorAll(rows)].map(own))],
    prose: [...new Set(prose)],
  };
}"""

# Without scripts and without loading anything: a page's text, parsed as the browser would.
OF_ADDRESSES = f"""async (addresses) => {{
  const bones = {BONES};
  const found = [];
  const look = async (address) => {{
    const answer = await fetch(address, {{ headers: {{ accept: 'text/html' }} }});
    const text = await answer.text();
    const isPage = (answer.headers.get('content-type') ?? '').startsWith('text/html');
    return {{ address, status: answer.status, bones: isPage ? bones(new DOMParser().parseFromString(text, 'text/html')) : null }};
  }};
  // A few at a time: the server has more to do than the browser.
  for (let i = 0; i < addresses.length; i += 4) found.push(...await Promise.all(addresses.slice(i, i + 4).map(look)));
  return found;
}}"""

# What CommonMark makes of what people type, and where its links may lead.
PROSE = {
    "p", "em", "strong", "code", "code class", "pre", "ul", "ol", "ol start", "li", "blockquote", "br", "hr",
    "h1", "h2", "h3", "h4", "h5", "h6",
}  # fmt: skip


def strange_prose(bones):
    """Elements and attributes that Markdown must not make."""
    return [bone for bone in bones["prose"] if bone not in PROSE and not _is_link(bone)]


def _is_link(bone):
    parts = bone.split(" ")
    # An address that may not be is left out: `href=""` leads here.
    schemes = {"href=http", "href=https", "href=mailto", "href=here"}
    return parts[0] == "a" and set(parts[1:]) & schemes and set(parts[1:]) - schemes <= {"rel", "title"}


def differences(bones, models, anything=None):
    """What a page has that none of the harmless ones has, as lines. With `anything`, a set of bones, the page around its rows
    may have any number of those: what stands there depends on how many rows there are."""
    found = [f"in Markdown: <{bone}>" for bone in strange_prose(bones)]
    if anything:
        found += [f"on the page: +<{bone}>" for bone in set(bones["page"].split("\n")) - anything]
    elif all(bones["page"] != model["page"] for model in models):
        nearest = min((_unlike(bones["page"], model["page"]) for model in models), key=len)
        found += [f"on the page: {line}" for line in nearest]
    known = {row for model in models for row in model["rows"]}
    for row in bones["rows"]:
        if row not in known:
            nearest = min((_unlike(row, one) for one in known), key=len, default=[row])
            found += [f"in a row: {line}" for line in nearest]
    return found


def _unlike(one, other):
    one, other = one.split("\n"), other.split("\n")
    more, less = list(one), list(other)
    for bone in other:
        if bone in more:
            more.remove(bone)
    for bone in one:
        if bone in less:
            less.remove(bone)
    return [f"+<{bone}>" for bone in more] + [f"-<{bone}>" for bone in less]
