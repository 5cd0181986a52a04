/**
 * A program of its own: one SVG on standard input, its PNG on standard output. Nothing but the end of its process stops
 * a drawing library at work, so whoever started it ends it. Plain JavaScript, since Node 20 runs it as it stands, from
 * src/ as from dist/.
 *
 *   node draw-process.js MAX-WIDTH MAX-PIXELS
 */
import sharp from 'sharp';

const [maxWidth, limitInputPixels] = process.argv.slice(2).map(Number);
const pieces = [];
for await (const piece of process.stdin) pieces.push(piece);
const drawing = Buffer.concat(pieces);
const open = (options) => sharp(drawing, { limitInputPixels, failOn: 'error', ...options });

try {
  // A drawing has no pixels of its own: it is drawn twice its size, as far as that is not wider than asked for.
  const { width, density = 72 } = await open({}).metadata();
  const scale = Math.min(2, Math.max(maxWidth / width, 0.1));
  const drawn = open({ density: Math.max(1, density * scale) });
  process.stdout.write(await drawn.resize({ width: maxWidth, withoutEnlargement: true }).png().toBuffer());
} catch (error) {
  process.stderr.write(error.message);
  process.exitCode = 1;
}
