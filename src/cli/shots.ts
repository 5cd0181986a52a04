/** `postrider issue shots`: pictures of an issue's mail as readers see it, made by an installed Chromium. */
import type { Command } from 'commander';
import type { Config } from '../config.ts';
import { type OpenContext, out } from './shared.ts';

export function shotsCommand(issue: Command, open: OpenContext, readSettings: () => Config): void {
  issue
    .command('shots <file>')
    .description('Writes desktop.png, phone.png, dark.png and images-off.png of an issue; needs Chromium.')
    .requiredOption('--out <folder>', 'where to')
    .option('--newsletter <slug>', 'show it as an issue of this newsletter')
    .option('--chromium <path>', 'the browser (default: the first on PATH)')
    .option('--json', 'one JSON value on standard output')
    .action(async (file: string, options: { out: string; newsletter?: string; chromium?: string }) => {
      const [{ surroundings }, { takeShots }] = await Promise.all([
        import('./issue-around.ts'),
        import('./shots-acts.ts'),
      ]);
      const around = await surroundings(open, readSettings, options);
      const shots = await takeShots(file, around, options.out, options.chromium ?? null);
      out(
        { out: options.out, shots },
        shots.map(({ path, width, height }) => `${path}  ${width} x ${height}`).join('\n'),
      );
    });
}
