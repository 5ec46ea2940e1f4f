import { posix } from 'node:path';
import { parseYaml } from '../../../base/data.ts';
import { type Fields, isFields, listAt, pick, textAt, textsAt } from '../../../base/pick.ts';
import type { ManifestDocument, ManifestFiles } from '../manifest-files.ts';
import type { Origin } from '../origin.ts';
import { matchesLabels } from '../selector.ts';
import { applyOperation } from './json-patch.ts';
import { groupOf, type KustomizeObject, kindOf, nameOf } from './object.ts';
import { mergeStrategic } from './strategic-merge.ts';

/** A patch as a kustomization names it, with the kustomization's own place. */
export interface PatchEntry {
  readonly value: unknown;
  readonly origin: Origin;
}

/** Applies one patch to the objects that it means. What cannot be applied goes into `skipped`. */
export function applyPatch(
  objects: readonly KustomizeObject[],
  entry: PatchEntry,
  folder: string,
  files: ManifestFiles,
  skipped: string[],
): readonly KustomizeObject[] {
  const documents = documentsOf(entry, folder, files);
  if (!documents) {
    skipped.push(`patch ${textAt(entry.value, 'path') ?? textAt(entry.value) ?? ''}`);
    return objects;
  }
  const target = pick(entry.value, 'target');
  return documents.reduce<readonly KustomizeObject[]>(
    (result, document) => applyDocument(result, document, target, skipped),
    objects,
  );
}

/** The text of a patch lies in a file, or in the kustomization itself. */
function documentsOf(
  { value, origin }: PatchEntry,
  folder: string,
  files: ManifestFiles,
): readonly ManifestDocument[] | undefined {
  const inline = textAt(value, 'patch') ?? inlineText(value);
  if (inline !== undefined) {
    const { documents, problems } = parseYaml(inline);
    const at = () => origin.places.at(origin.path);
    const places = { file: origin.places.file, at, valueAt: at };
    return problems.length > 0
      ? undefined
      : documents.map((document) => ({ value: document.value, places }));
  }
  const path = textAt(value, 'path') ?? textAt(value);
  return path === undefined || path.includes('://')
    ? undefined
    : files.documents(posix.join(folder, path));
}

/** `patchesStrategicMerge` holds paths or whole patches. */
function inlineText(value: unknown): string | undefined {
  return typeof value === 'string' && value.includes('\n') ? value : undefined;
}

function applyDocument(
  objects: readonly KustomizeObject[],
  { value, places }: ManifestDocument,
  target: unknown,
  skipped: string[],
): readonly KustomizeObject[] {
  const origin: Origin = { places, path: [] };
  if (Array.isArray(value)) return applyJsonPatch(objects, value, origin, target, skipped);
  if (!isFields(value)) return objects;
  const means = isFields(target) ? matcherOf(target, skipped) : ownMatcher(value);
  return objects.flatMap((object) => {
    if (!means(object)) return [object];
    const identity = isFields(target) ? withoutIdentity(value) : value;
    const merged = mergeStrategic(object, { value: identity, origin });
    return isFields(merged) ? [{ ...object, value: merged }] : [];
  });
}

/** With a target, the names in the patch are only for the reader. */
function withoutIdentity(patch: Fields): Fields {
  const metadata = isFields(patch.metadata) ? patch.metadata : {};
  const { name: _name, namespace: _namespace, ...rest } = metadata;
  const { apiVersion: _version, kind: _kind, metadata: _metadata, ...others } = patch;
  return Object.keys(rest).length > 0 ? { ...others, metadata: rest } : others;
}

/** A patch without target means the object of its own kind and name, before any renaming too. */
function ownMatcher(patch: Fields): (object: KustomizeObject) => boolean {
  const name = textAt(patch, 'metadata', 'name');
  return (object) =>
    kindOf(object) === textAt(patch, 'kind') &&
    (nameOf(object) === name || object.originalName === name);
}

