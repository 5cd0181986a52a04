/** The rows as PostgreSQL stores them. Domain values live in their folders; only queries see these types. */
import type { ColumnType, Generated, GeneratedAlways } from 'kysely';

export type IssueState = 'draft' | 'scheduled' | 'sending' | 'paused' | 'sent' | 'cancelled' | 'archived';
export type DeliveryState =
  | 'planned'
  | 'handing'
  | 'deferred'
  | 'accepted'
  | 'refused'
  | 'skipped'
  | 'unknown';
export type DeliveryKind = 'issue' | 'confirmation' | 'welcome' | 'notice';
/**
 * What a mail of kind `notice` is about. A new name needs its condition in ledger/moves/notices.ts, its links in
 * consent/service-links.ts, its parts in render/service-mail.ts, and its words `notice.<name>.*`.
 */
export type NoticeName = 'already-reader' | 'data-link' | 'address-old' | 'address-new';
export type SubscriptionState = 'pending' | 'confirmed' | 'unsubscribed';
/** What a reader gets of a newsletter: each issue, or the first of each month. */
export type Frequency = 'each' | 'first';

/** jsonb: read as a parsed value, written as a JSON string. */
type Json<T> = ColumnType<T, string | undefined, string>;
type Now = ColumnType<Date, Date | undefined, Date>;

export interface NewslettersTable {
  id: GeneratedAlways<number>;
  slug: string;
  name: string;
  from_name: string;
  from_address: string;
  reply_to: string | null;
  language: Generated<string>;
  timezone: Generated<string>;
  theme: Generated<string>;
  colors: Json<Record<string, string>>;
  logo: string | null;
  postal_address: Generated<string>;
  /** Shown on the subscription page, as are the next two. */
  description: string | null;
  frequency: string | null;
  privacy_url: string | null;
  base_url: string | null;
  /** One name, or several with weights: `a:3,b:1`. */
  relay: string | null;
  /** Local times: `22:00-07:00`. */
  quiet: string | null;
  quiet_zone: Generated<'newsletter' | 'reader'>;
  /** Percent; 0: never. */
  auto_pause_refused: Generated<number>;
  auto_pause_complaints: Generated<number>;
  auto_pause_sample: Generated<number>;
  archive: Generated<'public' | 'unlisted' | 'off'>;
  signup: Generated<'open' | 'closed'>;
  images: Generated<'mirror' | 'link'>;
  on_unknown: Generated<'hold' | 'resend'>;
  keep_ledger_days: ColumnType<number | null, number | null | undefined, number | null>;
  editors: Generated<string[]>;
  legal_profile: Generated<string[]>;
  welcome: Generated<boolean>;
  welcome_text: string | null;
  latest_issue_since: Date | null;
  sites: Generated<string[]>;
  disposable: Generated<'allow' | 'refuse'>;
  proof: Generated<boolean>;
  created_at: Now;
}

interface SubscribersTable {
  id: GeneratedAlways<number>;
  identity: string;
  email: string;
  name: string | null;
  language: string | null;
  timezone: string | null;
  attributes: Json<Record<string, string>>;
  /** Random; every link that identifies this person carries it. */
  link_key: Generated<number>;
  created_at: Now;
}

interface SubscriptionsTable {
  id: GeneratedAlways<number>;
  newsletter_id: number;
  subscriber_id: number;
  state: SubscriptionState;
  confirmed_at: Date | null;
  unsubscribed_at: Date | null;
  left_by: string | null;
  /** The confirmation request that it is, or was last, pending by. */
  request_key: number | null;
  requested_at: Date | null;
  /** Of the latest mail that asked about several newsletters. */
  joint_key: number | null;
  frequency: Generated<Frequency>;
  paused_until: Date | null;
  /** Lower case. */
  tags: Generated<string[]>;
  created_at: Now;
}

interface ConsentRecordsTable {
  id: GeneratedAlways<number>;
  subscriber_id: number | null;
  newsletter_id: number | null;
  step: string;
  wording: string | null;
  wording_version: string | null;
  language: string | null;
  source: string;
  /** Of records that 0.1.0 wrote; since then only the hash is kept. */
  ip: string | null;
  ip_hash: Buffer | null;
  page: string | null;
  user_agent: string | null;
  delivery_issue_id: number | null;
  delivery_id: number | null;
  at: Now;
}

