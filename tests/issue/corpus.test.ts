/** Reads the real issues beside the project, whole and damaged. Counts are kept as numbers, never their text. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readIssue } from '../../src/issue/read.ts';
import { limit } from '../helpers/machine.js';

const CORPUS = join(import.meta.dirname, '../../../shared/corpus');
const isHere = existsSync(join(CORPUS, 'INDEX.tsv'));
if (!isHere) console.warn('tests/issue: ../shared/corpus is absent; the real issues are not read');

const files = isHere
  ? readFileSync(join(CORPUS, 'INDEX.tsv'), 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((row) => row.split('\t'))
  : [];
const source = (path: string) => readFileSync(join(CORPUS, path), 'utf8');

describe.runIf(isHere)('the real issues', { timeout: limit(120_000) }, () => {
  const documents = files.map(([path = '']) => readIssue(source(path), { file: path }));

  it('read without a crash, and no more than one in fifty is refused, with a place', () => {
    const refused = documents.flatMap(({ messages }) =>
      messages.filter(({ severity }) => severity === 'error'),
    );
    // An include of the site is refused by design: only the site has what it shows.
    const faults = refused.filter(({ rule }) => !/^(?:template-unknown|link-template)$/.test(rule));
    expect(faults.length / documents.length).toBeLessThanOrEqual(0.02);
    expect(refused.every(({ line }) => line !== null)).toBe(true);
    expect(documents.every(({ title, blocks }) => title !== '' && blocks.length > 0)).toBe(true);
  });

  it('have their links and images counted as the index does, but for HTML images and template code', () => {
    const wrong = files.filter(([, , , , , , , , images, links, flags = ''], i) => {
      const outline = documents[i]?.outline;
      const html = /img-html=(\d+)/.exec(flags)?.[1] ?? '0';
      return outline?.links !== Number(links) || outline.images !== Number(images) - Number(html);
    });
    expect(wrong.length / files.length).toBeLessThanOrEqual(0.07);
  });

  it('show no literal ** where the editor meant bold', () => {
    const left = documents.filter(({ blocks, language }) => {
      return language === 'zh' && JSON.stringify(blocks).includes('**');
    });
    expect(left).toEqual([]);
  });

  it('have the outline of the model issue right', () => {
    const { outline, blocks, ...about } = readIssue(source('seed-sofa-weekly-2022-08-05.md'), {
      file: 'seed.md',
    });
    expect(about).toMatchObject({ date: '2022-08-05', language: 'zh', messages: [] });
    expect(blocks.map(({ kind }) => kind).join(' ')).toBe(
      'banner heading contributors heading prose qa heading reading qr',
    );
    expect(outline.questions.map(({ answers }) => answers)).toEqual([1, 3]);
    expect(outline.questions.every((question) => question.source?.startsWith('https://github.com/'))).toBe(
      true,
    );
    expect(outline.readings.filter(({ cover }) => cover !== null)).toHaveLength(4);
    expect(outline).toMatchObject({ images: 9, links: 10, contributorImage: true, contributors: null });
  });

  it('read when damaged: 200 of them with pieces cut out, doubled or swapped', () => {
    const random = seeded(20220805);
    for (let run = 0; run < 200; run++) {
      const [path = ''] = files[run % files.length] ?? [];
      const damaged = damage(source(path), random);
      const { messages } = readIssue(damaged, { file: path });
      expect(messages.filter(({ rule }) => rule === 'unreadable')).toEqual([]);
    }
  });
});

/** mulberry32: the same damage in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function damage(text: string, random: () => number): string {
  const at = (limit: number) => Math.floor(random() * limit);
  let damaged = text.slice(0, 5_000);
  for (let step = 0; step < 4; step++) {
    const from = at(damaged.length);
    const to = Math.min(damaged.length, from + at(200));
    const piece = damaged.slice(from, to);
    const place = at(damaged.length);
    if (random() < 0.5) damaged = damaged.slice(0, from) + damaged.slice(to);
    else damaged = damaged.slice(0, place) + piece + damaged.slice(place);
  }
  return damaged;
}
