#!/usr/bin/env node
/** The command line: thin over the same core functions as pages and workers. */
import './heap.ts';
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { contextOpener } from './cli/context.ts';
import { addExamples } from './cli/examples.ts';
import { exitCodeOf, explain } from './cli/failures.ts';
import { tell } from './cli/output.ts';
import { heading, severityStyled } from './cli/style.ts';
import { readConfig } from './config/config.ts';

const packageFile = new URL('../../package.json', import.meta.url);
const { version } = JSON.parse(readFileSync(packageFile, 'utf8')) as { version: string };

const settings = () => readConfig();
/** Commands talk to a person, so their log is quiet unless LOG_LEVEL says otherwise. */
const quietly = () => readConfig(undefined, { LOG_LEVEL: 'error' });
const context = contextOpener(quietly);

const postrider = new Command('postrider')
  .description(
    'Newsletter delivery: Markdown in, one designed email per confirmed subscriber out, exactly once.',
  )
  .version(version)
  .configureOutput({ outputError: (text, write) => write(severityStyled(text)) })
  .configureHelp({ styleTitle: heading })
  .showHelpAfterError('(see --help)')
  .exitOverride();

/** Each group is loaded on demand, so that a small command starts fast; help needs them all. */
const groups: Readonly<Record<string, () => Promise<void>>> = {
  newsletter: async () => (await import('./cli/newsletter.ts')).newsletterCommands(postrider, context.open),
  subscriber: async () =>
    (await import('./cli/subscriber/subscriber.ts')).subscriberCommands(postrider, context.open),
  suppression: async () =>
    (await import('./cli/subscriber/suppression.ts')).suppressionCommands(postrider, context.open),
  segment: async () => (await import('./cli/segment/segment.ts')).segmentCommands(postrider, context.open),
  attribute: async () =>
    (await import('./cli/segment/attribute.ts')).attributeCommands(postrider, context.open),
  theme: async () => (await import('./cli/theme/theme.ts')).themeCommands(postrider, quietly),
  issue: async () => (await import('./cli/issue/issue.ts')).issueCommands(postrider, context.open, quietly),
  lane: async () => (await import('./cli/lane/lane.ts')).laneCommands(postrider, context.open),
  relay: async () => (await import('./cli/relay/relay.ts')).relayCommands(postrider, context.open),
  feedback: async () =>
    (await import('./cli/feedback/feedback.ts')).feedbackCommands(postrider, context.open, quietly),
  doctor: async () => (await import('./cli/doctor/doctor.ts')).doctorCommand(postrider, quietly),
  demo: async () => (await import('./cli/demo/demo.ts')).demoCommand(postrider, settings),
  roles: async () => (await import('./cli/worker/roles.ts')).roleCommands(postrider, settings, context.open),
};

// The reader of our output may stop early (`| head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  const group = groups[process.argv[2] ?? ''];
  for (const load of group ? [group] : Object.values(groups)) await load();
  addExamples(postrider);
  if (!group) (await import('@bomb.sh/tab/commander')).default(postrider);
  await postrider.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
  if (process.exitCode !== 0 && !(error instanceof Error && error.name === 'CommanderError'))
    tell(`postrider: ${explain(error)}`);
} finally {
  await context.closeAll();
  // A library that holds a timer or a socket open must not keep an ended command alive.
  setTimeout(() => process.exit(), 3_000).unref();
}
