/** Asking our own PUBLIC_URL as a stranger would. */
import { NotChecked } from '../check/check.ts';
import type { Situation, WebAnswer, WebRequest } from '../check/situation.ts';

/** Throws NotChecked where nobody answers: `public-url` says so. */
export async function askOurselves(
  { web, settings }: Situation,
  path: string,
  request: WebRequest,
): Promise<WebAnswer> {
  return web.ask(`${settings.publicUrl}${path}`, request).catch(() => {
    throw new NotChecked('PUBLIC_URL does not answer; see public-url');
  });
}

export const header = ({ headers }: WebAnswer, name: string): string =>
  [headers[name] ?? []].flat().join(', ');

export const isRedirect = ({ status }: WebAnswer): boolean => status >= 300 && status < 400;
