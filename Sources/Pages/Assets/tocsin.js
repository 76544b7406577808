// What the pages do beyond plain HTML. Every page works without this; nothing here is the only way to do something.
'use strict';

const body = document.body;
const storage = (() => {
  try { return window.localStorage; } catch { return null; }
})();

const all = (selector, root = document) => [...root.querySelectorAll(selector)];

// --- Times: in the reader's own zone, with UTC on hover. Ages go on by themselves. -------------------------------------

const clock = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const precise = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' });

function age(seconds) {
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return `${s} s`;
  const m = Math.floor(s / 60);
  if (m < 60) return `${m} min`;
  const h = Math.floor(m / 60);
  if (h < 48) return `${h} h ${String(m % 60).padStart(2, '0')} min`;
  return `${Math.floor(h / 24)} d ${h % 24} h`;
}

// The server's clock decides how old something is, not this machine's.
const skew = (() => {
  const now = document.querySelector('meta[name=tocsin-now]');
  return now ? Date.parse(now.content) - Date.now() : 0;
})();

function showTime(element) {
  const moment = Date.parse(element.dateTime);
  if (Number.isNaN(moment)) return;
  if (element.hasAttribute('data-age')) {
    element.textContent = age((Date.now() + skew - moment) / 1000);
    element.title = `${precise.format(moment)} · ${element.dateTime}`;
  } else {
    element.textContent = clock.format(moment);
    element.title = element.dateTime.replace('T', ' ').replace('Z', ' UTC');
  }
}

setInterval(() => all('time[data-age]').forEach(showTime), 15000);

// --- Drafts: what somebody types is theirs until it is sent. -----------------------------------------------------------

function draftKey(form) {
  return form.dataset.draft ? `tocsin-draft:${body.dataset.user}:${form.dataset.draft}` : null;
}

function draftFields(form) {
  return all('textarea, input[type=text], input:not([type]), select', form).filter((field) => field.name);
}

function keepDraft(form) {
  const key = draftKey(form);
  if (!key || !storage) return;
  const values = {};
  for (const field of draftFields(form)) {
    if (field.value !== field.dataset.first) values[field.name] = field.value;
  }
  try {
    if (Object.keys(values).length) storage.setItem(key, JSON.stringify(values));
    else storage.removeItem(key);
  } catch { /* The storage is full: the text is still in the page. */ }
}

// Only a page that says what was done shows that a form was taken; after anything else its text is still wanted.
function settleDrafts() {
  if (!storage) return;
  const isTaken = document.querySelector('.said') !== null;
  for (const flag of Object.keys(storage).filter((key) => key.startsWith('tocsin-draft:') && key.endsWith(':sent'))) {
    if (isTaken) storage.removeItem(flag.slice(0, -':sent'.length));
    storage.removeItem(flag);
  }
}

function restoreDraft(form) {
  const key = draftKey(form);
  // What a page shows together with a problem is what was typed, and not yet taken.
  const isRefused = document.getElementById('problem') !== null;
  for (const field of draftFields(form)) field.dataset.first = isRefused ? '' : field.value;
  if (!key || !storage || isRefused) return;
  let values = {};
  try { values = JSON.parse(storage.getItem(key) ?? '{}') ?? {}; } catch { return; }
  for (const field of draftFields(form)) {
    const value = values[field.name];
    if (typeof value !== 'string') continue;
    field.value = value;
    const hint = form.querySelector('[data-draft-hint]');
    if (hint) hint.hidden = false;
    const fold = form.closest('details');
    if (fold && field.matches('textarea')) fold.open = true;
  }
}

document.addEventListener('input', (event) => {
  const form = event.target.form;
  if (!form) return;
  form.dataset.touched = '';
  keepDraft(form);
});

document.addEventListener('submit', (event) => {
  const key = draftKey(event.target);
  if (key && storage && event.submitter?.name !== 'preview') storage.setItem(`${key}:sent`, '1');
  // Twice by mistake is once: a second click finds the button at rest.
  const submitter = event.submitter;
  if (!submitter || event.target.method === 'dialog') return;
  setTimeout(() => { submitter.setAttribute('aria-disabled', 'true'); event.target.dataset.sent = ''; });
}, true);

document.addEventListener('submit', (event) => {
  if ('sent' in event.target.dataset && event.target.method === 'post') event.preventDefault();
}, true);

