/**
 * A separate process: reads one SVG from standard input, writes its PNG to standard output. Only killing the process
 * stops the drawing library, so the parent kills it after a time limit. Plain JavaScript, so that Node 20 runs it from
 * src/ as well as from dist/.
 *
 *   node render-process.js MAX-WIDTH MAX-PIXELS
 */
import sharp from 'sharp';

const [maxWidth, limitInputPixels] = process.argv.slice(2).map(Number);
const pieces = [];
for await (const piece of process.stdin) pieces.push(piece);
const drawing = Buffer.concat(pieces);
const open = (options) => sharp(drawing, { limitInputPixels, failOn: 'error', ...options });

try {
  // A drawing has no pixels of its own. It is rendered at twice its size, but not wider than the limit.
  const { width, density = 72 } = await open({}).metadata();
  const scale = Math.min(2, Math.max(maxWidth / width, 0.1));
  const image = open({ density: Math.max(1, density * scale) });
  process.stdout.write(await image.resize({ width: maxWidth, withoutEnlargement: true }).png().toBuffer());
} catch (error) {
  process.stderr.write(error.message);
  process.exitCode = 1;
}
