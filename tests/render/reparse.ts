/** A message read back by another's parser (mailparser), held against what was meant. */
import { type AddressObject, simpleParser } from 'mailparser';
import { expect } from 'vitest';
import { readIssue } from '../../src/issue/read.ts';
import type { Edition, Fill } from '../../src/render/edition/edition.ts';
import { renderIssue } from '../../src/render/issue.ts';
import { compileMessages } from '../../src/render/message/message.ts';
import { compileFill } from '../../src/render/slots/fill.ts';
import { context, newsletter } from './fixtures.ts';

/** A reader whose name has whatever names have. */
const fill: Fill = {
  to: { name: 'Zoë "Zo" 王, <b>', address: 'zoe+news@example.net' },
  reader: { email: 'zoe+news@example.net', name: 'Zoë "Zo" 王, <b>', language: 'de', attributes: {} },
  links: {
    view: 'https://news.example.org/archive/weekly/1?a=1&b=2',
    unsubscribe: `https://news.example.org/unsubscribe/k1.${'c29tZW9uZQ'.repeat(8)}.bWFj`,
  },
  messageId: '7.1f0c2a@example.org',
  deliveryId: 'k1.7.bWFj',
  date: new Date('2026-03-20T09:30:00Z'),
};

export async function editionOf(source: string, theme: string): Promise<Edition> {
  const document = readIssue(source, { file: 'issue.md' });
  const over = {
    newsletter: { ...newsletter, theme, name: '灯塔周刊, weekly', language: document.language },
  };
  return (await renderIssue(document, context(over))).edition;
}

/** Every part and field of the message says what the edition and the reader are. */
export async function expectReadBack(edition: Edition): Promise<void> {
  const message = compileMessages(edition)(fill);
  expectTransmittable(message);
  const read = await simpleParser(message, { skipTextToHtml: true, skipImageLinks: true });
  const values = { reader: fill.reader, link: fill.links };
  const said = (template: string, kind: 'html' | 'text') => compileFill(template, kind)(values);
  expect(read.subject).toBe(said(edition.subject, 'text').replace(/\s+/g, ' ').trim());
  expect(lines(read.html || '')).toEqual(lines(said(edition.html, 'html')));
  expect(lines(read.text ?? '')).toEqual(lines(said(edition.text, 'text')));
  expect(read.from!.value).toEqual([edition.from]);
  expect((read.to as AddressObject).value).toEqual([fill.to]);
  expect(read.date).toEqual(fill.date);
  expect(read.messageId).toBe(`<${fill.messageId}>`);
  expect(read.attachments).toEqual([]);
  expect(read.headers.get('x-postrider-id')).toBe(fill.deliveryId);
  expect(read.headers.get('feedback-id')).toBe(edition.feedbackId);
  const list = read.headers.get('list') as unknown as Record<string, { url?: string; id?: string }>;
  expect(list.unsubscribe!.url).toBe(fill.links.unsubscribe);
  expect(list.id!.id).toBe(edition.listId);
  expect(list.archive!.url).toBe(edition.archiveUrl);
}

/** RFC 5322 2.1.1 and RFC 5321 4.5.2: what any server between us and the reader passes on as it is. */
function expectTransmittable(message: Buffer): void {
  const text = message.toString('latin1');
  expect(text).toMatch(/^[\x20-\x7e\t\r\n]*$/);
  expect(text.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  for (const line of text.split('\r\n')) {
    expect(line.length).toBeLessThanOrEqual(998);
    expect(line.startsWith('.')).toBe(false);
  }
}

const lines = (text: string): string[] => text.replaceAll('\r\n', '\n').trimEnd().split('\n');
