import type { SourceFile } from './reader.ts';

/** Whether a YAML or JSON file has one of `keys` where the root of a document would have it, told
 *  without parsing. Says yes too often rather than too seldom. */
export function mentionsRootKey(file: SourceFile, keys: readonly string[]): boolean {
  const isUtf16 = file.bytes[0] === 0xff || file.bytes[0] === 0xfe;
  if (!isUtf16 && !keys.some((key) => file.bytes.includes(key))) return false;
  if (file.isBinary) return false;
  const names = keys.join('|');
  const block = new RegExp(`^(?:--- )?["']?(?:${names})["']?[ \\t]*:`, 'm');
  const flow = new RegExp(`[{,\\s]"(?:${names})"\\s*:`);
  return block.test(file.text) || (/^[\s\ufeff]*\{/.test(file.text) && flow.test(file.text));
}

/** Files that hold YAML or JSON, by their name. */
export function isDataFile(path: string): boolean {
  return /\.(?:ya?ml|json)$/i.test(path);
}
