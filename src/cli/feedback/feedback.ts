/** `postrider feedback ...`: what comes back after acceptance. */
import type { Command } from 'commander';
import type { OpenContext } from '../context.ts';
import { keyCommands } from './key.ts';

export function feedbackCommands(root: Command, open: OpenContext): void {
  const feedback = root
    .command('feedback')
    .description('What comes back: bounces, complaints and the events of mail providers.');
  keyCommands(feedback, open);
}
