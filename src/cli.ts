#!/usr/bin/env node
/** The command line: thin over the same core functions as pages and workers. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { demoCommand } from './cli/demo.ts';
import { issueSendCommands } from './cli/issue-send.ts';
import { issueSourceCommands } from './cli/issue-source.ts';
import { newsletterCommands } from './cli/newsletter.ts';
import { roleCommands } from './cli/roles.ts';
import { contextOpener, exitCodeOf, explain, tell } from './cli/shared.ts';
import { subscriberCommands } from './cli/subscriber.ts';
import { readConfig } from './config.ts';

const version = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

/** Commands talk to a person: their log is quiet unless LOG_LEVEL says otherwise. */
const quietly = () => readConfig(undefined, { LOG_LEVEL: 'error' });
const context = contextOpener(quietly);

const postrider = new Command('postrider')
  .description(
    'Newsletter delivery: Markdown in, one designed email per confirmed subscriber out, exactly once.',
  )
  .version(version)
  .showHelpAfterError()
  .exitOverride();

roleCommands(postrider, () => readConfig());
demoCommand(postrider, () => readConfig());
newsletterCommands(postrider, context.open);
subscriberCommands(postrider, context.open);
const issue = postrider.command('issue').description('Issues: from Markdown to sent.');
issueSourceCommands(issue, context.open, quietly);
issueSendCommands(issue, context.open);

try {
  await postrider.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
  if (process.exitCode !== 0 && !(error instanceof Error && error.name === 'CommanderError'))
    tell(`postrider: ${explain(error)}`);
} finally {
  await context.closeAll();
}
