/** The findings as text for a person: what is good in a line, what is not with what to do. */
import { LEVELS } from '../../doctor/check/check.ts';
import type { CheckedFinding } from '../../doctor/check/run-checks.ts';
import { zoneLine } from '../../doctor/dns/record.ts';
import { heading, stateStyled } from '../style.ts';
import { counted } from '../text.ts';

const LEVEL_WIDTH = 9;
const INDENT = ' '.repeat(2 + LEVEL_WIDTH);

export function reportText(findings: readonly CheckedFinding[]): string {
  const checks = [...new Set(findings.map(({ check }) => check))];
  const parts = checks.map((check) => {
    const own = findings.filter((finding) => finding.check === check);
    return [heading(check), ...own.map(findingText)].join('\n');
  });
  return [...parts, summary(findings)].join('\n\n');
}

function findingText({ level, subject, expected, found, change, record }: CheckedFinding): string {
  const head = `  ${stateStyled(level)}${' '.repeat(LEVEL_WIDTH - level.length)}${subject}`;
  if (level === 'ok' || subject === 'not checked') return `${head}: ${found}`;
  const lines = [head, `${INDENT}expected  ${expected}`, `${INDENT}found     ${found}`];
  if (change !== null) lines.push(`${INDENT}change    ${change}${record ? ':' : ''}`);
  if (record) lines.push(`${INDENT}          ${zoneLine(record)}`);
  return lines.join('\n');
}

function summary(findings: readonly CheckedFinding[]): string {
  return LEVELS.toReversed()
    .map((level) => {
      const count = findings.filter((finding) => finding.level === level).length;
      return level === 'ok' ? `${count} ok` : counted(count, level);
    })
    .join(', ');
}
