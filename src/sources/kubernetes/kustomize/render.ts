import { posix } from 'node:path';
import { parseYaml } from '../../../base/data.ts';
import type { Folder } from '../../../base/folder.ts';
import { isFields, textAt } from '../../../base/pick.ts';
import { resourcesIn } from '../manifest.ts';
import type { ManifestFiles } from '../manifest-files.ts';
import { runTool, toolPath } from '../tool.ts';
import { type Build, isRemote } from './build.ts';
import { groupOf, type KustomizeObject, kindOf, nameOf } from './object.ts';

/** What the tool made of a kustomization, or why it was not asked. */
export type Rendering =
  | { readonly objects: readonly KustomizeObject[]; readonly why?: undefined }
  | { readonly objects?: undefined; readonly why: string };
export type Render = (root: Build & { readonly file: string }) => Rendering;

/** Renders kustomizations that our own reading cannot follow with `kustomize build` or `kubectl
 *  kustomize`, where one is installed. Whatever could reach the network, a program or a file outside
 *  the folder is refused before. */
export function kustomizeTool(
  folder: Folder,
  paths: ReadonlySet<string>,
  files: ManifestFiles,
): Render {
  return (root) => {
    const kustomize = toolPath('kustomize');
    const program = kustomize ?? toolPath('kubectl');
    if (!program) return { why: 'neither kustomize nor kubectl is installed' };
    // Kustomize takes a path that is not there for an address.
    const absent = root.skipped.find((what) => /^(?:cycle|remote|resource|component) /.test(what));
    if (absent) return { why: `${absent} is not there to read` };
    const danger = [...root.files].map((file) => dangerIn(file, paths, files)).find(Boolean);
    if (danger) return { why: danger };
    const path = posix.join(folder.root, posix.dirname(root.file));
    const words = [
      kustomize ? 'build' : 'kustomize',
      path,
      '--load-restrictor',
      'LoadRestrictionsRootOnly',
    ];
    const output = runTool(program, words);
    if (output.text === undefined) return { why: `${posix.basename(program)} ${output.why}` };
    return { objects: objectsIn(output.text, root) };
  };
}

/** Fields whose text is content rather than a path. */
const CONTENT_FIELDS = new Set([
  'literals',
  'patch',
  'commonAnnotations',
  'commonLabels',
  'labels',
  'options',
  'images',
]);
/** Fields that run programs or inflate charts, which may be fetched. */
const REFUSED_FIELDS = [
  'helmCharts',
  'helmChartInflationGenerator',
  'generators',
  'transformers',
  'validators',
];

/** Why a kustomization is not handed to the tool: a remote resource, a program, or a path that is not
 *  a plain file of the folder (a missing one is taken for a remote address by the tool). */
function dangerIn(
  file: string,
  paths: ReadonlySet<string>,
  files: ManifestFiles,
): string | undefined {
  const value = files.documents(file)?.[0]?.value;
  if (!/(?:^|\/)[Kk]ustomization(?:\.ya?ml)?$/.test(file) || !isFields(value)) {
    return paths.has(file) ? undefined : `${file} is not in the folder`;
  }
  const refused = REFUSED_FIELDS.find((field) => field in value);
  if (refused) return `${refused} may run or fetch something`;
  const folder = posix.dirname(file);
  for (const field of ['resources', 'bases', 'components', 'crds', 'configurations']) {
    const entries = value[field];
    for (const entry of Array.isArray(entries) ? entries : []) {
      const path = posix.join(folder, textAt(entry) ?? '').replace(/\/$/, '');
      if (!exists(path, paths)) return `${textAt(entry) ?? field} is not in the folder`;
    }
  }
  return hasRemote(value, 0) ? 'something in it is remote' : undefined;
}

function exists(path: string, paths: ReadonlySet<string>): boolean {
  return (
    paths.has(path) ||
    ['kustomization.yaml', 'kustomization.yml', 'Kustomization'].some((name) =>
      paths.has(posix.join(path, name)),
    )
  );
}

function hasRemote(value: unknown, depth: number): boolean {
  if (depth > 32) return true;
  if (typeof value === 'string') return isRemote(value);
  if (Array.isArray(value)) return value.some((item) => hasRemote(item, depth + 1));
  if (!isFields(value)) return false;
  return Object.entries(value).some(
    ([key, child]) => !CONTENT_FIELDS.has(key) && hasRemote(child, depth + 1),
  );
}

/** The tool's objects with the places that our own reading knows; what it alone made stands at the
 *  kustomization. */
function objectsIn(
  text: string,
  root: Build & { readonly file: string },
): readonly KustomizeObject[] {
  const start = { line: 1, column: 1 };
  const places = { file: root.file, at: () => start, valueAt: () => start };
  const known = new Map(root.objects.map((object) => [identityOf(object), object]));
  return parseYaml(text).documents.flatMap((document, index) =>
    resourcesIn(document.value, places).map((resource) => {
      const made = { value: resource.value, origin: { places, path: [] } };
      const own = known.get(identityOf(made));
      return {
        ...made,
        origin: own?.origin ?? made.origin,
        id: own?.id ?? `${root.file}#rendered.${index}`,
        originalName: own?.originalName ?? resource.name,
      };
    }),
  );
}

function identityOf(object: Pick<KustomizeObject, 'value'>): string {
  return `${groupOf(object)}/${kindOf(object)}/${nameOf(object)}`;
}
