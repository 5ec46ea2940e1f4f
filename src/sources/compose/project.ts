import { posix } from 'node:path';
import type { DataDocument, DataPath } from '../../base/data.ts';
import { type Fields, fieldsAt, isFields, listAt, pick, textAt } from '../../base/pick.ts';
import type { Source } from '../../estate/index.ts';
import type { ReadContext } from '../reader.ts';
import { interpolate, parseEnvFile } from './interpolate.ts';

export const READER = 'compose';

/** What one file says of one service. The same service in an override file, or in a file that it
 *  extends, is another definition of it. */
export interface Definition {
  readonly service: string;
  readonly file: string;
  /** Folder of the file that paths are relative to. */
  readonly folder: string;
  readonly value: Fields;
  readonly variables: ReadonlyMap<string, string>;
  sourceAt(path: DataPath): Source;
}

const FILE_NAME = /(?:^|[._-])(?:docker-?)?compose(?:[._-][\w.-]*)?\.ya?ml$/i;

/** `compose.yaml`, `docker-compose.prod.yml`, `quickstart-docker-compose.yml`. */
export function isComposeFile(path: string): boolean {
  return FILE_NAME.test(posix.basename(path));
}

/** Files that extend or include each other end here. */
const MAX_DEPTH = 8;

/** Every definition that a Compose file makes, directly or through `extends` and `include`. */
export function definitionsIn(
  document: DataDocument,
  file: string,
  context: ReadContext,
  depth = 0,
): readonly Definition[] {
  const variables = variablesFor(file, context);
  const { services, path } = servicesOf(document.value);
  const own = Object.entries(services).flatMap(([service, value]) => {
    if (!isFields(value)) return [];
    const definition = toDefinition(document, file, [...path, service], service, value, variables);
    return [definition, ...inherited(definition, services, document, context, depth)];
  });
  return [...own, ...included(document, file, context, depth)];
}

function toDefinition(
  document: DataDocument,
  file: string,
  path: DataPath,
  service: string,
  value: Fields,
  variables: ReadonlyMap<string, string>,
): Definition {
  return {
    service,
    file,
    folder: folderOf(file),
    value,
    variables,
    sourceAt: (inside) => ({
      reader: READER,
      how: 'configured',
      file,
      ...document.at([...path, ...inside]),
    }),
  };
}

/** `services`, or the whole file in the format of the first version, which had nothing else. */
function servicesOf(value: unknown): { services: Fields; path: DataPath } {
  if (isFields(pick(value, 'services')))
    return { services: fieldsAt(value, 'services'), path: ['services'] };
  const all = isFields(value) ? Object.values(value) : [];
  const isFirstVersion =
    all.length > 0 && all.every((item) => isFields(item) && ('image' in item || 'build' in item));
  return { services: isFirstVersion && isFields(value) ? value : {}, path: [] };
}

function inherited(
  definition: Definition,
  siblings: Fields,
  document: DataDocument,
  context: ReadContext,
  depth: number,
): Definition[] {
  const base = definition.value.extends;
  const name = textAt(base) ?? textAt(base, 'service');
  if (name === undefined || depth >= MAX_DEPTH) return [];
  const file = textAt(base, 'file');
  if (file === undefined) {
    const value = siblings[name];
    if (!isFields(value) || name === definition.service) return [];
    const { service, file: own, variables } = definition;
    const parent = toDefinition(document, own, ['services', name], service, value, variables);
    return [parent, ...inherited(parent, siblings, document, context, depth + 1)];
  }
  return otherFile(within(definition.folder, file), context, depth)
    .filter(({ service }) => service === name)
    .map((parent) => ({ ...parent, service: definition.service }));
}

function included(
  document: DataDocument,
  file: string,
  context: ReadContext,
  depth: number,
): readonly Definition[] {
  if (depth >= MAX_DEPTH) return [];
  return listAt(document.value, 'include')
    .flatMap((entry) => textAt(entry) ?? textAt(entry, 'path') ?? listAt(entry, 'path'))
    .flatMap((path) => textAt(path) ?? [])
    .filter((path) => !isComposeFile(path))
    .flatMap((path) => otherFile(within(folderOf(file), path), context, depth));
}

function otherFile(path: string | undefined, context: ReadContext, depth: number) {
  const file = path === undefined ? undefined : context.open(path);
  if (!file) return [];
  return file
    .documents((diagnostic) => context.report(diagnostic))
    .flatMap((document) => definitionsIn(document, file.path, context, depth + 1));
}

export function folderOf(file: string): string {
  const folder = posix.dirname(file);
  return folder === '.' ? '' : folder;
}

/** A relative path inside the folder that is read; undefined for one that leaves it. */
export function within(folder: string, path: string): string | undefined {
  if (posix.isAbsolute(path) || path.includes('://')) return undefined;
  const joined = posix.normalize(posix.join(folder, path)).replace(/\/$/, '');
  if (joined === '..' || joined.startsWith('../')) return undefined;
  return joined === '.' ? '' : joined;
}

/** What `.env` beside the file sets; Compose reads no other file by itself. */
function variablesFor(file: string, context: ReadContext): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  const env = context.open(posix.join(folderOf(file), '.env'));
  for (const { name, value } of env ? parseEnvFile(env.text) : []) {
    variables.set(name, interpolate(value, variables));
  }
  return variables;
}
