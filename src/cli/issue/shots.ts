/** `postrider issue shots`: pictures of an issue's mail as readers see it, made by an installed Chromium. */
import type { Command } from 'commander';
import type { Config } from '../../config/config.ts';
import { Usage } from '../../errors.ts';
import type { OpenContext } from '../context.ts';
import { out } from '../output.ts';

interface ShotsOptions {
  out: string;
  newsletter?: string;
  chromium?: string;
  height?: string;
  as?: string;
}

export function shotsCommand(issue: Command, open: OpenContext, readSettings: () => Config): void {
  issue
    .command('shots <file>')
    .description(
      'Writes desktop.png, phone.png, dark.png, images-off.png and text.png of an issue; needs Chromium.',
    )
    .requiredOption('--out <folder>', 'the folder to write to')
    .option('--newsletter <slug>', 'show it as an issue of this newsletter')
    .option('--as <address>', 'as this subscriber would see it; needs --newsletter')
    .option('--chromium <path>', 'the browser (default: the first on PATH)')
    .option('--height <px>', 'only the top of each picture')
    .option('--json', 'one JSON value on standard output')
    .action(async (file: string, options: ShotsOptions) => {
      const maxHeight = heightOf(options.height);
      if (options.as !== undefined && options.newsletter === undefined)
        throw new Usage('--as needs --newsletter: whose subscriber is meant?');
      const [{ openAuthoringContext }, { takeShots }] = await Promise.all([
        import('./context.ts'),
        import('./take-shots.ts'),
      ]);
      const context = await openAuthoringContext(open, readSettings, options);
      const { out: folder, chromium = null, as = null } = options;
      const shots = await takeShots(file, context, { folder, chromium, as, maxHeight });
      out(
        { out: options.out, shots },
        shots.map(({ path, width, height }) => `${path}  ${width} x ${height}`).join('\n'),
      );
    });
}

function heightOf(written: string | undefined): number | undefined {
  if (written === undefined) return undefined;
  if (!/^[1-9]\d{0,4}$/.test(written)) throw new Usage(`--height: expected pixels, found "${written}"`);
  return Number(written);
}