window.addEventListener('pageshow', (event) => {
  if (event.persisted) all('form[data-sent]').forEach((form) => delete form.dataset.sent);
});

// --- Live: what happens elsewhere appears here, and nothing that somebody reads or types moves. ------------------------

const written = new WeakMap(); // What the server wrote for an element, before times were put into the reader's zone.
const pending = new Map(); // New children of a list that wait behind its pill.

// An element's HTML without its ages, which differ each time although nothing has happened.
function still(element) {
  const copy = element.cloneNode(true);
  for (const time of all('time[data-age]', copy)) time.textContent = '';
  return copy.outerHTML;
}

function remember(root) {
  for (const element of all('[data-region], [data-list] > [id]', root)) written.set(element, still(element));
  if (root.matches?.('[data-region], [id]')) written.set(root, still(root));
}

// What stands in a renewed element where the focus was in the old one: the same thing by its name, else by its place.
function successor(focused, old, node) {
  if (focused.id) return node.querySelector(`#${CSS.escape(focused.id)}`);
  const stops = 'a[href], button, input, select, textarea, summary';
  const place = all(stops, old).indexOf(focused);
  const others = all(stops, node);
  const link = focused.getAttribute('href');
  return others.find((one) => link && one.getAttribute('href') === link) ?? others[place];
}

function isBusy(element) {
  if (element.contains(document.activeElement) && document.activeElement !== body) {
    if (document.activeElement.matches('input:not([type=checkbox]), textarea, select')) return true;
  }
  return all('form', element).some((form) => 'touched' in form.dataset);
}

function put(old, fresh) {
  const node = document.importNode(fresh, true);
  const focused = old.contains(document.activeElement) ? document.activeElement : null;
  for (const fold of all('details[id]', old)) {
    const same = node.querySelector(`#${CSS.escape(fold.id)}`);
    if (same) same.open = fold.open;
  }
  remember(node);
  old.replaceWith(node);
  enhance(node);
  for (const box of all('input[type=checkbox]:checked', old)) {
    const same = all('input[type=checkbox]', node).find((one) => one.name === box.name);
    if (same) same.checked = true;
  }
  if (focused) successor(focused, old, node)?.focus({ preventScroll: true });
}

function renewRegions(fresh) {
  for (const old of all('[data-region]')) {
    const same = fresh.querySelector(`[data-region="${CSS.escape(old.dataset.region)}"]`);
    if (!same || still(same) === written.get(old) || isBusy(old)) continue;
    put(old, same);
  }
}

function renewLists(fresh) {
  for (const list of all('[data-list]')) {
    const name = list.dataset.list;
    const same = fresh.querySelector(`[data-list="${CSS.escape(name)}"]`);
    if (!same) continue;
    const added = [];
    for (const child of [...same.children]) {
      const old = child.id && [...list.children].find((one) => one.id === child.id);
      if (!old) { added.push(child); continue; }
      if (still(child) !== written.get(old) && !isBusy(old)) put(old, child);
    }
    // What is no longer among the others does not belong here any more; it stays where somebody reads it.
    const staying = [...list.children].map((one) => [...same.children].some((child) => child.id === one.id));
    [...list.children].forEach((one, place) => one.classList.toggle('gone', !staying[place] && (!added.length || staying.slice(place).includes(true))));
    if (!added.length) continue;
    const present = new Set([...list.children].map((child) => child.id));
    const children = [...same.children];
    const lastKnown = children.findLastIndex((child) => present.has(child.id));
    const atEnd = lastKnown >= 0 && children.indexOf(added[0]) > lastKnown;
    pending.set(name, { list, same, added });
    // At the end nothing is pushed away; and nobody reads a page that is not to be seen.
    if (atEnd || document.hidden || !list.children.length) showPending(name);
    else showPill(name, added);
  }
}

function showPill(name, added) {
  const pill = document.querySelector(`[data-pill="${CSS.escape(name)}"]`);
  if (!pill) return;
  const words = added.length === 1 ? pill.dataset.one : pill.dataset.other;
  pill.textContent = (words ?? '{n}').replace('{n}', added.length);
  pill.hidden = false;
}

