/** `v=DKIM1; k=rsa; p=...`: the tag list of DKIM keys and signatures and of DMARC records (RFC 6376 3.2). */

/** Names in lower case, values without blanks around them. Null: it is no tag list, or it has a tag twice. */
export function readTags(text: string): Map<string, string> | null {
  const tags = new Map<string, string>();
  const parts = text.split(';').map((part) => part.trim());
  if (parts.at(-1) === '') parts.pop();
  for (const part of parts) {
    const [, name, value = ''] = /^([A-Za-z][\w]*)\s*=\s*(.*)$/s.exec(part) ?? [];
    if (name === undefined || tags.has(name.toLowerCase())) return null;
    tags.set(name.toLowerCase(), value);
  }
  return tags;
}
