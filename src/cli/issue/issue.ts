/** `postrider issue ...`: issues, from Markdown to sent. */
import type { Command } from 'commander';
import type { Config } from '../../config/config.ts';
import type { OpenContext } from '../context.ts';
import { issueSendCommands } from '../send/commands.ts';
import { previewCommand } from './preview.ts';
import { shotsCommand } from './shots.ts';
import { issueSourceCommands } from './source-commands.ts';

export function issueCommands(root: Command, open: OpenContext, readSettings: () => Config): void {
  const issue = root.command('issue').description('Issues: from Markdown to sent.');
  issueSourceCommands(issue, open, readSettings);
  previewCommand(issue, open, readSettings);
  shotsCommand(issue, open, readSettings);
  issueSendCommands(issue, open);
}
