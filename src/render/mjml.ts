/** The only file that knows the MJML compiler. */
import mjml2html from 'mjml';

/** One thing that the compiler did not like: a line of the MJML it was given, counted from 1. */
export interface MjmlFault {
  line: number;
  tag: string;
  text: string;
}

/**
 * MJML -> HTML with the CSS of `<mj-style inline="inline">` inlined (MJML does that with juice). Reads no file
 * and no configuration, imports no web font.
 */
export async function compileMjml(mjml: string): Promise<{ html: string; faults: MjmlFault[] }> {
  const result = await mjml2html(mjml, {
    fonts: {},
    ignoreIncludes: true,
    keepComments: false,
    // `height="auto"` is no HTML.
    juiceOptions: { applyHeightAttributes: false },
    validationLevel: 'soft',
  });
  const faults = result.errors.map(({ line, tagName, message }) => ({ line, tag: tagName, text: message }));
  return { html: result.html, faults };
}
