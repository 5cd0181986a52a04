import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ingest } from '../../../src/cli/feedback/ingest.ts';
import { ann, mail, report } from '../../feedback/reports/invented-mails.ts';

let folder = '';
let printed = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'postrider-ingest-'));
  printed = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  writeFileSync(
    join(folder, '1.eml'),
    report([
      `Final-Recipient: rfc822; ${ann}`,
      'Action: failed',
      'Status: 5.1.1',
      'Diagnostic-Code: smtp; 550 no such user',
    ]),
  );
  writeFileSync(join(folder, '2.eml'), Buffer.from([0, 255, 10, 13, 0]));
  writeFileSync(
    join(folder, '3.eml'),
    mail({ from: ann, subject: 'Automatic reply: Weekly', body: ['Away.'] }),
  );
});
afterEach(() => {
  vi.restoreAllMocks();
  process.argv = process.argv.filter((word) => word !== '--json');
  rmSync(folder, { recursive: true });
});

test('--json prints an array with what each mail means and would do', async () => {
  process.argv.push('--json');
  await ingest([folder]);
  expect(JSON.parse(printed)).toEqual([
    {
      path: '1.eml',
      recipients: [
        {
          recipient: ann,
          original: null,
          class: 'hard',
          reason: 'user-unknown',
          status: '5.1.1',
          diagnostic: '550 no such user',
          delivery: null,
          action: 'suppressed',
        },
      ],
    },
    {
      path: '2.eml',
      recipients: [expect.objectContaining({ recipient: null, class: 'other', action: 'none' })],
    },
    {
      path: '3.eml',
      recipients: [expect.objectContaining({ recipient: ann, class: 'vacation', action: 'none' })],
    },
  ]);
});

test('for people it says the same in words, with a sum', async () => {
  await ingest([folder]);
  expect(printed).toContain(`1.eml\n  ${ann}: hard (the address is bad): user-unknown, 5.1.1 -> suppressed`);
  expect(printed).toContain('3 mails: 1 hard, 1 other, 1 vacation');
});
