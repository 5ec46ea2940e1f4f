import { posix } from 'node:path';
import { entryOf } from '../table.ts';
import type { Interpreter } from './interpreter.ts';
import {
  asText,
  type ExternalValue,
  fieldIn,
  toList,
  toObject,
  toText,
  UNKNOWN,
  type Value,
} from './values.ts';

/** What set-up code asks of Node.js' own packages to find the files beside it. Paths are those of the
 *  folder that is read, and only its list of files is looked at.
 *  @see Node.js API: path, url, fs.readdirSync */
export function callNodePackage(
  callee: ExternalValue,
  values: readonly Value[],
  run: Interpreter,
  file: string,
): Value | undefined {
  const steps = callee.path.filter((step) => step !== 'posix');
  return entryOf(CALLS, [callee.module, ...steps].join('.'))?.(values, run, file);
}

type PackageCall = (values: readonly Value[], run: Interpreter, file: string) => Value;

/** A function of one path. */
function ofPath(work: (path: string, values: readonly Value[]) => Value): PackageCall {
  return (values) => {
    const path = asText(values[0]);
    return path === undefined ? UNKNOWN : work(path, values);
  };
}

const joinPath: PackageCall = (values) => {
  const texts = values.map(asText);
  if (texts.some((text) => text === undefined)) return UNKNOWN;
  return toText(posix.join(...texts.filter((text) => text !== undefined)));
};

/** Entries of one folder. */
const MAX_ENTRIES = 500;

/** What set-up code may load: folders and programs. */
const CODE = /^[^.]+$|\.[cm]?[jt]sx?$/;

/** A path that is not made from `__dirname` starts where the process does: the folder of the file or
 *  one above it. */
const entriesOf: PackageCall = ([path, options], run, file) => {
  const written = asText(path);
  if (written === undefined) return UNKNOWN;
  const withTypes = asText(fieldIn(options, 'withFileTypes')) === 'true';
  for (const base of foldersFrom(file)) {
    const names = namesIn(posix.join(base, written), run.world.paths);
    if (names.length === 0) continue;
    return toList(
      names.map((name) => (withTypes ? toObject([['name', toText(name)]]) : toText(name))),
    );
  }
  return UNKNOWN;
};

/** The root first, then from the file's own folder upwards. */
function foldersFrom(file: string): string[] {
  const folders = ['.'];
  for (let each = posix.dirname(file); each !== '.'; each = posix.dirname(each)) folders.push(each);
  return folders;
}

function namesIn(folder: string, paths: readonly string[]): string[] {
  const prefix = folder === '.' || folder === './' ? '' : `${folder.replace(/\/$/, '')}/`;
  const names = new Set<string>();
  for (const path of paths) {
    if (path.startsWith(prefix)) names.add(path.slice(prefix.length).split('/', 1)[0] ?? '');
  }
  return [...names]
    .filter((name) => CODE.test(name))
    .sort()
    .slice(0, MAX_ENTRIES);
}

const CALLS: Readonly<Record<string, PackageCall>> = {
  'path.join': joinPath,
  'path.resolve': joinPath,
  'path.dirname': ofPath((path) => toText(posix.dirname(path))),
  'path.extname': ofPath((path) => toText(posix.extname(path))),
  'path.basename': ofPath((path, [, end]) => toText(posix.basename(path, asText(end)))),
  'path.parse': ofPath((path) =>
    toObject(Object.entries(posix.parse(path)).map(([name, part]) => [name, toText(part)])),
  ),
  'url.fileURLToPath': ofPath((path) => toText(path)),
  'fs.readdirSync': entriesOf,
};
