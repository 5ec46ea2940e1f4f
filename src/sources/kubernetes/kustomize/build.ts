import { posix } from 'node:path';
import { type Fields, fieldsAt, isFields, listAt, textAt } from '../../../base/pick.ts';
import type { ManifestFiles } from '../manifest-files.ts';
import type { Origin } from '../origin.ts';
import { generate } from './generate.ts';
import { type KustomizeObject, kindOf, nameOf, objectsIn } from './object.ts';
import { applyPatch, patchFiles } from './patches.ts';
import { mergeStrategic } from './strategic-merge.ts';
import { annotated, inNamespace, labelled, renamed, withImages } from './transform.ts';

export const KUSTOMIZATION_NAMES = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
const MAX_DEPTH = 32;
/** Objects of one build. */
const MAX_OBJECTS = 20_000;

/** What one kustomization comes to. */
export interface Build {
  readonly objects: readonly KustomizeObject[];
  /** What could not be read, in a few words each. */
  readonly skipped: readonly string[];
  /** Every file that it is made of, its own and those of its bases. */
  readonly files: ReadonlySet<string>;
}

interface State {
  readonly files: ManifestFiles;
  readonly skipped: string[];
  readonly used: Set<string>;
  readonly open: readonly string[];
}

/** The kustomization file of a folder. */
export function kustomizationIn(folder: string, files: ManifestFiles): string | undefined {
  return KUSTOMIZATION_NAMES.map((name) => posix.join(folder, name)).find(
    (path) => files.documents(path) !== undefined,
  );
}

/** Reads a kustomization as `kustomize build` would, as far as it can be done without running
 *  anything or fetching anything. */
export function build(file: string, files: ManifestFiles): Build {
  const state: State = { files, skipped: [], used: new Set(), open: [] };
  const objects = apply([], file, state);
  return { objects, skipped: [...new Set(state.skipped)], files: state.used };
}

/** The objects so far, and what this kustomization adds to them and does with them. A Component works
 *  on the objects of whoever uses it; a kustomization only on its own. */
function apply(given: readonly KustomizeObject[], file: string, state: State): KustomizeObject[] {
  const document = state.files.documents(file)?.[0];
  state.used.add(file);
  if (!document || !isFields(document.value)) return [...given];
  if (state.open.includes(file) || state.open.length >= MAX_DEPTH) {
    state.skipped.push(`cycle through ${file}`);
    return [...given];
  }
  const value = document.value;
  const folder = folderOf(file);
  const inside: State = { ...state, open: [...state.open, file] };
  const at = (...path: (string | number)[]): Origin => ({ places: document.places, path });
  let objects = [...given];
  for (const field of ['resources', 'bases']) {
    for (const entry of listAt(value, field)) objects.push(...load(textAt(entry), folder, inside));
  }
  if (objects.length > MAX_OBJECTS) {
    state.skipped.push(`objects beyond ${MAX_OBJECTS}`);
    objects = objects.slice(0, MAX_OBJECTS);
  }
  objects = withGenerated(objects, value, folder, at, inside);
  for (const entry of listAt(value, 'components')) {
    const path = componentFile(textAt(entry), folder, inside);
    if (path) objects = apply(objects, path, inside);
  }
  objects = patched(objects, value, folder, at, inside);
  noteUnread(value, state.skipped);
  return transformed(objects, value);
}

function folderOf(file: string): string {
  const folder = posix.dirname(file);
  return folder === '.' ? '' : folder;
}

/** A path that leaves the folder that is read has no file behind it. */
function load(entry: string | undefined, folder: string, state: State): KustomizeObject[] {
  if (entry === undefined) return [];
  const path = isRemote(entry) ? undefined : posix.join(folder, entry).replace(/\/$/, '');
  const base =
    path === undefined ? undefined : kustomizationIn(path === '.' ? '' : path, state.files);
  if (base) return apply([], base, state);
  const documents = path === undefined ? undefined : state.files.documents(path);
  if (path === undefined || !documents) {
    state.skipped.push(isRemote(entry) ? `remote resource ${entry}` : `resource ${entry}`);
    return [];
  }
  state.used.add(path);
  return documents.flatMap(objectsIn);
}