function showPending(name, focus = false) {
  const waiting = pending.get(name);
  if (!waiting) return;
  pending.delete(name);
  const { list, same } = waiting;
  const empty = document.querySelector(`[data-empty="${CSS.escape(name)}"]`);
  if (empty) empty.hidden = true;
  let before = null;
  let first = null;
  // From the end on, so that each new one finds the one that it stands before.
  for (const child of [...same.children].reverse()) {
    const old = [...list.children].find((one) => one.id === child.id);
    if (old) { before = old; continue; }
    const node = document.importNode(child, true);
    remember(node);
    node.classList.add('fresh');
    list.insertBefore(node, before);
    enhance(node);
    before = first = node;
  }
  const pill = document.querySelector(`[data-pill="${CSS.escape(name)}"]`);
  if (pill) pill.hidden = true;
  if (focus && first) {
    const target = first.querySelector('a, button') ?? first;
    if (target === first) first.tabIndex = -1;
    target.focus();
  }
}

// More may have happened than fits on a page: older pages follow until one holds what is here already.
async function complete(fresh) {
  for (const list of all('[data-list]')) {
    const name = CSS.escape(list.dataset.list);
    const known = new Set([...list.children].map((child) => child.id));
    const same = fresh.querySelector(`[data-list="${name}"]`);
    let further = fresh.querySelector(`a[data-further="${name}"]`);
    for (let pages = 0; same && known.size && further && pages < 40; pages += 1) {
      if ([...same.children].some((child) => known.has(child.id))) break;
      const older = await load(further.getAttribute('href'));
      if (!older) break;
      same.append(...older.querySelector(`[data-list="${name}"]`)?.children ?? []);
      further = older.querySelector(`a[data-further="${name}"]`);
    }
  }
}

// A page of ours as it is now; null when it cannot be had.
async function load(address) {
  const response = await fetch(address, { headers: { accept: 'text/html' }, credentials: 'same-origin' });
  if (response.redirected && new URL(response.url).pathname === '/login') { show('out'); return null; }
  return response.ok ? new DOMParser().parseFromString(await response.text(), 'text/html') : null;
}

let renewing = false;
let again = false;
let timer = 0;

async function renew() {
  if (renewing) { again = true; return; }
  renewing = true;
  try {
    const fresh = await load(location.href);
    if (!fresh) return;
    await complete(fresh);
    renewRegions(fresh);
    renewLists(fresh);
    document.dispatchEvent(new CustomEvent('tocsin:renewed'));
  } catch { /* The next event, or the connection's return, tries again. */ } finally {
    renewing = false;
    if (again) { again = false; renewSoon(); }
  }
}

function renewSoon() {
  clearTimeout(timer);
  timer = setTimeout(renew, 120);
}

let known = 'wait';

function show(state) {
  const element = document.querySelector('[data-live-state]');
  const isBack = state === 'on' && known !== 'on';
  known = state;
  if (element) {
    element.hidden = false;
    element.dataset.state = state;
    if (element.textContent !== element.dataset[state]) element.textContent = element.dataset[state];
  }
  // What happened while nobody listened is on the page as it is now.
  if (isBack && body.dataset.live) renewSoon();
}

function happened(text) {
  let event;
  try { event = JSON.parse(text); } catch { return; }
  const live = body.dataset.live;
  if (live === 'all' || (live && live === event.incident_guid)) renewSoon();
}

function listen() {
  if (!body.dataset.live) return;
  if (window.SharedWorker) {
    const worker = new SharedWorker(body.dataset.worker, 'tocsin');
    worker.port.onmessage = (message) => {
      if (message.data.state) show(message.data.state);
      if (message.data.event) happened(message.data.event);
    };
    window.addEventListener('pagehide', () => worker.port.postMessage('bye'));
    window.addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
    return;
  }
  const source = new EventSource('/api/v1/events');
  source.onopen = () => show('on');
  source.onmessage = (message) => happened(message.data);
  source.onerror = () => {
    show('off');
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 3000);
  };
}

// --- Keys. Single letters, off while typing, and off altogether where somebody wants that (WCAG 2.2, 2.1.4). -----------

const isTyping = () => document.activeElement?.matches('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]');
let prefix = '';
let prefixTimer = 0;

const words = (element) => element.dataset.keyHelp || element.getAttribute('aria-label') || element.textContent.trim();

