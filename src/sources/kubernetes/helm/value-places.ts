import { posix } from 'node:path';
import type { DataPath } from '../../../base/data.ts';
import type { ManifestFiles } from '../manifest-files.ts';
import type { FilePlace } from '../resource.ts';
import type { Chart } from './chart.ts';

/** Shorter texts stand in many places by chance. */
const MIN_LENGTH = 6;
const MAX_DEPTH = 60;

/** Finds where the values of a chart and its subcharts hold a text, word for word: what a template
 *  puts into a Secret stands there. */
export function placesInValues(
  chart: Chart,
  files: ManifestFiles,
): (text: string) => readonly FilePlace[] {
  let places: ReadonlyMap<string, readonly FilePlace[]> | undefined;
  return (text) => {
    if (text.length < MIN_LENGTH) return [];
    places ??= indexOf(chart, files);
    return places.get(text) ?? [];
  };
}

function indexOf(chart: Chart, files: ManifestFiles): ReadonlyMap<string, readonly FilePlace[]> {
  const found = new Map<string, FilePlace[]>();
  for (const folder of foldersOf(chart)) {
    const file = posix.join(folder, 'values.yaml');
    const document = files.documents(file)?.[0];
    if (!document) continue;
    for (const { text, path } of textsIn(document.value, [])) {
      const { line, column } = document.places.valueAt(path);
      found.set(text, [...(found.get(text) ?? []), { file, line, column }]);
    }
  }
  return found;
}

function foldersOf({ folder, subcharts }: Chart): readonly string[] {
  return [folder, ...subcharts.flatMap(({ chart }) => foldersOf(chart))];
}

function* textsIn(value: unknown, path: DataPath): Iterable<{ text: string; path: DataPath }> {
  if (typeof value === 'string') {
    if (value.length >= MIN_LENGTH) yield { text: value, path };
  } else if (typeof value === 'object' && value !== null && path.length < MAX_DEPTH) {
    for (const [key, child] of Object.entries(value)) {
      yield* textsIn(child, [...path, Array.isArray(value) ? Number(key) : key]);
    }
  }
}
