import { expect, it } from 'vitest';
import { defaultRetention } from '../../src/audience/retention.ts';
import { readConfig } from '../../src/config/config.ts';

it('changes the times it names and leaves the others', () => {
  expect(readConfig({}).keep).toEqual(defaultRetention);
  expect(readConfig({ POSTRIDER_KEEP: 'left=2y origin=90d consent=forever' }).keep).toEqual({
    ...defaultRetention,
    left: 730,
    origin: 90,
    consent: null,
  });
});

it.each(['left', 'left=', 'left=0d', 'left=5', 'everything=1d', 'left=1d=2d', '__proto__=1d'])(
  'refuses %s',
  (text) => expect(() => readConfig({ POSTRIDER_KEEP: text })).toThrow(/POSTRIDER_KEEP/),
);
