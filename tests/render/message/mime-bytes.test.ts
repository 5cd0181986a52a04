import { expect, test } from 'vitest';
import { MessageMemory } from '../../../src/render/message/message.ts';
import { joinPieces } from '../../../src/render/message/mime-bytes.ts';

const pieces = (text: string) => [Buffer.from('To: '), text, Buffer.from('\r\n')];

test('messages of every length come out whole of one memory, one after the other', () => {
  const memory = new MessageMemory();
  for (const length of [10, 5_000, 3, 40_000, 300_000, 20, 39_000]) {
    const text = String.fromCharCode(97 + (length % 26)).repeat(length);
    expect(joinPieces(pieces(text), memory).equals(joinPieces(pieces(text)))).toBe(true);
  }
});

test('the next message takes the place of the one before; without a memory each keeps its own', () => {
  const memory = new MessageMemory();
  const first = joinPieces(pieces('ada@example.org'), memory);
  const kept = joinPieces(pieces('ada@example.org'));
  const second = joinPieces(pieces('bob@example.org'), memory);
  expect(second.buffer).toBe(first.buffer);
  expect(kept.toString()).toBe('To: ada@example.org\r\n');
});
