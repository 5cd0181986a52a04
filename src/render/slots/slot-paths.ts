/** The slots that exist, and those that a template uses. */
import Handlebars from 'handlebars';

const readerFields = ['email', 'name', 'language'];
const links = ['view', 'unsubscribe', 'preferences', 'confirm', 'reject', 'action'];

/** Why a path does not name a slot, or null if it does. `parts` is e.g. `['reader', 'attributes', 'city']`. */
export function checkSlotPath(parts: readonly string[]): string | null {
  const [root, field, attribute, ...rest] = parts;
  const path = parts.join('.');
  if (root === 'reader' && field === 'attributes') {
    if (rest.length > 0 || (attribute ?? '') in Object.prototype) return unknown(path);
    return null;
  }
  const known = root === 'reader' ? readerFields : root === 'link' ? links : [];
  return known.includes(field ?? '') && attribute === undefined ? null : unknown(path);
}

const ATTRIBUTE = 'reader.attributes.';

/** The parts of a path as an issue writes it. Everything after `reader.attributes.` is one name, dots included. */
export function slotParts(path: string): string[] {
  return path.startsWith(ATTRIBUTE)
    ? ['reader', 'attributes', path.slice(ATTRIBUTE.length)]
    : path.split('.');
}

function unknown(path: string): string {
  return `there is no slot "${path}" (there are: ${slotNames.join(', ')})`;
}

/** Every slot that a theme may use. */
export const slotNames: readonly string[] = [
  ...readerFields.map((name) => `reader.${name}`),
  'reader.attributes.NAME',
  ...links.map((name) => `link.${name}`),
];

/** Every slot path of a slot-only template, sorted, each once, e.g. `['link.unsubscribe', 'reader.name']`. */
export function slotPaths(template: string): string[] {
  const found = new Set<string>();
  const visitor = new Handlebars.Visitor();
  visitor.PathExpression = (path) => {
    const parts = path.data && path.parts[0] === 'root' ? path.parts.slice(1) : path.parts;
    if (parts[0] === 'reader' || parts[0] === 'link') found.add(parts.join('.'));
  };
  visitor.accept(Handlebars.parse(template));
  return [...found].sort();
}
