/** What both backends of the queue promise. Two jobs' worth of bells; each test has lanes of its own. */
import { expect, test } from 'vitest';
import type { Bell, Bells } from '../../src/ports.ts';
import { until } from '../helpers/until.ts';

const bell = (lane: string, more: Partial<Bell> = {}): Bell => ({
  v: 1,
  issue: 7,
  lane,
  slot: 0,
  turn: 'a',
  ...more,
});

/** A hearer that holds each bell until it is let go. */
function hearer() {
  const heard: Bell[] = [];
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const hear = async (one: Bell) => {
    heard.push(one);
    await gate;
  };
  return { heard, hear, release, names: () => heard.map((one) => `${one.lane}/${one.turn}`) };
}

export function promisesOfBells(bells: () => Bells): void {
  test('ringing what waits already does nothing; the other turn, slot or lane is another bell', async () => {
    const { heard, hear, release } = hearer();
    release();
    await bells().ring([bell('dup'), bell('dup')]);
    await bells().ring([bell('dup'), bell('dup', { turn: 'b' }), bell('dup', { slot: 1 })]);
    const listening = await bells().listen(hear, 4);
    await until('all are heard', () => heard.length >= 3);
    await listening.stop();
    expect(heard.map(({ slot, turn }) => `${slot}${turn}`).sort()).toEqual(['0a', '0b', '1a']);
  });

  test('a bell that is being heard still counts as ringing, its other turn does not; afterwards it rings anew', async () => {
    const first = hearer();
    const listening = await bells().listen(first.hear, 4);
    await bells().ring([bell('turns')]);
    await until('it is heard', () => first.heard.length === 1);
    await bells().ring([bell('turns'), bell('turns', { turn: 'b' })]);
    await until('the other turn is heard', () => first.heard.length === 2);
    first.release();
    expect(first.names()).toEqual(['turns/a', 'turns/b']);
    await until('it rings anew', async () => {
      await bells().ring([bell('turns')]);
      return first.heard.length > 2;
    });
    await listening.stop();
  });

  test('a delayed bell rings later, and holds no other back', async () => {
    const { heard, hear, release } = hearer();
    release();
    const began = performance.now();
    await bells().ring([bell('later')], 400);
    const listening = await bells().listen(hear, 4);
    await bells().ring([bell('now')]);
    await until('both are heard', () => heard.length === 2);
    await listening.stop();
    expect(heard.map((one) => one.lane)).toEqual(['now', 'later']);
    expect(performance.now() - began).toBeGreaterThanOrEqual(390);
  });

  test('service mails are heard before what rang earlier', async () => {
    const { heard, hear, release } = hearer();
    release();
    await bells().ring([bell('x1'), bell('x2')]);
    await bells().ring([bell('service', { issue: 0 })]);
    const listening = await bells().listen(hear, 1);
    await until('all are heard', () => heard.length === 3);
    await listening.stop();
    expect(heard[0]).toMatchObject({ issue: 0 });
  });

  test('stop hears no more, and waits for what is being heard', async () => {
    const { heard, hear, release } = hearer();
    const listening = await bells().listen(hear, 1);
    await bells().ring([bell('held'), bell('never')]);
    await until('one is heard', () => heard.length === 1);
    let stopped = false;
    const stopping = listening.stop().then(() => {
      stopped = true;
    });
    await bells().healthy();
    expect(stopped).toBe(false);
    release();
    await stopping;
    expect(heard).toHaveLength(1);
  });

  test('a handler that fails leaves nothing behind: the same bell rings again', async () => {
    let heard = 0;
    const listening = await bells().listen(async ({ lane }) => {
      if (lane !== 'fails') return;
      heard += 1;
      throw new Error('of the test');
    }, 4);
    await until('it rings again', async () => {
      await bells().ring([bell('fails')]);
      return heard >= 2;
    });
    await listening.stop();
  });
}
