import { namesHost } from '../address-names.ts';

/** Words in capitals with an underscore: what environment variables are named by custom. */
const VARIABLE = /(?<![A-Za-z0-9_])[A-Z][A-Z0-9]{0,40}(?:_[A-Z0-9]{1,40}){1,8}(?![A-Za-z0-9_])/g;
const MAX_NAMES = 200;

/** The environment variables that a text names and that are named for an address, each once. */
export function addressVariablesIn(text: string): readonly string[] {
  const names = new Set<string>();
  for (const [name] of text.matchAll(VARIABLE)) {
    if (namesHost(name)) names.add(name);
    if (names.size >= MAX_NAMES) break;
  }
  return [...names].sort();
}