function componentFile(
  entry: string | undefined,
  folder: string,
  state: State,
): string | undefined {
  if (entry === undefined) return undefined;
  const path = isRemote(entry)
    ? undefined
    : kustomizationIn(posix.join(folder, entry), state.files);
  if (path === undefined) state.skipped.push(`component ${entry}`);
  return path;
}

/** An address rather than a path: Git and HTTP in the forms that Kustomize takes. */
export function isRemote(entry: string): boolean {
  return /:\/\/|^git@|^(?:github\.com|gitlab\.com|bitbucket\.org)[/:]|\?ref=|\.git(?:\/\/|$)/.test(
    entry,
  );
}

type At = (...path: (string | number)[]) => Origin;

/** `behavior: merge` and `replace` work on what a base generated. */
function withGenerated(
  given: readonly KustomizeObject[],
  value: Fields,
  folder: string,
  at: At,
  { files, skipped }: State,
): KustomizeObject[] {
  const objects = [...given];
  for (const [field, kind] of [
    ['configMapGenerator', 'ConfigMap'],
    ['secretGenerator', 'Secret'],
  ] as const) {
    listAt(value, field).forEach((generator, index) => {
      const made = generate(kind, generator, at(field, index), folder, files, skipped);
      if (!made) return;
      const known = objects.findIndex(
        (object) =>
          kindOf(object) === kind &&
          [nameOf(object), object.originalName].includes(made.originalName),
      );
      const behavior = textAt(generator, 'behavior');
      const base = objects[known];
      if (base && behavior === 'merge') {
        const merged = mergeStrategic(base, made);
        if (isFields(merged)) objects[known] = { ...base, value: merged };
      } else if (base && behavior === 'replace') objects[known] = made;
      else objects.push(made);
    });
  }
  return objects;
}

function patched(
  given: KustomizeObject[],
  value: Fields,
  folder: string,
  at: At,
  { files, skipped, used }: State,
): KustomizeObject[] {
  for (const file of patchFiles(value, folder)) used.add(file);
  let objects: readonly KustomizeObject[] = given;
  for (const field of ['patchesStrategicMerge', 'patches', 'patchesJson6902']) {
    listAt(value, field).forEach((entry, index) => {
      objects = applyPatch(
        objects,
        { value: entry, origin: at(field, index) },
        folder,
        files,
        skipped,
      );
    });
  }
  return [...objects];
}

function transformed(given: readonly KustomizeObject[], value: Fields): KustomizeObject[] {
  let objects = [...given];
  const common = fieldsAt(value, 'commonLabels');
  if (Object.keys(common).length > 0) {
    objects = objects.map((object) =>
      labelled(object, common, { selectors: true, templates: true }),
    );
  }
  for (const entry of listAt(value, 'labels')) {
    const options = {
      selectors: isFields(entry) && entry.includeSelectors === true,
      templates: isFields(entry) && entry.includeTemplates === true,
    };
    objects = objects.map((object) => labelled(object, fieldsAt(entry, 'pairs'), options));
  }
  const annotations = fieldsAt(value, 'commonAnnotations');
  if (Object.keys(annotations).length > 0) {
    objects = objects.map((object) => annotated(object, annotations));
  }
  objects = objects.map((object) => withImages(object, listAt(value, 'images')));
  const [prefix, suffix] = [textAt(value, 'namePrefix') ?? '', textAt(value, 'nameSuffix') ?? ''];
  if (prefix !== '' || suffix !== '') objects = renamed(objects, prefix, suffix);
  const namespace = textAt(value, 'namespace');
  return namespace ? inNamespace(objects, namespace) : objects;
}

/** Fields that change objects in ways that only Kustomize itself can follow. */
const UNREAD = [
  'helmCharts',
  'helmChartInflationGenerator',
  'replacements',
  'vars',
  'transformers',
  'generators',
];

function noteUnread(value: Fields, skipped: string[]): void {
  for (const field of UNREAD) {
    if (listAt(value, field).length > 0) skipped.push(field);
  }
}
