/** Asks a person at a terminal. */
import { createInterface } from 'node:readline/promises';

/** Only "y" or "yes" counts. Ctrl-C and the end of the input are a no. */
export const askYes = async (question: string): Promise<boolean> =>
  /^y(es)?$/i.test(await askText(`${question} [y/N]`));

/** One line, trimmed. Empty after Ctrl-C and at the end of the input. */
export async function askText(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<string>((resolve) => {
    lines.once('SIGINT', () => lines.close()).once('close', () => resolve(''));
  });
  try {
    return (await Promise.race([lines.question(`${question} `), closed])).trim();
  } finally {
    lines.close();
  }
}
