/** The reply rules on the replies that real bounce mails quote, where somebody has labelled what they mean. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { classifyReply } from '../../../src/delivery/replies/classify.ts';
import { root } from '../../helpers/processes.ts';

const folder = join(root, '../shared/bounces');

interface Labelled {
  path: string;
  /** What it may be called; the first is the label itself. */
  right: string[];
  code: number;
  enhanced: string | null;
  text: string;
}

/** Rows whose mail quotes the reply that the label speaks of, with its text. */
function labelled(): Labelled[] {
  const [, ...rows] = readFileSync(join(folder, 'EXPECT.tsv'), 'utf8').trim().split('\n');
  return rows.flatMap((row) => {
    const [path = '', expected = '', recipient = '', , also = '', dsn = '', code = ''] = row.split('\t');
    if (!path.startsWith('lf/') || !/^[45]\d\d$/.test(code) || !/^(hard|soft|block)$/.test(expected))
      return [];
    const quoted = quotedReply(readFileSync(join(folder, path), 'utf8'), code, dsn, recipient);
    const right = [expected, ...also.split('|')].filter((word) => word !== '-');
    return quoted ? [{ path, right, code: Number(code), ...quoted }] : [];
  });
}

/** Folded lines are joined; a reply of several lines repeats its code, which is no part of its text. */
function quotedReply(mail: string, code: string, dsn: string, recipient: string) {
  const text = mail.replace(/\r?\n[ \t]+/g, ' ');
  const lines = text.split('\n').filter((line) => new RegExp(`\\b${code}[- ]`).test(line));
  // A mail about several people: the line that names this one.
  const named = lines.filter((line) => line.toLowerCase().includes(recipient.toLowerCase()));
  const line =
    named.find((one) => one.includes(dsn)) ?? lines.find((one) => one.includes(dsn)) ?? named[0] ?? lines[0];
  if (!line) return null;
  const replyText = line
    .slice(line.search(new RegExp(`\\b${code}[- ]`)) + 4)
    .replaceAll(new RegExp(`\\b${code}[- ]`, 'g'), '')
    .trim();
  return {
    enhanced: /^([45]\.\d{1,3}\.\d{1,3})\b/.exec(replyText)?.[1] ?? null,
    text: replyText.slice(0, 1_000),
  };
}

/** In the corpus's words. A throttle is our pace, which it calls soft or block. */
function classOf({ code, enhanced, text }: Labelled): string[] {
  const verdict = classifyReply({ code, enhanced, text }, 'rcpt');
  if (verdict.about === 'provider' || verdict.about === 'relay') return ['soft', 'block'];
  if (verdict.kind === 'sender-refused') return ['block'];
  if (verdict.kind !== 'refused') return ['soft'];
  if (verdict.reason === 'address') return ['hard'];
  return verdict.reason === 'policy' || verdict.reason === 'content' ? ['block'] : ['soft'];
}

/** Every Diagnostic-Code that was an SMTP reply, from all bounces: as it was quoted, with the classes of its mail. */
function diagnosed(): Labelled[] {
  return ['EXPECT.tsv', 'servers/EXPECT.tsv'].flatMap((list) => {
    const base = join(folder, dirname(list));
    const rows = readFileSync(join(folder, list), 'utf8').trim().split('\n').slice(1);
    const labels = new Map<string, string[]>();
    for (const row of rows) {
      const [path = '', expected = '', , , also = ''] = row.split('\t');
      labels.set(path, [...(labels.get(path) ?? []), expected, ...also.split('|')]);
    }
    return [...labels].flatMap(([path, right]) =>
      diagnosticCodes(readFileSync(join(base, path), 'utf8')).map((one) => ({ path, right, ...one })),
    );
  });
}

/** chasquid writes what it had said before the code: `MAIL+RCPT 550 ...`, `DATA closing 554 ...`. */
function diagnosticCodes(mail: string) {
  const lines = mail
    .replace(/\r\n?/g, '\n')
    .replace(/\n[ \t]+/g, ' ')
    .matchAll(/^Diagnostic-Code:.*$/gim);
  return [...lines].flatMap(([line]) => {
    const match = /^Diagnostic-Code:\s*smtp;\s*(?:MAIL\+RCPT |DATA closing )?([45]\d\d)[- ](.+)$/i.exec(line);
    if (!match) return [];
    const text = match[2]!.slice(0, 1_000);
    return [
      { code: Number(match[1]), enhanced: /^([45]\.\d{1,3}\.\d{1,3})\b/.exec(text)?.[1] ?? null, text },
    ];
  });
}

test.skipIf(!existsSync(folder))(
  'every Diagnostic-Code that was an SMTP reply is read as its mail is labelled',
  () => {
    const replies = diagnosed();
    expect(replies.length).toBeGreaterThan(80);
    const wrong = replies.filter((one) => !classOf(one).some((name) => one.right.includes(name)));
    const mistakes = wrong.map(
      (one) => `${one.right}, not ${classOf(one)}: ${one.path} ${one.code} ${one.text}`,
    );
    expect(wrong.length, mistakes.join('\n')).toBeLessThanOrEqual(3);
    const called = replies.filter((one) => classOf(one).includes('hard'));
    expect(called.filter((one) => !one.right.includes('hard'))).toEqual([]);
    // Nobody's relay is out of its daily quota here: what providers say rests none.
    expect(
      replies.filter((one) => classifyReply(one, 'rcpt').about === 'relay').map((one) => one.text),
    ).toEqual(['4.7.0 too many messages from your host, slow down']);
  },
);

test.skipIf(!existsSync(folder))('replies of real bounces mean what their labels say', () => {
  const replies = labelled();
  const judged = replies.map((one) => ({ ...one, classes: classOf(one) }));
  const wrong = judged.filter((one) => !one.classes.some((name) => one.right.includes(name)));
  const mistakes = wrong.map(
    (one) => `${one.right[0]}, not ${one.classes}: ${one.path} ${one.code} ${one.text}`,
  );
  const of = (label: string) => {
    const all = judged.filter((one) => one.right[0] === label);
    return { all: all.length, wrong: all.filter((one) => wrong.includes(one)).length };
  };
  // Enough of each class, and what is allowed to be wrong; measured: 0, 0 and 7 wrong.
  expect({ hard: of('hard'), soft: of('soft'), block: of('block') }, mistakes.join('\n')).toEqual({
    hard: { all: expect.toSatisfy((n) => n >= 35), wrong: 0 },
    soft: { all: expect.toSatisfy((n) => n >= 35), wrong: expect.toSatisfy((n) => n <= 1) },
    block: { all: expect.toSatisfy((n) => n >= 35), wrong: expect.toSatisfy((n) => n <= 7) },
  });
  // A good reader taken away weighs most.
  const called = judged.filter((one) => one.classes.includes('hard'));
  const falsely = called.filter((one) => !one.right.includes('hard'));
  expect(
    falsely.map(({ path }) => path),
    'called a bad address, and is none',
  ).toEqual([]);
  expect(called.length).toBeGreaterThan(40);
});
