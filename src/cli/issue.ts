/** `postrider issue ...`: issues, from Markdown to sent. */
import type { Command } from 'commander';
import type { Config } from '../config.ts';
import { issueSendCommands } from './issue-send.ts';
import { issueSourceCommands } from './issue-source.ts';
import type { OpenContext } from './shared.ts';

export function issueCommands(program: Command, open: OpenContext, readSettings: () => Config): void {
  const issue = program.command('issue').description('Issues: from Markdown to sent.');
  issueSourceCommands(issue, open, readSettings);
  issueSendCommands(issue, open);
}
