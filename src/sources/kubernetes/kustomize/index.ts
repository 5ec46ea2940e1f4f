import { posix } from 'node:path';
import { compareText, type Diagnostic } from '../../../base/diagnostic.ts';
import { listAt, textAt } from '../../../base/pick.ts';
import { compareFiles, isSideFile } from '../cluster.ts';
import type { ManifestFiles } from '../manifest-files.ts';
import type { Resource } from '../resource.ts';
import { type Build, build, isRemote, KUSTOMIZATION_NAMES, kustomizationIn } from './build.ts';
import { groupOf, type KustomizeObject, kindOf, toResourceOf } from './object.ts';
import type { Render } from './render.ts';
import { inNamespace } from './transform.ts';

export interface KustomizeReading {
  readonly resources: readonly Resource[];
  /** Files that are parts of kustomizations, and so are no manifests by themselves. */
  readonly files: ReadonlySet<string>;
}

export function isKustomization(path: string): boolean {
  return KUSTOMIZATION_NAMES.includes(posix.basename(path));
}

interface Root extends Build {
  readonly file: string;
}

/** Reads every kustomization of a folder that no other one uses.
 *
 *  Overlays of one base (`staging`, `production`) describe one set of services in several places, so
 *  roots that share files are one group, and one of each group counts: a production overlay if there
 *  is one by name, else the first by path, those of tests and examples last. Its namespace and names
 *  win. The others of the group add only the objects that begin in documents which the first does not
 *  use and whose kind and name it does not have, in its namespace; those of tests and examples add nothing. */
export function readKustomizations(
  paths: readonly string[],
  files: ManifestFiles,
  render: Render,
  report: (diagnostic: Diagnostic) => void,
): KustomizeReading {
  const kustomizations = paths.filter(isKustomization);
  const used = usedBy(kustomizations, files);
  const roots = kustomizations
    .filter((file) => !used.has(file) && kindIn(file, files) !== 'Component')
    .map((file): Root => ({ file, ...build(file, files) }));
  const all = new Set(roots.flatMap((root) => [...root.files]));
  for (const file of kustomizations) {
    if (all.has(file)) continue;
    // What nobody applies does not run; its files are no manifests by themselves either.
    const unused = build(file, files);
    for (const path of unused.files) all.add(path);
    if (!used.has(file) && kindIn(file, files) === 'Component') reportUnused(file, unused, report);
  }
  const resources = groupsOf(roots).flatMap((group) => objectsOf(group, render, report));
  return { resources, files: all };
}

function kindIn(file: string, files: ManifestFiles): string | undefined {
  return textAt(files.documents(file)?.[0]?.value, 'kind');
}

function usedBy(kustomizations: readonly string[], files: ManifestFiles): ReadonlySet<string> {
  const used = new Set<string>();
  for (const file of kustomizations) {
    const value = files.documents(file)?.[0]?.value;
    for (const field of ['resources', 'bases', 'components']) {
      for (const entry of listAt(value, field)) {
        const path = textAt(entry) ?? '';
        if (path === '' || isRemote(path)) continue;
        const folder = posix.join(posix.dirname(file), path).replace(/\/$/, '');
        const target = kustomizationIn(folder === '.' ? '' : folder, files);
        if (target !== undefined && target !== file) used.add(target);
      }
    }
  }
  return used;
}

/** Roots that share a file, through others too. */
function groupsOf(roots: readonly Root[]): readonly (readonly Root[])[] {
  const groups: { roots: Root[]; files: Set<string> }[] = [];
  for (const root of roots) {
    const touching = groups.filter(({ files }) => [...root.files].some((file) => files.has(file)));
    const merged = {
      roots: [...touching.flatMap((group) => group.roots), root],
      files: new Set([...touching.flatMap((group) => [...group.files]), ...root.files]),
    };
    for (const group of touching) groups.splice(groups.indexOf(group), 1);
    groups.push(merged);
  }
  return groups.map((group) => group.roots.sort(compareRoots));
}

const PRODUCTION = /(?:^|[/_.-])(?:prod|production|prd|live)(?:[/_.-]|$)/i;

function compareRoots(a: Root, b: Root): number {
  const [sideA, sideB] = [isSideFile(a.file), isSideFile(b.file)];
  const [productionA, productionB] = [PRODUCTION.test(a.file), PRODUCTION.test(b.file)];
  return (
    Number(sideA) - Number(sideB) ||
    Number(productionB) - Number(productionA) ||
    compareFiles(a.file, b.file) ||
    compareText(a.file, b.file)
  );
}

function objectsOf(
  group: readonly Root[],
  render: Render,
  report: (diagnostic: Diagnostic) => void,
): readonly Resource[] {
  const [first, ...others] = group;
  if (!first) return [];
  const isSideGroup = isSideFile(first.file);
  const main = rendered(first, render, report);
  const taken = new Set(main.flatMap(identities));
  const namespace = commonNamespace(main);
  const objects = [...main];
  for (const root of others) {
    if (!isSideGroup && isSideFile(root.file)) continue;
    const fresh = rendered(root, render, report).filter(
      (object) => !identities(object).some((id) => taken.has(id)),
    );
    for (const object of fresh) for (const id of identities(object)) taken.add(id);
    objects.push(...(namespace === undefined ? fresh : inNamespace(fresh, namespace)));
  }
  return objects.flatMap((object) => toResourceOf(object) ?? []);
}

/** The one namespace that everything which names any stands in. */
function commonNamespace(objects: readonly KustomizeObject[]): string | undefined {
  const names = objects.flatMap((object) => textAt(object.value, 'metadata', 'namespace') ?? []);
  const distinct = new Set(names);
  return distinct.size === 1 ? names[0] : undefined;
}

function identities(object: KustomizeObject): readonly string[] {
  const kind = `${groupOf(object)}/${kindOf(object)}`;
  return [object.id, `${kind}/${object.originalName}`];
}

/** Our own reading where it is whole; else what the tool makes of it, where there is one. */
function rendered(
  root: Root,
  render: Render,
  report: (diagnostic: Diagnostic) => void,
): readonly KustomizeObject[] {
  if (root.skipped.length === 0) return root.objects;
  const { objects, why } = render(root);
  if (objects) return objects;
  report({
    severity: 'note',
    code: 'kubernetes/kustomization-incomplete',
    message: `was read without: ${root.skipped.slice(0, 20).join(', ')} (${why})`,
    file: root.file,
    line: 1,
    column: 1,
    hint: 'scan the output of `kustomize build` to have all of it',
  });
  return root.objects;
}

function reportUnused(file: string, unused: Build, report: (diagnostic: Diagnostic) => void): void {
  if (unused.objects.length === 0) return;
  report({
    severity: 'note',
    code: 'kubernetes/component-unused',
    message: `is a Component that no kustomization uses, so its ${unused.objects.length} objects were left out`,
    file,
    line: 1,
    column: 1,
  });
}