function press(element) {
  const fold = element.closest('details:not([open])');
  if (fold && !element.matches('summary')) fold.open = true;
  if ('keyFocus' in element.dataset) { element.focus(); return; }
  // What somebody has begun to write is gone on with, not typed over.
  if (element.matches('textarea')) { element.focus(); element.setSelectionRange(element.value.length, element.value.length); return; }
  if (element.matches('input, select')) { element.focus(); element.select?.(); return; }
  if (element.matches('summary')) {
    element.parentElement.open = !element.parentElement.open;
    const field = element.parentElement.open && element.parentElement.querySelector('textarea, select, input:not([type=hidden]), button');
    (field || element).focus();
    return;
  }
  element.click();
}

function move(step) {
  const rows = all('[data-row]').filter((row) => row.offsetParent !== null);
  if (!rows.length) return;
  const here = rows.findIndex((row) => row === document.activeElement || row.closest('tr, li')?.contains(document.activeElement));
  const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, here + step));
  rows[next].focus();
}

document.addEventListener('keydown', (event) => {
  if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'k') {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && document.activeElement?.form && document.activeElement.matches('textarea')) {
    event.preventDefault();
    const form = document.activeElement.form;
    form.requestSubmit(form.querySelector('button.first-submit, button:not([name=preview])'));
    return;
  }
  if (event.key === 'Escape') {
    // A search field would take the first one to empty itself.
    const dialog = document.querySelector('dialog[open]');
    if (dialog) { event.preventDefault(); dialog.close(); return; }
    const menu = all('details[data-menu][open]')[0];
    if (menu) { menu.open = false; menu.querySelector('summary').focus(); } else if (isTyping()) document.activeElement.blur();
    return;
  }
  if (!('keys' in body.dataset) || event.ctrlKey || event.metaKey || event.altKey || isTyping() || document.querySelector('dialog[open]')) return;
  const key = prefix + event.key;
  clearTimeout(prefixTimer);
  prefix = '';
  if (key === 'j' || key === 'k') { event.preventDefault(); move(key === 'j' ? 1 : -1); return; }
  if (key === '.') { [...pending.keys()].forEach((name) => showPending(name, true)); return; }
  const element = all(`[data-keys-for="${CSS.escape(key)}"]`).find((one) => !one.disabled);
  if (element) { event.preventDefault(); press(element); return; }
  if (event.key === 'g') {
    prefix = 'g ';
    prefixTimer = setTimeout(() => { prefix = ''; }, 1500);
  }
});

document.addEventListener('click', (event) => {
  for (const menu of all('details[data-menu][open]')) if (!menu.contains(event.target)) menu.open = false;
  const opener = event.target.closest('[data-open]');
  const fold = opener && document.getElementById(opener.dataset.open);
  if (fold) {
    event.preventDefault();
    fold.open = true;
    fold.scrollIntoView({ block: 'center' });
    fold.querySelector('textarea, input:not([type=hidden])')?.focus();
    return;
  }
  const pill = event.target.closest('[data-pill]');
  if (pill) { showPending(pill.dataset.pill, true); return; }
  if (event.target.closest('a[data-help]')) {
    const dialog = document.querySelector('[data-key-dialog]');
    if (!dialog || !('keys' in body.dataset)) return;
    event.preventDefault();
    fillKeys(dialog);
    dialog.showModal();
  }
});

function fillKeys(dialog) {
  const list = dialog.querySelector('[data-key-list]');
  list.replaceChildren();
  const add = (keys, text) => {
    const [term, meaning] = [document.createElement('dt'), document.createElement('dd')];
    for (const key of keys.split(' ')) {
      const cap = document.createElement('kbd');
      cap.textContent = key;
      term.append(cap, ' ');
    }
    meaning.textContent = text;
    list.append(term, meaning);
  };
  all('[data-keys-for]').forEach((element) => add(element.dataset.keysFor, words(element)));
  all('[data-key-note]', dialog).forEach((element) => add(element.dataset.keyNote, element.dataset.text));
}

// --- The palette: any incident, and any place, by a few letters. -------------------------------------------------------

const palette = document.querySelector('[data-palette]');
let found = [];
let chosen = 0;
let question = 0;

function openPalette() {
  if (!palette || palette.open) return;
  palette.showModal();
  const input = palette.querySelector('input');
  input.value = '';
  search('');
  input.focus();
}

