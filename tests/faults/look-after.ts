/** The person who looks on: a send that paused itself is resumed. */
import { issueStatus } from '../../src/stats/status.ts';
import type { Scene } from './scene.ts';

/** True when the send is over. */
export async function lookAfter(scene: Scene): Promise<boolean> {
  const { state, reason } = await issueStatus(scene.db, scene.issueId);
  if (state === 'paused') {
    scene.pauses.push(reason ?? 'no reason');
    await scene.stage.run('issue', 'resume', scene.issue);
  }
  return state === 'sent' || state === 'cancelled';
}
