/**
 * Quoted-printable (RFC 2045 6.7) in pieces that can be joined in any order. Each piece begins and ends in column 0, with
 * a soft line break where its text does not end a line. So a text is encoded once, its gaps are filled per reader, and
 * still no line is longer than 76 characters. No library does this: they encode whole texts.
 *
 * A line never begins with a dot, so that SMTP needs no dot-stuffing (RFC 5321 4.5.2), nor with `From `, which
 * mailboxes on disk would change and break signatures with.
 */

const MAX_LINE = 76;
const HEX = Array.from({ length: 256 }, (_, byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`);
/** What most slots contain: nothing to encode, only lines to break. */
const PLAIN = /^[ -<>-~]+$/;

/** Encodes a piece of text as UTF-8; `''` stays empty. Line ends of every kind become CRLF. */
export function encodePiece(text: string): string {
  if (PLAIN.test(text)) return cutPlain(text);
  const lines = text.split(/\r\n|\r|\n/);
  const last = lines.pop()!;
  const ended = lines.map((line) => `${encodeLine(line, true)}\r\n`).join('');
  return last === '' ? ended : `${ended}${encodeLine(last, false)}=\r\n`;
}

function cutPlain(text: string): string {
  let encoded = '';
  for (let at = 0; at < text.length; ) {
    const risky = text[at] === '.' || text.startsWith('From ', at);
    const start = risky ? HEX[text.charCodeAt(at++)]! : '';
    const end = at + MAX_LINE - 1 - start.length;
    encoded += `${start}${text.slice(at, end)}=\r\n`;
    at = end;
  }
  return encoded;
}

/** One line with soft line breaks. If a line end follows (`ended`), a space before it must be encoded. */
function encodeLine(line: string, ended: boolean): string {
  const characters = [...line];
  const atEnd = ended ? characters.length - 1 : -1;
  let encoded = '';
  let column = 0;
  for (const [index, character] of characters.entries()) {
    const first = column === 0 && isRiskyStart(characters, index);
    const plain = encodeCharacter(character, first || index === atEnd);
    if (column + plain.length < MAX_LINE) {
      encoded += plain;
      column += plain.length;
    } else {
      const next = encodeCharacter(character, index === atEnd || isRiskyStart(characters, index));
      encoded += `=\r\n${next}`;
      column = next.length;
    }
  }
  return encoded;
}

function isRiskyStart(characters: string[], index: number): boolean {
  const character = characters[index];
  return character === '.' || (character === 'F' && characters.slice(index, index + 5).join('') === 'From ');
}

/** `guarded` encodes characters that are not safe at the start or the end of a line. */
function encodeCharacter(character: string, guarded: boolean): string {
  const code = character.charCodeAt(0);
  const plain = code === 0x09 || (code >= 0x20 && code < 0x7f && code !== 0x3d);
  if (plain && !(guarded && /[ \t.F]/.test(character))) return character;
  let encoded = '';
  for (const byte of Buffer.from(character)) encoded += HEX[byte];
  return encoded;
}