function applyJsonPatch(
  objects: readonly KustomizeObject[],
  operations: readonly unknown[],
  origin: Origin,
  target: unknown,
  skipped: string[],
): readonly KustomizeObject[] {
  const means = matcherOf(target, skipped);
  return objects.map((object) => {
    if (!means(object)) return object;
    let value: unknown = object.value;
    operations.forEach((operation, index) => {
      const at = { places: origin.places, path: [index, 'value'] };
      value = applyOperation(value, operation, at) ?? value;
    });
    return isFields(value) ? { ...object, value } : object;
  });
}

/** Which objects a `target` selects: kind, name and namespace as anchored expressions, labels as
 *  equalities. */
function matcherOf(target: unknown, skipped: string[]): (object: KustomizeObject) => boolean {
  const terms = ['group', 'kind', 'name', 'namespace'].flatMap((field) => {
    const text = textAt(target, field);
    if (text === undefined || text === '') return [];
    const matches = simpleExpression(text);
    if (!matches) skipped.push(`target expression ${text}`);
    return [{ field, matches: matches ?? (() => false) }];
  });
  const labels = simpleSelector(textAt(target, 'labelSelector'));
  const annotations = simpleSelector(textAt(target, 'annotationSelector'));
  if (!labels || !annotations) skipped.push('target selector');
  return (object) =>
    terms.every(({ field, matches }) => fieldOf(object, field).some(matches)) &&
    labels !== undefined &&
    annotations !== undefined &&
    matchesLabels(labels, textsAt(object.value, 'metadata', 'labels')) &&
    matchesLabels(annotations, textsAt(object.value, 'metadata', 'annotations'));
}

function fieldOf(object: KustomizeObject, field: string): readonly string[] {
  if (field === 'kind') return [kindOf(object)];
  if (field === 'group') return [groupOf(object)];
  if (field === 'namespace') return [textAt(object.value, 'metadata', 'namespace') ?? ''];
  return [nameOf(object), object.originalName];
}

/** Names, alternatives and `.*` cover what is written; input is never run as an expression, whose
 *  time could have no bound. */
function simpleExpression(text: string): ((value: string) => boolean) | undefined {
  const alternatives = text
    .replace(/^\^|\$$/g, '')
    .replace(/^\((.*)\)$/, '$1')
    .split('|');
  if (
    alternatives.some((one) => /[[\]{}()+?\\^$]/.test(one) || /\*/.test(one.replaceAll('.*', '')))
  ) {
    return undefined;
  }
  return (value) => alternatives.some((one) => matchesParts(one.split('.*'), value));
}

function matchesParts(parts: readonly string[], value: string): boolean {
  const [first = '', ...rest] = parts;
  if (rest.length === 0) return value === first;
  const last = rest.pop() ?? '';
  if (!value.startsWith(first) || !value.endsWith(last)) return false;
  let from = first.length;
  for (const part of rest) {
    const index = value.indexOf(part, from);
    if (index < 0) return false;
    from = index + part.length;
  }
  return from <= value.length - last.length;
}

/** `a=b,c=d`; undefined for what says more. */
function simpleSelector(text: string | undefined): Record<string, string> | undefined {
  const labels: Record<string, string> = {};
  for (const term of (text ?? '').split(',').filter((one) => one.trim() !== '')) {
    const [, key, value] = /^\s*([\w./-]+)\s*==?\s*([\w.-]*)\s*$/.exec(term) ?? [];
    if (key === undefined || value === undefined) return undefined;
    labels[key] = value;
  }
  return labels;
}

/** The files that the patches of a kustomization lie in. */
export function patchFiles(kustomization: Fields, folder: string): readonly string[] {
  const entries = [
    ...listAt(kustomization, 'patches'),
    ...listAt(kustomization, 'patchesStrategicMerge'),
    ...listAt(kustomization, 'patchesJson6902'),
  ];
  return entries.flatMap((entry) => {
    const path = textAt(entry, 'path') ?? textAt(entry);
    return path === undefined || path.includes('\n') ? [] : [posix.join(folder, path)];
  });
}