interface LeavingReasonsTable {
  id: GeneratedAlways<number>;
  /** The consent record of the unsubscribe. */
  record_id: number;
  newsletter_id: number;
  subscriber_id: number | null;
  reason: string;
  comment: string | null;
  at: Now;
}

interface AddressChangesTable {
  id: GeneratedAlways<number>;
  subscriber_id: number;
  email: string;
  identity: string;
  old_confirmed_at: Date | null;
  new_confirmed_at: Date | null;
  at: Now;
}

interface SuppressionsTable {
  id: GeneratedAlways<number>;
  identity_hash: Buffer;
  hash_kid: string;
  identity: string | null;
  subscriber_id: number | null;
  newsletter_id: number | null;
  reason: string;
  source: string;
  until: Date | null;
  lifted_at: Date | null;
  /** For an erasure: the link key of the erased row. */
  link_key: number | null;
  created_at: Now;
}

interface EditionsTable {
  id: GeneratedAlways<number>;
  hash: string;
  content: ColumnType<unknown, string, string>;
  created_at: Now;
}

export interface IssuesTable {
  id: GeneratedAlways<number>;
  newsletter_id: number;
  slug: string;
  state: Generated<IssueState>;
  title: string;
  /** `YYYY-MM-DD` */
  issue_date: string | null;
  language: string;
  source: string;
  source_name: string;
  media: Json<Record<string, string>>;
  /** Addresses as a site generator wrote them -> where they lead. */
  links: Json<Record<string, string>>;
  edition_id: number | null;
  reason_code: string | null;
  reason_detail: string | null;
  compacting_since: Date | null;
  compacted_at: Date | null;
  created_at: Now;
  updated_at: Now;
}

/** What was ordered for an issue, and how far its send has come. */
export interface SendsTable {
  issue_id: number;
  /** The newsletter's relays at the time of the order: one name, or several with weights. */
  route: string | null;
  rehearsal: Generated<boolean>;
  scheduled_at: Date | null;
  catch_up_seconds: number | null;
  /** Nothing is sent after this. */
  expires_at: Date | null;
  reached_by: number | null;
  reached_unknown: Generated<boolean>;
  canary_size: number | null;
  canary_percent: number | null;
  canary_wait_seconds: number | null;
  canary_settled_at: Date | null;
  canary_over: Generated<boolean>;
  sending_since: Date | null;
  served_at: Date | null;
  sent_at: Date | null;
  paused_by: string | null;
  paused_at: Date | null;
  waits_for: string | null;
  waits_until: Date | null;
  baseline_judged: Generated<number>;
  baseline_refused: Generated<number>;
  baseline_complaints: Generated<number>;
  plan_moment: Date | null;
  plan_high: number | null;
  plan_cursor: Generated<number>;
  plan_done: Generated<boolean>;
  /** How far the closing pass has looked for people whom the pages missed (a subscription id). */
  plan_closed_to: number | null;
  plan_on_hold: Generated<boolean>;
  plan_as_unknown: Generated<boolean>;
  recent_first: Generated<boolean>;
  /** Only these readers; null: all. */
  segment: ColumnType<unknown, string | null | undefined, string | null>;
}

interface AttributesTable {
  newsletter_id: number;
  name: string;
  type: 'text' | 'number' | 'date' | 'boolean';
  declared: Generated<boolean>;
}

interface ImportsTable {
  id: GeneratedAlways<number>;
  fingerprint: string;
  steps: Generated<number>;
  counts: Json<Record<string, unknown>>;
  started_at: Now;
}

interface ImportLinesTable {
  import_id: number;
  step: number;
  lines: ColumnType<unknown, string, string>;
}

interface SegmentsTable {
  id: GeneratedAlways<number>;
  newsletter_id: number;
  name: string;
  expression: string;
  created_at: Now;
}

