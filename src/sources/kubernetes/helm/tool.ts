import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseYaml } from '../../../base/data.ts';
import type { Folder } from '../../../base/folder.ts';
import { type Place, resourcesIn } from '../manifest.ts';
import type { Resource } from '../resource.ts';
import { runTool, toolPath } from '../tool.ts';
import type { Chart } from './chart.ts';
import { withoutReleaseNamespace } from './index.ts';
import { RELEASE_NAMESPACE } from './render.ts';

/** What Helm makes of a chart; undefined where it is not installed, refused or failed. */
export type RenderByHelm = (
  chart: Chart,
  own: readonly Resource[],
) => readonly Resource[] | undefined;

/** Renders charts with `helm template`, which fetches nothing and asks no cluster. Charts with
 *  symbolic links are refused, because Helm follows them out of the folder. */
export function helmTool(root: Folder): RenderByHelm {
  return (chart, own) => {
    const program = toolPath('helm');
    if (!program) return undefined;
    const folder = join(root.root, chart.folder);
    if (hasLinks(folder, 0)) return undefined;
    const output = runTool(program, [
      'template',
      chart.name,
      folder,
      '--namespace',
      RELEASE_NAMESPACE,
      '--skip-tests',
    ]);
    return output.text === undefined ? undefined : resourcesOf(output.text, chart, own);
  };
}

const MAX_DEPTH = 16;

function hasLinks(folder: string, depth: number): boolean {
  if (depth > MAX_DEPTH) return true;
  return readdirSync(folder).some((name) => {
    const path = join(folder, name);
    const status = lstatSync(path);
    return status.isSymbolicLink() || (status.isDirectory() && hasLinks(path, depth + 1));
  });
}

/** Helm says above each document which template it comes from; the lines are those that our own
 *  reading of the same object has. */
function resourcesOf(text: string, chart: Chart, own: readonly Resource[]): readonly Resource[] {
  const known = new Map(own.map((resource) => [identityOf(resource), resource]));
  const sources = [...text.matchAll(/^# Source: [^/\n]*\/(.*)$/gm)].map(({ 1: path, index }) => ({
    index,
    file: chart.folder === '' ? (path ?? '') : `${chart.folder}/${path}`,
  }));
  const lineStarts = lineStartsOf(text);
  return parseYaml(text).documents.flatMap((document) => {
    const start = lineStarts[document.at([]).line - 1] ?? 0;
    const file =
      sources.findLast(({ index }) => index <= start)?.file ?? `${chart.folder}/Chart.yaml`;
    const top: Place = { line: 1, column: 1 };
    const places = { file, at: () => top, valueAt: () => top };
    return resourcesIn(withoutReleaseNamespace(document.value), places).map((resource) => {
      const same = known.get(identityOf(resource));
      return same ? { ...resource, ...placesOf(same) } : resource;
    });
  });
}

function placesOf(resource: Resource): Pick<Resource, 'sourceAt' | 'valueSourceAt'> {
  const { sourceAt, valueSourceAt } = resource;
  return { sourceAt, ...(valueSourceAt && { valueSourceAt }) };
}

function identityOf({ group, kind, name }: Resource): string {
  return `${group}/${kind}/${name}`;
}

function lineStartsOf(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}
