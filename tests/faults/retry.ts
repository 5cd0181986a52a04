import { until } from '../helpers/until.ts';

/** Repeats what fails because the database is away, as a person would. */
export async function retry<T>(act: () => Promise<T>): Promise<T> {
  let done: { answer: T } | undefined;
  await until('the database takes it', async () => {
    done = { answer: await act() };
    return true;
  });
  return done!.answer;
}
