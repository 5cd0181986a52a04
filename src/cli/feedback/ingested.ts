/** What `feedback ingest` answers for each mail, as JSON and as text. */
import type { RecipientReport } from '../../feedback/report.ts';

export interface IngestedRecipient extends RecipientReport {
  /** Null: none of ours was found. */
  delivery: string | null;
  /** What Postrider did or, without a database, would do. */
  action: string;
}

export interface IngestedMail {
  path: string;
  recipients: IngestedRecipient[];
}
