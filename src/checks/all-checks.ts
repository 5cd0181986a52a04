/** All checks, in the order of the table in docs/editors.md. */

import type { Check } from './check.ts';
import { clientChecks } from './clients.ts';
import { colorChecks } from './colors.ts';
import { frontMatterChecks } from './front-matter.ts';
import { headingChecks } from './headings.ts';
import { linkChecks } from './links.ts';
import { outlookChecks } from './outlook.ts';
import { pictureChecks } from './pictures.ts';
import { mailChecks } from './rendered.ts';
import { subjectChecks } from './subject.ts';

export const checks: readonly Check[] = [
  ...frontMatterChecks,
  ...subjectChecks,
  ...mailChecks,
  ...linkChecks,
  ...pictureChecks,
  ...headingChecks,
  ...colorChecks,
  ...clientChecks,
  ...outlookChecks,
];