/** A corrected edition for the archive only. */
interface CorrectionsTable {
  issue_id: number;
  edition_id: number;
  corrected_at: Date;
  note: string | null;
  title: string;
  source: string;
  source_name: string;
  media: Json<Record<string, string>>;
}

interface MediaTable {
  hash: string;
  type: string;
  bytes: Buffer;
  width: number | null;
  height: number | null;
  created_at: Now;
}

interface DeliveriesTable {
  issue_id: number;
  id: Generated<number>;
  kind: Generated<DeliveryKind>;
  key: string;
  /** Of a notice. */
  notice: NoticeName | null;
  /** The row that a notice is about, where its links need one. */
  about: number | null;
  newsletter_id: number;
  subscriber_id: number | null;
  subscription_id: number | null;
  email: string;
  lane: string;
  state: Generated<DeliveryState>;
  fence: Generated<number>;
  worker_id: number | null;
  due_at: Date | null;
  attempts: Generated<number>;
  first_attempt_at: Date | null;
  moved_at: Now;
  reason: string | null;
  reply: string | null;
  relay: string | null;
  feedback: string | null;
  resend_until: Date | null;
}

interface AttemptsTable {
  issue_id: number;
  delivery_id: number;
  fence: number;
  outcome: string;
  stage: string | null;
  reply: string | null;
  relay: string | null;
  at: Now;
}

interface TalliesTable {
  issue_id: number;
  shard: number;
  lane: Generated<string>;
  planned: number;
  handing: number;
  deferred: number;
  accepted: number;
  refused: number;
  skipped: number;
  unknown: number;
}

interface CompactedCountsTable {
  issue_id: number;
  lane: string;
  state: DeliveryState;
  reason: string;
  count: number;
}

interface LaneSamplesTable {
  issue_id: number;
  lane: string;
  at: Date;
  settled: number;
}

interface WorkersTable {
  id: GeneratedAlways<number>;
  name: string;
  started_at: Now;
  lease_until: Date;
  draining: Generated<boolean>;
  ended_at: Date | null;
}

interface LaneCursorsTable {
  issue_id: number;
  lane: string;
  cursor: Generated<number>;
}

interface LaneStatesTable {
  relay: string;
  lane: string;
  version: Generated<number>;
  connections: number | null;
  probing: Generated<boolean>;
  held_until: Date | null;
  failed_probes: Generated<number>;
  reason: string | null;
  updated_at: Now;
  next_at: Date | null;
}

interface LaneClaimsTable {
  relay: string;
  lane: string;
  worker_id: number;
  connections: number;
  until: Date;
}

interface LaneLimitsTable {
  lane: string;
  relay: Generated<string>;
  connections: number | null;
  rate: number | null;
}

interface LaneDomainsTable {
  domain: string;
  lane: string;
}

interface DomainMxTable {
  domain: string;
  lane: string;
  mx: string | null;
  looked_at: Now;
}

export interface RelaysTable {
  name: string;
  rate: number | null;
  minute: number | null;
  hour: number | null;
  day: number | null;
  connections: number | null;
  messages: number | null;
  weight: number | null;
  direct: boolean | null;
  warm_up: number[] | null;
  warm_up_stage: Generated<number>;
  warm_up_since: Date | null;
  warm_up_held: string | null;
  backoff_until: Date | null;
  backoff_ends: Date | null;
  backoff_why: string | null;
  backoff_lifted_at: Date | null;
}

interface RelayCountsTable {
  relay: string;
  span: 'minute' | 'hour' | 'day';
  bucket: Date;
  begun: Generated<number>;
  refused: Generated<number>;
  throttled: Generated<number>;
}

interface RelayWorkersTable {
  relay: string;
  worker_id: number;
  connections: Generated<number>;
  down_since: Date | null;
  down_why: string | null;
}

interface BatchesTable {
  id: GeneratedAlways<number>;
  issue_id: number;
  lane: string;
  worker_id: number;
  relay: string | null;
  ids: number[];
  leased_at: Now;
}

interface InboxMailsTable {
  id: GeneratedAlways<number>;
  mail_from: string;
  rcpt_to: string;
  subject: string;
  source: Buffer;
  received_at: Now;
}

