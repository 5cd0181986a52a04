import { until } from '../helpers/until.ts';

/** A person who is told that the database is away presses again. */
export async function insist<T>(act: () => Promise<T>): Promise<T> {
  let done: { answer: T } | undefined;
  await until('the database takes it', async () => {
    done = { answer: await act() };
    return true;
  });
  return done!.answer;
}
