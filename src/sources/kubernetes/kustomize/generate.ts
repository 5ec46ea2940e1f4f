import { posix } from 'node:path';
import { listAt, textAt } from '../../../base/pick.ts';
import { parseEnvFile } from '../../compose/interpolate.ts';
import type { Places } from '../manifest.ts';
import type { ManifestFiles } from '../manifest-files.ts';
import { noteOrigin, type Origin } from '../origin.ts';
import type { KustomizeObject } from './object.ts';

/** Marks what a generator made, as Kustomize's `buildMetadata: [originAnnotations]` does. */
export const ORIGIN_ANNOTATION = 'config.kubernetes.io/origin';

interface Entry {
  readonly key: string;
  readonly value: string;
  readonly origin: Origin;
}

/** The ConfigMap or Secret that a generator makes, without the hash that Kustomize puts behind its
 *  name, because references to it are read without it too.
 *  @returns what could not be read goes into `skipped` */
export function generate(
  kind: 'ConfigMap' | 'Secret',
  generator: unknown,
  here: Origin,
  folder: string,
  files: ManifestFiles,
  skipped: string[],
): KustomizeObject | undefined {
  const name = textAt(generator, 'name');
  if (name === undefined) return undefined;
  const entries = [
    ...literals(generator, here),
    ...envFiles(generator, folder, files, skipped),
    ...wholeFiles(generator, here, folder, files, skipped),
  ];
  const data: Record<string, string> = {};
  for (const { key, value, origin } of entries) {
    data[key] = value;
    noteOrigin(data, key, origin);
  }
  const namespace = textAt(generator, 'namespace');
  const type = textAt(generator, 'type');
  const value = {
    apiVersion: 'v1',
    kind,
    metadata: {
      name,
      ...(namespace !== undefined && { namespace }),
      annotations: { [ORIGIN_ANNOTATION]: `configuredBy: ${kind}Generator` },
    },
    ...(type !== undefined && { type }),
    [kind === 'Secret' ? 'stringData' : 'data']: data,
  };
  return {
    value,
    origin: here,
    id: `${here.places.file}#${here.path.join('.')}`,
    originalName: name,
  };
}

function literals(generator: unknown, here: Origin): Entry[] {
  return listAt(generator, 'literals').flatMap((item, index) => {
    const [key, value] = halves(textAt(item) ?? '');
    const origin = { places: here.places, path: [...here.path, 'literals', index] };
    return key === '' || value === undefined ? [] : [{ key, value: unquoted(value), origin }];
  });
}

function halves(text: string): [string, string | undefined] {
  const index = text.indexOf('=');
  return index < 0 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)];
}

function unquoted(value: string): string {
  return /^(["'])(.*)\1$/s.exec(value)?.[2] ?? value;
}

function envFiles(
  generator: unknown,
  folder: string,
  files: ManifestFiles,
  skipped: string[],
): Entry[] {
  const paths = [
    textAt(generator, 'env'),
    ...listAt(generator, 'envs').map((item) => textAt(item)),
  ];
  return paths.flatMap((path) => {
    if (path === undefined) return [];
    const file = posix.join(folder, path);
    const text = path.includes('://') ? undefined : files.text(file);
    if (text === undefined) {
      skipped.push(`env file ${path}`);
      return [];
    }
    return parseEnvFile(text).map(({ name, value, line }) => ({
      key: name,
      value,
      origin: { places: lineOf(file, line, text), path: [] },
    }));
  });
}

/** Places of one assignment: its line, and where its value begins on it. */
function lineOf(file: string, line: number, text: string): Places {
  const content = text.split(/\r?\n/, line)[line - 1] ?? '';
  const value = content.indexOf('=') + 1;
  const column = value + (/^\s*["']?/.exec(content.slice(value))?.[0].length ?? 0) + 1;
  return { file, at: () => ({ line, column: 1 }), valueAt: () => ({ line, column }) };
}

function wholeFiles(
  generator: unknown,
  here: Origin,
  folder: string,
  files: ManifestFiles,
  skipped: string[],
): Entry[] {
  return listAt(generator, 'files').flatMap((item, index) => {
    const [first, second] = halves(textAt(item) ?? '');
    const path = second ?? first;
    const key = second === undefined ? posix.basename(path) : first;
    const file = posix.join(folder, path);
    const text = path.includes('://') ? undefined : files.text(file);
    if (text === undefined) {
      skipped.push(`file ${path}`);
      return [];
    }
    const isText = text.includes('\n');
    const origin: Origin = isText
      ? { places: blockOf(file), path: [] }
      : { places: here.places, path: [...here.path, 'files', index] };
    return [{ key, value: text, origin }];
  });
}

/** A file's content, as the block scalar of a manifest would hold it: the value begins below its key. */
function blockOf(file: string): Places {
  return { file, at: () => ({ line: 1, column: 1 }), valueAt: () => ({ line: 1, column: 1 }) };
}
