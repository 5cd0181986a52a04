/**
 * How fast slots are filled, through to final bytes: `npx tsc && node dist/tests/bench/compose.js`.
 * The rival composes the same mail anew for every reader with nodemailer's MailComposer.
 */
import MailComposer from 'nodemailer/lib/mail-composer/index.js';
import type { Edition, Fill } from '../../src/render/edition/edition.ts';
import { compileMessages } from '../../src/render/message/message.ts';
import { compileFill } from '../../src/render/slots/fill.ts';
import { slotPaths } from '../../src/render/slots/slot-paths.ts';

const RUNS = 5;
const SECONDS = 1;

const paragraph =
  '<tr><td style="padding:0 24px 16px;font-family:Helvetica,Arial,sans-serif;font-size:16px;line-height:1.6;color:#1f2937">A release train leaves every week = some news, <a href="https://example.org/news?id=42&amp;from=mail" style="color:#1d4ed8">read on</a>. 更多内容请见网站。</td></tr>\n';

/** About 30 KB of HTML with six slots, and its text. */
function benchEdition(): Edition {
  const body = paragraph.repeat(92);
  const html = `<!doctype html><html lang="en"><body><table>
{{#if reader.name}}<tr><td>Dear {{reader.name}},</td></tr>{{else}}<tr><td>Dear reader,</td></tr>{{/if}}
<tr><td><a href="{{link.view}}">View in your browser</a></td></tr>
${body}<tr><td>You get this at {{reader.email}} in {{default reader.attributes.city "your town"}}.
<a href="{{link.preferences}}">Preferences</a> <a href="{{link.unsubscribe}}">Unsubscribe</a></td></tr>
</table></body></html>
`;
  const text = `Dear {{default reader.name "reader"}},\n\n${'A release train leaves every week.\n'.repeat(60)}\nUnsubscribe: {{link.unsubscribe}}\n`;
  return {
    language: 'en',
    subject: 'The weekly for {{default reader.name "you"}}',
    preheader: '',
    html,
    text,
    slots: slotPaths(html),
    from: { name: 'Weekly', address: 'news@example.org' },
    replyTo: null,
    listId: 'weekly.example.org',
    listName: 'Weekly',
    archiveUrl: 'https://example.org/archive/weekly',
    feedbackId: 'weekly:issue:postrider',
    headers: {},
    hash: '6f1ed002ab5595859014ebf0951522d9',
  };
}

const date = new Date('2026-11-23T12:00:00Z');

function fillOf(number: number): Fill {
  const link = (page: string) =>
    `https://example.org/${page}/k1.${number.toString(36).padStart(40, 'a')}.wq0XzYb4nq1T7b3l1f3v9A`;
  return {
    to: { name: `Reader ${number}`, address: `reader${number}@example.net` },
    reader: {
      email: `reader${number}@example.net`,
      name: `Reader ${number}`,
      language: 'en',
      attributes: { city: 'Łódź' },
    },
    links: { view: link('archive'), unsubscribe: link('unsubscribe'), preferences: link('preferences') },
    messageId: `${number}.weekly@example.org`,
    deliveryId: `k1.${number}.wq0XzYb4nq1T7b3l1f3v9A`,
    date,
  };
}

/** Messages per second of processor time of one try: other programs on the machine do not count. */
async function rate(make: (fill: Fill) => Buffer | Promise<Buffer>): Promise<number> {
  const start = process.cpuUsage();
  const seconds = () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1e6;
  };
  let made = 0;
  while (seconds() < SECONDS) {
    for (let batch = 0; batch < 50; batch++) await make(fillOf(made++));
  }
  return made / seconds();
}

function plainComposer(edition: Edition): (fill: Fill) => Promise<Buffer> {
  const html = compileFill(edition.html, 'html');
  const text = compileFill(edition.text, 'text');
  const subject = compileFill(edition.subject, 'text');
  return (fill) => {
    const values = { reader: fill.reader, link: fill.links };
    const { to, messageId, date } = fill;
    const content = { subject: subject(values), html: html(values), text: text(values) };
    const list = { unsubscribe: fill.links.unsubscribe!, id: edition.listId! };
    const mail = new MailComposer({ from: edition.from, to, messageId, date, list, ...content });
    return mail.compile().build();
  };
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

const edition = benchEdition();
const ours = compileMessages(edition);
const theirs = plainComposer(edition);
const pairs: [number, number][] = [];
for (let run = 0; run < RUNS; run++) pairs.push([await rate(ours), await rate(theirs)]);
const report = {
  htmlBytes: Buffer.byteLength(edition.html),
  messageBytes: ours(fillOf(1)).length,
  fillsPerSecond: Math.round(median(pairs.map(([our]) => our))),
  composerPerSecond: Math.round(median(pairs.map(([, their]) => their))),
  ratio: Math.round(median(pairs.map(([our, their]) => our / their)) * 10) / 10,
};
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
