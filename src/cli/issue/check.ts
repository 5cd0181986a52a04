/** `postrider issue check`: everything that a send would check, over a file. */
import { checkFile } from '../../authoring/check-file.ts';
import { errorsIn } from '../../checks/check-issue.ts';
import type { Config } from '../../config/config.ts';
import { Usage } from '../../errors.ts';
import { fetchStatus } from '../../io/fetch/status.ts';
import type { Message } from '../../issue/document/document.ts';
import type { OpenContext } from '../context.ts';
import { out } from '../output.ts';
import { counted } from '../text.ts';
import { type NewsletterOption, openAuthoringContext } from './context.ts';
import { readSource } from './read-source.ts';
import { report } from './report.ts';

interface CheckOptions extends NewsletterOption {
  online?: boolean;
  audience?: boolean;
}

export async function check(
  open: OpenContext,
  readSettings: () => Config,
  file: string,
  options: CheckOptions,
): Promise<void> {
  if (options.audience && options.newsletter === undefined)
    throw new Usage('--audience needs --newsletter: whose readers are meant?');
  const context = await openAuthoringContext(open, readSettings, options);
  const { db, newsletter } = context;
  const messages = await checkFile(await readSource(file), context, {
    online: options.online ? { ask: fetchStatus, onProgress: showProgress } : null,
    audience: options.audience && db && newsletter ? { db, newsletter } : null,
  });
  if (options.online) showOnTerminal('');
  report(file, messages);
  const count = (severity: Message['severity']) =>
    counted(messages.filter((message) => message.severity === severity).length, severity);
  const errors = errorsIn(messages).length;
  out({ file, ok: errors === 0, messages }, `${file}: ${count('error')}, ${count('warning')}`);
  if (errors > 0) process.exitCode = 1;
}

const showProgress = (done: number, all: number): void => showOnTerminal(`asked ${done} of ${all} addresses`);

/** Replaces the current line. */
function showOnTerminal(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${line}`);
}
