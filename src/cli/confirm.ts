/** Asks a person at a terminal. */
import { createInterface } from 'node:readline/promises';

/** Only "y" or "yes" counts. Ctrl-C and the end of the input are a no. */
export async function askYes(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<string>((resolve) => {
    lines.once('SIGINT', () => lines.close()).once('close', () => resolve(''));
  });
  try {
    const answer = await Promise.race([lines.question(`${question} [y/N] `), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    lines.close();
  }
}
