/** The list of mails, newest first. */
import { type Html, html } from '../html.ts';
import { EMPTY } from './icons.ts';
import { avatar, moment, page } from './layout.ts';
import type { ListedMail, MailPage, Person } from './mails.ts';

/** An empty inbox reloads by itself, so that the first mail of a demo shows up. */
const EMPTY_REFRESH_SECONDS = 3;

export function listPage(found: MailPage, search: string): string {
  const empty = found.total === 0;
  return page({
    title: empty ? 'Inbox' : `Inbox (${found.total})`,
    root: './',
    search,
    refreshSeconds: empty && search === '' ? EMPTY_REFRESH_SECONDS : undefined,
    body: empty ? nothing(search) : html`${heading(found, search)}${rows(found)}${pager(found, search)}`,
  });
}

function heading({ total }: MailPage, search: string): Html {
  return html`<div class="heading">
  <h1>${total.toLocaleString('en')} ${total === 1 ? 'mail' : 'mails'}${search && html` <small>with “${search}” · <a href="./">show all</a></small>`}</h1>
  <details class="clear"><summary>Empty the inbox</summary>
    <form method="post" action="clear"><p>This deletes all mails, not only those that match the search. The ledger keeps its record of the deliveries.</p><button>Delete all mails</button></form>
  </details>
</div>`;
}

function rows({ mails }: MailPage): Html {
  return html`<ol class="mails">${mails.map(row)}</ol>`;
}

function row({ id, to, from, subject, receivedAt, age }: ListedMail): Html {
  return html`<li><a href="${id}">
  ${avatar(to.name, to.address)}
  <span class="to"><span class="sr">To </span><b>${to.name || to.address}</b>${to.name && html`<small>${to.address}</small>`}</span>
  <span class="what"><b>${subject || '(no subject)'}</b><small><span class="sr">from </span>${personText(from)}</small></span>
  <time datetime="${receivedAt.toISOString()}" title="${moment(receivedAt)}">${ago(age)}</time>
</a></li>`;
}

const personText = ({ name, address }: Person): string =>
  name ? `${name} · ${address}` : address || '(nobody)';

function ago(seconds: number): string {
  if (seconds < 60) return 'just now';
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

function pager({ page: current, pages }: MailPage, search: string): Html | null {
  if (pages === 1) return null;
  const link = (to: number, text: string) =>
    to < 1 || to > pages
      ? html`<span>${text}</span>`
      : html`<a href="./?${new URLSearchParams({ ...(search && { q: search }), page: `${to}` }).toString()}">${text}</a>`;
  return html`<nav class="pager" aria-label="Pages">${link(current - 1, '← Newer')}<b>Page ${current} of ${pages}</b>${link(current + 1, 'Older →')}</nav>`;
}

function nothing(search: string): Html {
  if (search !== '')
    return html`<section class="empty">${EMPTY}<h1>No mail with “${search}”</h1>
  <p>The search covers the recipient’s address and the subject of the newest 1,000 mails.</p><p><a class="button" href="./">Show all mails</a></p></section>`;
  return html`<section class="empty">${EMPTY}<h1>Waiting for the first mail</h1>
  <p>While <code>SMTP_URL</code> is not set, every mail that Postrider sends ends here and goes nowhere else. Send an issue to see it as your readers would:</p>
  <pre><code>postrider newsletter create --slug weekly --name "Weekly" --from "Weekly &lt;news@example.org&gt;"
postrider subscriber import people.csv --newsletter weekly --confirmed --source "our old list"
postrider issue import 2026-03-06.md --newsletter weekly
postrider issue send weekly/2026-03-06 --wait</code></pre>
  <p>Or run <code>postrider demo</code> to see all of it at once. This page reloads every few seconds.</p></section>`;
}