function choose(index) {
  chosen = Math.max(0, Math.min(found.length - 1, index));
  all('[role=option]', palette).forEach((option, place) => {
    option.setAttribute('aria-selected', String(place === chosen));
    if (place === chosen) option.scrollIntoView({ block: 'nearest' });
  });
  palette.querySelector('input').setAttribute('aria-activedescendant', found.length ? `palette-${chosen}` : '');
}

function list(items) {
  found = items;
  palette.querySelector('ul').replaceChildren(...items.map((item, place) => {
    const option = document.createElement('li');
    option.id = `palette-${place}`;
    option.setAttribute('role', 'option');
    option.textContent = item.text;
    option.addEventListener('click', () => go(place));
    return option;
  }));
  palette.querySelector('[data-palette-empty]').hidden = items.length > 0;
  choose(0);
}

function go(place) {
  const item = found[place];
  if (!item) return;
  palette.close();
  if (item.element) item.element.click(); else location.assign(item.address);
}

async function search(text) {
  const mine = ++question;
  const low = text.trim().toLowerCase();
  const places = all('[data-command]')
    .map((element) => ({ text: words(element), element }))
    .filter((place) => place.text.toLowerCase().includes(low));
  list(places.slice(0, low ? 5 : 12));
  if (low.length < 2) return;
  if (/^ref-/i.test(low)) {
    list([{ text: low.toUpperCase(), address: `/communications?ref=${encodeURIComponent(low.toUpperCase())}` }, ...found]);
    return;
  }
  try {
    const answer = await fetch(`/api/v1/incidents?limit=8&search=${encodeURIComponent(text.trim())}`, { credentials: 'same-origin' });
    if (!answer.ok || mine !== question) return;
    const { items } = await answer.json();
    if (mine !== question) return;
    list([
      ...items.map((one) => ({ text: `${one.severity} · ${one.title} · ${one.status}`, address: `/incidents/${one.incident_guid}` })),
      ...places.slice(0, 5),
    ]);
  } catch { /* The places are there still. */ }
}

if (palette) {
  const input = palette.querySelector('input');
  input.addEventListener('input', () => search(input.value));
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') { event.preventDefault(); choose(chosen + 1); }
    if (event.key === 'ArrowUp') { event.preventDefault(); choose(chosen - 1); }
    if (event.key === 'Enter') { event.preventDefault(); go(chosen); }
  });
}

// --- Small things on elements, also on those that come later. ----------------------------------------------------------

function enhance(root) {
  if (root.matches?.('time')) showTime(root);
  all('time', root).forEach(showTime);
  all('[data-script]', root).forEach((element) => { element.hidden = false; });
  all('[data-no-script]', root).forEach((element) => { element.hidden = true; });
  all('form[data-draft]', root).forEach(restoreDraft);
  all('form[data-auto]', root).forEach((form) => form.addEventListener('change', () => form.requestSubmit()));
  all('[data-copy]', root).forEach((button) => button.addEventListener('click', async () => {
    const text = document.getElementById(button.dataset.copy)?.textContent ?? '';
    try { await navigator.clipboard.writeText(text); button.textContent = button.dataset.copied; } catch { getSelection().selectAllChildren(document.getElementById(button.dataset.copy)); }
  }));
  all('[data-check-all]', root).forEach((box) => box.addEventListener('change', () => {
    all(`input[type=checkbox][form="${box.dataset.checkAll}"]`).forEach((one) => { one.checked = box.checked; });
  }));
  all('[data-preview]', root).forEach((button) => button.addEventListener('click', (event) => preview(event, button)));
}

async function preview(event, button) {
  event.preventDefault();
  const place = document.getElementById(button.dataset.preview);
  const form = button.form;
  const answer = await fetch('/preview', {
    method: 'POST', credentials: 'same-origin',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-csrf-token': body.dataset.csrf },
    body: new URLSearchParams({ text: form.querySelector('textarea').value }),
  }).catch(() => null);
  if (!answer?.ok || !place) return;
  // Our own server wrote it, from parts that it escaped; the page's policy lets no script of it run.
  place.replaceChildren(...new DOMParser().parseFromString(await answer.text(), 'text/html').body.childNodes);
  place.hidden = false;
}

remember(document);
settleDrafts();
enhance(document);
document.getElementById('problem')?.focus();
listen();
