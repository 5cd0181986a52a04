/**
 * SVG -> PNG, in a process that is killed after a time limit: a few lines of SVG can keep the drawing library busy
 * for hours.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('./render-process.js', import.meta.url));
const MAX_WORK_MS = 10_000;
const MAX_COMPLAINT = 4_000;

/** Rejects with the library's error, or when the time is up. */
export async function renderSvg(
  svg: Buffer,
  maxWidth: number,
  maxPixels: number,
  maxWorkMs = MAX_WORK_MS,
): Promise<Buffer> {
  const child = spawn(process.execPath, [PROGRAM, String(maxWidth), String(maxPixels)], {
    timeout: maxWorkMs,
    killSignal: 'SIGKILL',
  });
  const chunks: Buffer[] = [];
  let complaint = '';
  child.stdout.on('data', (piece: Buffer) => chunks.push(piece));
  child.stderr.on('data', (piece: Buffer) => {
    complaint = (complaint + piece).slice(0, MAX_COMPLAINT);
  });
  child.stdin.on('error', () => {});
  child.stdin.end(svg);
  const [code, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (...ended) => resolve(ended));
  });
  if (code === 0) return Buffer.concat(chunks);
  if (signal === 'SIGKILL') throw new Error(`it takes longer than ${maxWorkMs / 1_000} s to draw`);
  throw new Error(complaint || `the drawing ended with exit code ${code}`);
}
