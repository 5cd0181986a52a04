/** The value of an attribute, from the text between a tag's name and its `>`. Null when it is not there. */
export function attributeIn(attributes: string, name: string): string | null {
  const value = `(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`;
  const match = new RegExp(`(?:^|[\\s"'])${name}\\s*=\\s*${value}`, 'i').exec(attributes);
  const found = match?.[1] ?? match?.[2] ?? match?.[3];
  return found === undefined ? null : found.replaceAll('&amp;', '&').trim();
}
