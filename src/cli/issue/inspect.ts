/** `postrider issue inspect`: what Postrider understood of a file. */
import { readFile } from '../../authoring/render/read.ts';
import type { Config } from '../../config/config.ts';
import { inspectJson } from '../../issue/inspect.ts';
import type { OpenContext } from '../context.ts';
import { wantsJson } from '../output.ts';
import { type NewsletterOption, openAuthoringContext } from './context.ts';
import { readSource } from './read-source.ts';

export async function inspect(
  open: OpenContext,
  readSettings: () => Config,
  file: string,
  options: NewsletterOption,
): Promise<void> {
  const context = await openAuthoringContext(open, readSettings, options);
  const { document } = await readFile(await readSource(file), context);
  const inspected = inspectJson(document, context.newsletter?.timezone ?? null);
  process.stdout.write(`${JSON.stringify(inspected, null, wantsJson() ? undefined : 2)}\n`);
}
