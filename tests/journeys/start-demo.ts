/** The demo as a process of its own, in a folder of its own; the addresses that it must ignore lead nowhere. */
import { start } from '../helpers/processes.ts';
import { freePort } from '../helpers/redis-server.ts';

export async function startDemo(folder: string, ...options: string[]) {
  const port = await freePort();
  const env = {
    POSTRIDER_HOME: folder,
    PORT: String(port),
    SMTP_URL: 'smtp://192.0.2.1',
    DATABASE_URL: 'postgres://192.0.2.1/x',
  };
  return { running: start(['demo', ...options], { env }), url: `http://localhost:${port}` };
}
