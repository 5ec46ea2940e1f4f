import type { DataDocument, DataPath } from '../../base/data.ts';
import type { Source } from '../../estate/index.ts';

export const READER = 'ownership';

/** Where the key at `path` of a document stands. */
export function sourceAt(file: string, document: DataDocument, path: DataPath): Source {
  return { reader: READER, how: 'declared', file, ...document.at(path) };
}
