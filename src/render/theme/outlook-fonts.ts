/**
 * Outlook for Windows falls back to Times New Roman when it lacks the first font of a stack. So it gets only the stack's
 * fonts that Windows has, in a conditional comment that no other program reads.
 */
import type { Theme } from './theme.ts';

const ON_WINDOWS = new Set([
  ...['segoe ui', 'arial', 'calibri', 'cambria', 'consolas', 'courier new', 'georgia', 'tahoma', 'verdana'],
  ...['times new roman', 'trebuchet ms', 'palatino linotype', 'constantia', 'candara', 'corbel', 'david'],
]);
/** Word takes the font for Han and Hangul separately. */
const EAST_ASIAN =
  /^(?:microsoft (?:yahei|jhenghei)|simsun|simhei|yu (?:gothic|mincho)|meiryo|ms (?:gothic|mincho)|malgun gothic|batang)$/i;

/** A `<style>` for the head, in a conditional comment. */
export function outlookFonts({ font, codeFont }: Pick<Theme, 'font' | 'codeFont'>): string {
  const text = declared(font, 'Arial, sans-serif');
  const code = declared(codeFont, "'Courier New', monospace");
  return `<!--[if mso]><style type="text/css">
body,table,td,div,p,a,span,b,strong,em,li,h1,h2,h3,h4{${text}}
pre,code,pre span,pre a{${code}}
</style><![endif]-->`;
}

function declared(stack: string, fallback: string): string {
  const names = stack.split(',').map((name) => name.trim().replace(/^['"]|['"]$/g, ''));
  const eastern = names.find((name) => EAST_ASIAN.test(name));
  const own = names.filter((name) => ON_WINDOWS.has(name.toLowerCase()) || name === eastern);
  const generic = names.filter((name) => /^(?:sans-serif|serif|monospace)$/.test(name)).slice(0, 1);
  const fonts =
    own.length === 0
      ? fallback
      : [...own.map((name) => (name.includes(' ') ? `'${name}'` : name)), ...generic].join(', ');
  const far = eastern === undefined ? '' : `;mso-fareast-font-family:'${eastern}'`;
  return `font-family:${fonts} !important${far}`;
}
