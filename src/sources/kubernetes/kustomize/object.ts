import { type Fields, isFields, textAt } from '../../../base/pick.ts';
import { resourcesIn, toResource } from '../manifest.ts';
import type { ManifestDocument } from '../manifest-files.ts';
import { copyOf, MergedPlaces, type Origin } from '../origin.ts';
import type { Resource } from '../resource.ts';

/** An object on its way through a kustomization. */
export interface KustomizeObject {
  readonly value: Fields;
  readonly origin: Origin;
  /** File and place of the document that it began as; the same in every overlay of one base. */
  readonly id: string;
  /** The name that it began with. */
  readonly originalName: string;
}

export function objectsIn({ value, places }: ManifestDocument, index: number): KustomizeObject[] {
  if (isFields(value) && textAt(value, 'kind') === 'Kustomization') return [];
  return resourcesIn(value, places).map((resource, item) => ({
    value: resource.value,
    origin: { places, path: pathOf(value, resource.value) },
    id: `${places.file}#${index}.${item}`,
    originalName: resource.name,
  }));
}

/** The items of a List lie below it. */
function pathOf(document: unknown, value: Fields): readonly (string | number)[] {
  if (!isFields(document) || document === value || !Array.isArray(document.items)) return [];
  const index = document.items.indexOf(value);
  return index < 0 ? [] : ['items', index];
}

export function toResourceOf(object: KustomizeObject): Resource | undefined {
  return toResource(object.value, new MergedPlaces(object.value, object.origin));
}

export function nameOf(object: { readonly value: Fields }): string {
  return textAt(object.value, 'metadata', 'name') ?? '';
}

export function kindOf(object: { readonly value: Fields }): string {
  return textAt(object.value, 'kind') ?? '';
}

export function groupOf(object: { readonly value: Fields }): string {
  const apiVersion = textAt(object.value, 'apiVersion') ?? '';
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

/** A copy with another value at `path`; mappings on the way are made where they are missing. */
export function withValue(value: Fields, path: readonly string[], leaf: unknown): Fields {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  const child = value[step];
  const copy = copyOf(value);
  copy[step] = rest.length === 0 ? leaf : withValue(isFields(child) ? child : {}, rest, leaf);
  return copy;
}
