/** The only file that uses the MJML compiler. It is loaded on first use, because most commands render nothing. */

import { pruneCss } from './prune-css.ts';

/** One complaint of the compiler, at a line (from 1) of the MJML it was given. */
interface MjmlFault {
  line: number;
  tag: string;
  text: string;
}

/**
 * MJML -> HTML. MJML itself inlines the CSS of `<mj-style inline="inline">` with juice, which is its dependency. Reads no
 * file and no configuration, and imports no web font. With faults there is no HTML.
 */
export async function compileMjml(mjml: string): Promise<{ html: string; faults: MjmlFault[] }> {
  try {
    const { default: mjml2html } = await import('mjml');
    const { html } = await mjml2html(pruneCss(mjml), {
      fonts: {},
      ignoreIncludes: true,
      // Otherwise juice would overwrite a picture's height with the `height: auto` of the CSS.
      juiceOptions: { applyHeightAttributes: false },
      keepComments: false,
      validationLevel: 'strict',
    });
    return { html, faults: [] };
  } catch (error) {
    return { html: '', faults: faultsOf(error as Error & { errors?: Complaint[] }) };
  }
}

interface Complaint {
  line: number;
  tagName: string;
  message: string;
}

/** Strict validation throws everything it found; input that is not MJML at all throws other errors. */
const faultsOf = ({ errors, message }: Error & { errors?: Complaint[] }): MjmlFault[] =>
  errors?.map((each) => ({ line: each.line, tag: each.tagName, text: each.message })) ?? [
    { line: 1, tag: 'mjml', text: message },
  ];
