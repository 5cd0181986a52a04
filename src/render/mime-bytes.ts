/** Pieces of a message to its bytes. */

/** Pieces of a message in order: ready bytes, and text of one character per byte (Latin-1). */
export type Pieces = (Buffer | string)[];

/** Fresh memory for every message would cost half as much again as filling its slots. */
const SLAB = 256 * 1024;
let slab = Buffer.alloc(0);
let used = 0;

/**
 * Joins pieces, copying each byte once. The result is a view of a slab that it shares with the messages before and
 * after it, as Node's own pool does for small buffers: never hand its `.buffer` to anyone.
 */
export function joinPieces(pieces: Pieces): Buffer {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  const bytes = carve(length);
  let at = 0;
  for (const piece of pieces) {
    if (typeof piece === 'string') bytes.write(piece, at, 'latin1');
    else bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function carve(length: number): Buffer {
  if (length > SLAB / 2) return Buffer.allocUnsafeSlow(length);
  if (used + length > slab.length) {
    slab = Buffer.allocUnsafeSlow(SLAB);
    used = 0;
  }
  used += length;
  return slab.subarray(used - length, used);
}
