/** A list of addresses without a header, as mailing list managers print it: `ann@example.org`, `Ann Lee <ann@...>`. */
import { type Line, MAX_ROW_CHARS } from './lines.ts';
import type { CsvRecord } from './records.ts';

/** Mailman does not quote a name with a comma; Sympa writes the name after the address. */
const NAME_FIRST = /^(?:"([^"]*)"|([^<>"]*?))\s*<([^<>\s@]+@[^<>\s]+)>$/;
const ADDRESS_FIRST = /^"?([^\s"<>,;]+@[^\s"<>,;]+)"?(?:[ \t]+([^,;<>@]*))?$/;

/** Whether a file that begins with this line has no header. */
export const isAddressLine = (text: string): boolean => split(text) !== null;

/** Turns lines into records of address and name. Any other line becomes a record that is refused as an address. */
export class AddressList {
  push(lines: readonly Line[]): CsvRecord[] {
    return lines.map(({ number, text }) =>
      text.length > MAX_ROW_CHARS
        ? { line: number, reason: `the line is longer than ${MAX_ROW_CHARS} characters` }
        : { line: number, cells: split(text) ?? [text] },
    );
  }

  end(): CsvRecord[] {
    return [];
  }
}

function split(line: string): string[] | null {
  const text = line.trim();
  if (text.length > 1_000) return null;
  const [, quoted, plain, within] = NAME_FIRST.exec(text) ?? [];
  if (within !== undefined) return [within, quoted ?? plain ?? ''];
  const [, address, name] = ADDRESS_FIRST.exec(text) ?? [];
  return address === undefined ? null : [address, name ?? ''];
}
