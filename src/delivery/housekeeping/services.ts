/**
 * The housekeeping services, in the order in which one sweep runs them. The order matters in three places: sends that
 * nobody served are paused before anything serves them, canaries continue only after the auto-pause has checked them,
 * and lanes are woken after everything that may have given them work.
 */
import { compactLedgers } from './pruning/compact-ledgers.ts';
import { endedWorkers } from './pruning/ended-workers.ts';
import { expiredData } from './pruning/expired-data.ts';
import { oldEvents } from './pruning/old-events.ts';
import { oldLaneStates } from './pruning/old-lane-states.ts';
import { oldRelayCounts } from './pruning/old-relay-counts.ts';
import { oldRequests } from './pruning/old-requests.ts';
import { unconfirmed } from './pruning/unconfirmed.ts';
import { deadWorkers } from './recovery/dead-workers.ts';
import { erasedPeople } from './recovery/erased-people.ts';
import { expiredDeliveries } from './recovery/expired-deliveries.ts';
import { orphanedDeliveries } from './recovery/orphaned-deliveries.ts';
import { resendUnknownsByKey } from './recovery/resend-by-key.ts';
import { resendUnknowns } from './recovery/resend-unknowns.ts';
import { unheldBatches } from './recovery/unheld-batches.ts';
import { wakeIdleLanes } from './recovery/wake-idle-lanes.ts';
import { autoPause } from './sends/auto-pause.ts';
import { canaries } from './sends/canaries.ts';
import { cancelledSends } from './sends/cancelled-sends.ts';
import { expiredIssues } from './sends/expired-issues.ts';
import { feedbackAlarms } from './sends/feedback-alarms.ts';
import { finishedSends } from './sends/finished-sends.ts';
import { laneProgress } from './sends/lane-progress.ts';
import { lateSubscribers } from './sends/late-subscribers.ts';
import { reopenedSends } from './sends/reopened-sends.ts';
import { scheduledSends } from './sends/scheduled-sends.ts';
import { unservedSends } from './sends/unserved-sends.ts';
import { warmUps } from './sends/warm-ups.ts';
import type { HousekeepingService } from './service/service.ts';

export const services: readonly HousekeepingService[] = [
  deadWorkers,
  unheldBatches,
  unservedSends,
  scheduledSends,
  lateSubscribers,
  reopenedSends,
  orphanedDeliveries,
  erasedPeople,
  resendUnknowns,
  resendUnknownsByKey,
  expiredDeliveries,
  expiredIssues,
  autoPause,
  feedbackAlarms,
  canaries,
  warmUps,
  finishedSends,
  cancelledSends,
  wakeIdleLanes,
  laneProgress,
  compactLedgers,
  oldRelayCounts,
  oldLaneStates,
  endedWorkers,
  oldRequests,
  expiredData,
  unconfirmed,
  oldEvents,
];
