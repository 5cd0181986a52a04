/** The only file that knows the MJML compiler. It is loaded with its first use: most commands render nothing. */

import { pruneCss } from './prune-css.ts';

/** One thing that the compiler did not like: a line of the MJML it was given, counted from 1. */
export interface MjmlFault {
  line: number;
  tag: string;
  text: string;
}

/**
 * MJML -> HTML with the CSS of `<mj-style inline="inline">` inlined (MJML does that with juice). Reads no file
 * and no configuration, imports no web font. With faults there is no HTML.
 */
export async function compileMjml(mjml: string): Promise<{ html: string; faults: MjmlFault[] }> {
  try {
    const { default: mjml2html } = await import('mjml');
    const { html } = await mjml2html(pruneCss(mjml), {
      fonts: {},
      ignoreIncludes: true,
      // It would write the CSS's `height: auto` over a picture's own height.
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

/** Strict validation throws all that it found; what is not MJML at all throws anything. */
const faultsOf = ({ errors, message }: Error & { errors?: Complaint[] }): MjmlFault[] =>
  errors?.map((each) => ({ line: each.line, tag: each.tagName, text: each.message })) ?? [
    { line: 1, tag: 'mjml', text: message },
  ];
