/** The tones of a callout, as `emails/words` and `content.css` know them. */
const TONES = ['note', 'tip', 'important', 'warning', 'caution'];

/** The tone of a callout; `note` for an unknown one. */
export const toneOf = (written: string): string =>
  TONES.includes(written.toLowerCase()) ? written.toLowerCase() : 'note';
