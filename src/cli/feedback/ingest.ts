/** `postrider feedback ingest`: what mails that came back mean, mail by mail, in flat memory. */
import { once } from 'node:events';
import type { Program } from '../../bootstrap.ts';
import { Refused } from '../../errors.ts';
import { decide } from '../../feedback/policy.ts';
import { readReport } from '../../feedback/reports/read-report.ts';
import { tell, wantsJson } from '../output.ts';
import { counted } from '../text.ts';
import { applyMail } from './apply-mails.ts';
import { mailText, type Tally, tallyText } from './ingest-text.ts';
import type { IngestedMail } from './ingested.ts';
import { type FoundMail, findMails } from './mail-files.ts';

/** With a `program` the mails are applied; without one they are only explained. */
export async function ingest(paths: readonly string[], program: Program | null = null): Promise<void> {
  const tally: Tally = { mails: 0, classes: new Map() };
  let unreadable = 0;
  const print = wantsJson() ? jsonPrinter() : textPrinter();
  try {
    for await (const found of findMails(paths)) {
      if ('error' in found) {
        unreadable += 1;
        tell(`warning: expected a mail, found ${found.error}`);
        continue;
      }
      const mail = program
        ? { path: found.path, recipients: await applyMail(program, found.sources) }
        : explain(found);
      count(tally, mail);
      await print.mail(mail);
    }
  } finally {
    await print.end(tally);
  }
  if (unreadable > 0)
    throw new Refused('unreadable-file', `${counted(unreadable, 'file')} could not be read; the others were`);
}

/** Without a database: what it would do to a delivery of ours that the report proves to be about. */
function explain({ path, sources }: Extract<FoundMail, { sources: Buffer[] }>): IngestedMail {
  const facts = {
    found: true,
    proven: true,
    sameAddress: true,
    soft: { issues: 1, days: 0 },
    providerSuspect: false,
  };
  const reports = sources.flatMap((source) => readReport(source).recipients);
  const recipients = reports.map((report) => ({
    ...report,
    delivery: null,
    action: decide(report.class, facts, report.reason).action,
  }));
  return { path, recipients };
}

function count(tally: Tally, { recipients }: IngestedMail): void {
  tally.mails += 1;
  for (const { class: one } of recipients) tally.classes.set(one, (tally.classes.get(one) ?? 0) + 1);
}

interface Printer {
  mail(mail: IngestedMail): Promise<void>;
  end(tally: Tally): Promise<void>;
}

/** One JSON array, written as it grows. */
function jsonPrinter(): Printer {
  let before = '[';
  return {
    async mail({ path, recipients }) {
      await write(`${before}${JSON.stringify({ path, recipients })}`);
      before = ',\n';
    },
    end: () => write(before === '[' ? '[]\n' : ']\n'),
  };
}

const textPrinter = (): Printer => ({
  mail: (mail) => write(`${mailText(mail)}\n`),
  end: (tally) => (tally.mails === 0 ? Promise.resolve() : write(`\n${tallyText(tally)}\n`)),
});

/** Waits for a slow reader, so that what it has not read yet does not pile up here. */
async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}
