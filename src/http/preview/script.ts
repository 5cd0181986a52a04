/**
 * The preview's script, for the browser. It writes text only with `textContent`. The open tab and the reader are kept in
 * the address, so that a reload or a bookmark shows the same.
 */
export const SCRIPT = `
const $ = (id) => document.getElementById(id);
const tabs = [...document.querySelectorAll('[data-tab]')];
const frames = ['desktop', 'phone', 'dark', 'images-off'];
const query = new URLSearchParams(location.search);
let tab = tabs.some((t) => t.dataset.tab === query.get('tab')) ? query.get('tab') : 'desktop';
const fields = ['email', 'name', 'language'];
for (const id of fields) $(id).value = query.get(id) || '';
let view = null;

function reader() {
  const given = new URLSearchParams();
  for (const id of fields) if ($(id).value.trim()) given.set(id, $(id).value.trim());
  return given;
}

function element(tag, text, name) {
  const made = document.createElement(tag);
  if (text !== undefined) made.textContent = text;
  if (name) made.className = name;
  return made;
}

function table(rows) {
  const made = element('table');
  for (const [name, ...cells] of rows) {
    const row = made.insertRow();
    const head = element('th', name);
    head.scope = 'row';
    row.append(head);
    for (const cell of cells) row.insertCell().textContent = cell;
  }
  return made;
}

const panels = {
  text: () => element('pre', view.text),
  source: () => element('pre', view.source),
  headers: () => table(view.headers.map((h) => [h.name, h.value])),
  checks() {
    if (view.messages.length === 0) return element('p', 'No problems found.', 'none');
    const list = element('ul', undefined, 'checks');
    for (const m of view.messages) {
      const item = element('li', undefined, m.severity);
      item.append(element('b', m.severity), element('span', m.line ? 'line ' + m.line : ''), element('span', m.text), element('code', m.rule));
      list.append(item);
    }
    return list;
  },
};

/** Keeps the scroll position when the mail is reloaded. */
function loadMail() {
  const mail = $('mail');
  const old = mail.contentDocument && mail.contentDocument.scrollingElement;
  const top = old ? old.scrollTop : 0;
  mail.onload = () => {
    const now = mail.contentDocument && mail.contentDocument.scrollingElement;
    if (now) now.scrollTop = top;
    document.body.dataset.shown = String(view.version);
  };
  const address = reader();
  address.set('look', tab);
  address.set('v', view.version);
  mail.contentWindow.location.replace('mail.html?' + address);
}

function show() {
  const isFrame = frames.includes(tab);
  for (const t of tabs) t.setAttribute('aria-selected', String(t.dataset.tab === tab));
  for (const t of tabs) t.tabIndex = t.dataset.tab === tab ? 0 : -1;
  $('stage').className = tab;
  $('stage').setAttribute('aria-labelledby', 'tab-' + tab);
  $('mail').hidden = !isFrame;
  $('panel').hidden = isFrame;
  const address = reader();
  if (tab !== 'desktop') address.set('tab', tab);
  history.replaceState(null, '', '?' + address);
  if (isFrame) loadMail();
  else {
    $('panel').replaceChildren(panels[tab]());
    document.body.dataset.shown = String(view.version);
  }
}

async function refresh() {
  const response = await fetch('view.json?' + reader());
  view = await response.json();
  document.title = view.subject + ' · Preview';
  $('subject').textContent = view.subject;
  $('state').textContent = view.isStranger ? 'No subscriber has this address: showing an invented reader.' : Math.ceil(view.bytes / 1024) + ' KB of HTML, rendered in ' + view.tookMs + ' ms';
  const grave = view.messages.filter((m) => m.severity !== 'info').length;
  $('count').textContent = grave || '';
  $('count').className = view.messages.some((m) => m.severity === 'error') ? 'error' : '';
  $('fault').hidden = view.fault === null;
  $('fault').textContent = view.fault;
  show();
}

function go(to) {
  tab = to;
  if (view) show();
}
for (const t of tabs) t.onclick = () => go(t.dataset.tab);
document.querySelector('[role=tablist]').onkeydown = (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const next = tabs[(tabs.findIndex((t) => t.dataset.tab === tab) + step + tabs.length) % tabs.length];
  next.focus();
  go(next.dataset.tab);
};
let typing;
for (const id of fields) $(id).oninput = () => {
  clearTimeout(typing);
  typing = setTimeout(refresh, 150);
};
const changes = new EventSource('changes');
changes.addEventListener('change', refresh);
changes.onopen = refresh;
changes.onerror = () => { $('state').textContent = 'The preview has ended; start it again.'; };
`;
