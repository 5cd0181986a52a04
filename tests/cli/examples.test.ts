import { Command } from 'commander';
import { beforeAll, describe, expect, test } from 'vitest';
import { doctorCommand } from '../../src/cli/doctor/doctor.ts';
import { addExamples, commandAt, examples } from '../../src/cli/examples.ts';
import { feedbackCommands } from '../../src/cli/feedback/feedback.ts';
import { issueCommands } from '../../src/cli/issue/issue.ts';
import { laneCommands } from '../../src/cli/lane/lane.ts';
import { newsletterCommands } from '../../src/cli/newsletter.ts';
import { relayCommands } from '../../src/cli/relay/relay.ts';
import { subscriberCommands } from '../../src/cli/subscriber/subscriber.ts';
import { themeCommands } from '../../src/cli/theme/theme.ts';

const never = () => {
  throw new Error('not opened');
};
let program: Command;
let ran: string | null;

beforeAll(() => {
  program = new Command('postrider').exitOverride();
  newsletterCommands(program, never);
  subscriberCommands(program, never);
  themeCommands(program, never);
  issueCommands(program, never, never);
  laneCommands(program, never);
  relayCommands(program, never);
  doctorCommand(program, never);
  feedbackCommands(program, never, never);
  addExamples(program);
});

/** Blanks part words, quotes keep them together. */
const words = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');

describe.each(Object.entries(examples))('postrider %s', (path, lines) => {
  test('shows its examples in its help, and each of them parses', async () => {
    const command = commandAt(program, path);
    expect(command).toBeDefined();
    command!.action(() => {
      ran = path;
    });
    const help: string[] = [];
    command!.configureOutput({ writeOut: (text) => help.push(text) });
    command!.outputHelp();
    for (const line of lines) {
      expect(help.join('')).toContain(line);
      ran = null;
      await program.parseAsync(words(line).slice(1), { from: 'user' });
      expect(ran).toBe(path);
    }
  });
});
