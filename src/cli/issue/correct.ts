/** `postrider issue correct`: corrects the web page of an issue that is out. */
import { type CorrectedIssue, correctIssue } from '../../authoring/correction/correct-issue.ts';
import { storedName } from '../../authoring/source/source-file.ts';
import { Usage } from '../../errors.ts';
import type { Message } from '../../issue/document/document.ts';
import type { OpenContext } from '../context.ts';
import { out, tell } from '../output.ts';
import { openStoringContext } from './context.ts';
import { readSource } from './read-source.ts';
import { report } from './report.ts';

export interface CorrectOptions {
  newsletter: string;
  slug?: string;
  note?: string;
  base?: string;
  allowMissingPictures?: boolean;
}

/** In characters. The note is a box above the issue, not a second issue. */
const MAX_NOTE_LENGTH = 500;

export async function correct(open: OpenContext, file: string, options: CorrectOptions): Promise<void> {
  const { newsletter, base, ...rest } = options;
  const note = readNote(rest.note);
  const context = await openStoringContext((await open()).program, newsletter);
  const onChecked = (messages: readonly Message[]) => report(file, messages);
  const source = await readSource(file, base);
  const corrected = await correctIssue(source, context, { ...rest, note, who: 'cli', onChecked });
  const { issue, state, change, correctedAt, messages } = corrected;
  const isUnchanged = change === 'unchanged';
  if (isUnchanged && note !== null && correctedAt === null)
    tell(`the note was not published: ${issue} was made from this very file, ${storedName(file)}`);
  if (!isUnchanged) tellWhatMailsKeep(corrected);
  out(
    { issue, state, messages, change, correctedAt: correctedAt?.toISOString() ?? null },
    isUnchanged ? `unchanged ${issue} (${state})` : `corrected ${issue} (${state}), on the web only`,
  );
}

/** One line of plain text; null when no note was given. */
function readNote(given: string | undefined): string | null {
  if (given === undefined) return null;
  const note = given.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  const length = [...note].length;
  if (length > 0 && length <= MAX_NOTE_LENGTH) return note;
  throw new Usage(
    `--note: expected 1 to ${MAX_NOTE_LENGTH} characters that say what was corrected, got ${length}`,
  );
}

function tellWhatMailsKeep({ state, issue }: CorrectedIssue): void {
  if (state === 'sending' || state === 'paused')
    tell(
      `${issue} is ${state}: its mails stay as they were frozen; postrider issue cancel ${issue} stops them`,
    );
  else if (state !== 'archived')
    tell(`its mails stay as they were sent; to tell their readers, send an issue --only-reached-by ${issue}`);
}