/** Keyed hashes, in rows of 0.1.0 plain. The further newsletters of a mail have rows without mailbox and networks. */
interface ConfirmationRequestsTable {
  id: GeneratedAlways<number>;
  identity: string;
  newsletter_id: number;
  kind: Generated<'confirmation' | 'notice'>;
  answered: Generated<boolean>;
  /** What the identity folds to, for budgets only. */
  mailbox: string | null;
  network: string | null;
  wide_network: string | null;
  at: Now;
}

interface SpentChallengesTable {
  challenge: string;
  until: Date;
}

interface AuditLogTable {
  id: GeneratedAlways<number>;
  at: Now;
  who: string;
  act: string;
  issue_id: number | null;
  details: Json<Record<string, unknown>>;
}

/** `class` is a `FeedbackClass` of feedback/report.ts. */
interface FeedbackReportsTable {
  id: GeneratedAlways<number>;
  digest: Buffer;
  part: number;
  source: string;
  class: string;
  reason: string;
  status: string | null;
  diagnostic: string | null;
  found_by: string | null;
  proven: boolean;
  issue_id: number | null;
  delivery_id: number | null;
  newsletter_id: number | null;
  subscriber_id: number | null;
  lane: string | null;
  relay: string | null;
  action: string;
  at: Now;
}

interface FeedbackRulesTable {
  id: GeneratedAlways<number>;
  from_class: string | null;
  reason: string | null;
  status: string | null;
  lane: string | null;
  words: string | null;
  class: string;
  note: Generated<string>;
  created_at: Now;
}

interface SigningKeysTable {
  kid: string;
  since: Now;
  until: Date | null;
  forgotten_at: Date | null;
}

interface InstallationTable {
  name: string;
  value: ColumnType<unknown, string, string>;
}

interface PendingAnonymizationsTable {
  issue_id: number;
  delivery_id: number;
  key: string | null;
}

interface FeedbackKeysTable {
  id: GeneratedAlways<number>;
  provider: string;
  key_hash: Buffer;
  pinned: string | null;
  created_at: Now;
  revoked_at: Date | null;
  last_event_at: Date | null;
}

interface ProviderEventsTable {
  key_id: number;
  event_id: string;
  content: string | null;
  received_at: Now;
  applied_at: Date | null;
}

export interface Database {
  newsletters: NewslettersTable;
  subscribers: SubscribersTable;
  subscriptions: SubscriptionsTable;
  consent_records: ConsentRecordsTable;
  leaving_reasons: LeavingReasonsTable;
  address_changes: AddressChangesTable;
  suppressions: SuppressionsTable;
  editions: EditionsTable;
  issues: IssuesTable;
  sends: SendsTable;
  attributes: AttributesTable;
  segments: SegmentsTable;
  imports: ImportsTable;
  import_lines: ImportLinesTable;
  corrections: CorrectionsTable;
  media: MediaTable;
  deliveries: DeliveriesTable;
  attempts: AttemptsTable;
  pending_anonymizations: PendingAnonymizationsTable;
  tallies: TalliesTable;
  compacted_counts: CompactedCountsTable;
  lane_samples: LaneSamplesTable;
  workers: WorkersTable;
  lane_cursors: LaneCursorsTable;
  lane_states: LaneStatesTable;
  lane_claims: LaneClaimsTable;
  lane_limits: LaneLimitsTable;
  lane_domains: LaneDomainsTable;
  domain_mx: DomainMxTable;
  batches: BatchesTable;
  relays: RelaysTable;
  relay_counts: RelayCountsTable;
  relay_workers: RelayWorkersTable;
  inbox_mails: InboxMailsTable;
  confirmation_requests: ConfirmationRequestsTable;
  spent_challenges: SpentChallengesTable;
  audit_log: AuditLogTable;
  installation: InstallationTable;
  signing_keys: SigningKeysTable;
  feedback_reports: FeedbackReportsTable;
  feedback_rules: FeedbackRulesTable;
  feedback_keys: FeedbackKeysTable;
  provider_events: ProviderEventsTable;
}
