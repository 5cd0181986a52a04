/** Named numbers, signed for one purpose: how every token is written and read. */
import type { Keys } from './keys.ts';

/**
 * The numbers of a token for each purpose, in the order in which they are signed. A purpose that has signed another list
 * before has a second one, after a colon; their lengths tell them apart.
 */
const FIELDS = {
  unsubscribe: ['newsletter', 'subscriber', 'linkKey', 'issue', 'delivery'],
  confirm: ['newsletter', 'subscriber', 'linkKey', 'requestKey', 'expires'],
  'confirm:mail': ['newsletter', 'subscriber', 'linkKey', 'requestKey', 'expires', 'mail'],
  reject: ['newsletter', 'subscriber', 'linkKey'],
  preferences: ['newsletter', 'subscriber', 'linkKey'],
  leaving: ['newsletter', 'subscriber', 'linkKey', 'record', 'expires'],
  data: ['newsletter', 'subscriber', 'linkKey', 'expires'],
  address: ['newsletter', 'subscriber', 'linkKey', 'change', 'side', 'expires'],
  mailto: ['newsletter', 'subscriber', 'linkKey'],
  form: ['openedAt'],
  delivery: ['issue', 'delivery', 'linkKey'],
} as const;

type Shape = keyof typeof FIELDS;
type Numbers<S extends Shape> = Record<(typeof FIELDS)[S][number], number>;

export function signNumbers<S extends Shape>(keys: Keys, shape: S, numbers: Numbers<S>): string {
  const names: readonly (keyof Numbers<S>)[] = FIELDS[shape];
  return keys.sign(purposeOf(shape), pack(names.map((name) => numbers[name])));
}

/** Null for anything that was not signed for this purpose. */
export const readNumbers = <S extends Shape>(keys: Keys, shape: S, token: string): Numbers<S> | null =>
  unpackNumbers(shape, keys.verify(purposeOf(shape), token));

/** The numbers in a verified payload. */
export function unpackNumbers<S extends Shape>(shape: S, payload: Buffer | null): Numbers<S> | null {
  const names = FIELDS[shape];
  const numbers = unpack(payload, names.length);
  return numbers && (Object.fromEntries(names.map((name, at) => [name, numbers[at]])) as Numbers<S>);
}

const purposeOf = (shape: Shape): string => shape.replace(/:.*/, '');

/** LEB128: seven bits per octet, low bits first, so that small ids make short links. */
function pack(numbers: readonly number[]): Buffer {
  const octets: number[] = [];
  for (const number of numbers) {
    if (!Number.isSafeInteger(number) || number < 0)
      throw new RangeError(`expected ids from 0 up to 2^53 in a token, got ${number}`);
    let rest = number;
    for (; rest >= 128; rest = Math.floor(rest / 128)) octets.push((rest % 128) + 128);
    octets.push(rest);
  }
  return Buffer.from(octets);
}

/** Exactly `count` numbers, or null. */
function unpack(payload: Buffer | null, count: number): number[] | null {
  const numbers: number[] = [];
  let number = 0;
  let weight = 1;
  for (const octet of payload ?? []) {
    number += (octet % 128) * weight;
    weight *= 128;
    if (octet >= 128) continue;
    numbers.push(number);
    number = 0;
    weight = 1;
  }
  return numbers.length === count && weight === 1 ? numbers : null;
}
