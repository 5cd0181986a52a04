/** What both backends of the wake-up queue promise. Each test has lanes of its own. */
import { expect, test } from 'vitest';
import type { WakeUp, WakeUpQueue } from '../../src/ports.ts';
import { until } from '../helpers/until.ts';

const wakeUp = (lane: string, more: Partial<WakeUp> = {}): WakeUp => ({
  v: 1,
  issue: 7,
  lane,
  slot: 0,
  turn: 'a',
  ...more,
});

/** A handler that holds each wake-up until it is released. */
function slowHandler() {
  const handled: WakeUp[] = [];
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const handle = async (one: WakeUp) => {
    handled.push(one);
    await gate;
  };
  return { handled, handle, release, names: () => handled.map((one) => `${one.lane}/${one.turn}`) };
}

export function promisesOfWakeUps(wakeUps: () => WakeUpQueue): void {
  test('waking for what already waits does nothing; another turn, slot or lane is another wake-up', async () => {
    const { handled, handle, release } = slowHandler();
    release();
    await wakeUps().wake([wakeUp('dup'), wakeUp('dup')]);
    await wakeUps().wake([wakeUp('dup'), wakeUp('dup', { turn: 'b' }), wakeUp('dup', { slot: 1 })]);
    const listening = await wakeUps().handle(handle, 4);
    await until('all are handled', () => handled.length >= 3);
    await listening.stop();
    expect(handled.map(({ slot, turn }) => `${slot}${turn}`).sort()).toEqual(['0a', '0b', '1a']);
  });

  test('a wake-up being handled still counts as waiting, its other turn does not; afterwards it can be added again', async () => {
    const first = slowHandler();
    const listening = await wakeUps().handle(first.handle, 4);
    await wakeUps().wake([wakeUp('turns')]);
    await until('it is handled', () => first.handled.length === 1);
    await wakeUps().wake([wakeUp('turns'), wakeUp('turns', { turn: 'b' })]);
    await until('the other turn is handled', () => first.handled.length === 2);
    first.release();
    expect(first.names()).toEqual(['turns/a', 'turns/b']);
    await until('it is handled anew', async () => {
      await wakeUps().wake([wakeUp('turns')]);
      return first.handled.length > 2;
    });
    await listening.stop();
  });

  test('a delayed wake-up comes later and holds no other back', async () => {
    const { handled, handle, release } = slowHandler();
    release();
    const began = performance.now();
    await wakeUps().wake([wakeUp('later')], 400);
    const listening = await wakeUps().handle(handle, 4);
    await wakeUps().wake([wakeUp('now')]);
    await until('both are handled', () => handled.length === 2);
    await listening.stop();
    expect(handled.map((one) => one.lane)).toEqual(['now', 'later']);
    expect(performance.now() - began).toBeGreaterThanOrEqual(390);
  });

  test('service mails are handled before what was added earlier', async () => {
    const { handled, handle, release } = slowHandler();
    release();
    await wakeUps().wake([wakeUp('x1'), wakeUp('x2')]);
    await wakeUps().wake([wakeUp('service', { issue: 0 })]);
    const listening = await wakeUps().handle(handle, 1);
    await until('all are handled', () => handled.length === 3);
    await listening.stop();
    expect(handled[0]).toMatchObject({ issue: 0 });
  });

  test('stop takes no more, and waits for what is being handled', async () => {
    const { handled, handle, release } = slowHandler();
    const listening = await wakeUps().handle(handle, 1);
    await wakeUps().wake([wakeUp('held'), wakeUp('never')]);
    await until('one is handled', () => handled.length === 1);
    let stopped = false;
    const stopping = listening.stop().then(() => {
      stopped = true;
    });
    await wakeUps().healthy();
    expect(stopped).toBe(false);
    release();
    await stopping;
    expect(handled).toHaveLength(1);
  });

  test('a handler that fails leaves nothing behind: the same wake-up can be added again', async () => {
    let handled = 0;
    const listening = await wakeUps().handle(async ({ lane }) => {
      if (lane !== 'fails') return;
      handled += 1;
      throw new Error('of the test');
    }, 4);
    await until('it is handled again', async () => {
      await wakeUps().wake([wakeUp('fails')]);
      return handled >= 2;
    });
    await listening.stop();
  });
}
