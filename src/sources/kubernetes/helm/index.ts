import { posix } from 'node:path';
import type { Diagnostic } from '../../../base/diagnostic.ts';
import { fieldsAt, isFields, textAt } from '../../../base/pick.ts';
import { LineMap } from '../../../base/text.ts';
import { guard } from '../../guard.ts';
import { resourcesIn } from '../manifest.ts';
import type { ManifestFiles } from '../manifest-files.ts';
import type { Resource } from '../resource.ts';
import { isIn, type Problem, readChart } from './chart.ts';
import { RELEASE_NAMESPACE, renderChart } from './render.ts';
import type { RenderByHelm } from './tool.ts';
import { placesInValues } from './value-places.ts';

/** What one chart installs. */
export interface ChartReading {
  /** Its Chart.yaml. */
  readonly file: string;
  readonly resources: readonly Resource[];
}

/** Finds the folders of charts, subcharts left to their parents. */
export function chartFolders(paths: readonly string[]): readonly string[] {
  const folders = paths
    .filter((path) => posix.basename(path) === 'Chart.yaml')
    .map((path) => posix.dirname(path))
    .map((folder) => (folder === '.' ? '' : folder));
  const subcharts = new Set(
    folders.filter((folder) => folders.some((other) => isIn(posix.join(other, 'charts'), folder))),
  );
  return folders.filter((folder) => !subcharts.has(folder));
}

/** Reads every chart of a folder. What our own reading cannot follow goes to `helm template`, where
 *  that is installed, and is noted otherwise. */
export function readCharts(
  folders: readonly string[],
  paths: readonly string[],
  files: ManifestFiles,
  byHelm: RenderByHelm,
  report: (diagnostic: Diagnostic) => void,
): readonly ChartReading[] {
  const readOne = (folder: string): ChartReading => {
    const problems: Problem[] = [];
    const chart = readChart(folder, paths, files, (problem) => problems.push(problem));
    const documents = renderChart(chart, (problem) => problems.push(problem));
    const own = documents.flatMap(({ value, places }) =>
      resourcesIn(withoutReleaseNamespace(value), places),
    );
    const rendered = problems.length > 0 ? byHelm(chart, own) : undefined;
    if (!rendered) for (const problem of problems) report(toDiagnostic(problem));
    const placesOfText = placesInValues(chart, files);
    const resources = (rendered ?? own)
      .filter((resource) => !isTest(resource))
      .map((resource) => (resource.kind === 'Secret' ? { ...resource, placesOfText } : resource));
    return { file: posix.join(folder, 'Chart.yaml'), resources };
  };
  return folders.flatMap((folder) => {
    const chart = posix.join(folder, 'Chart.yaml');
    return guard(report, 'kubernetes', chart, () => [readOne(folder)]) ?? [];
  });
}

/** The namespace of the release is whatever it is installed into. */
export function withoutReleaseNamespace(value: unknown): unknown {
  if (!isFields(value) || textAt(value, 'metadata', 'namespace') !== RELEASE_NAMESPACE)
    return value;
  const { namespace: _, ...metadata } = fieldsAt(value, 'metadata');
  return { ...value, metadata };
}

/** Hooks that run only when somebody tests a release. */
function isTest(resource: Resource): boolean {
  return /\btest\b/.test(resource.annotations['helm.sh/hook'] ?? '');
}

function toDiagnostic({ message, file, offset, text }: Problem): Diagnostic {
  const position =
    offset !== undefined && text !== undefined
      ? new LineMap(text).position(offset)
      : { line: 1, column: 1 };
  return {
    severity: 'note',
    code: 'kubernetes/chart-incomplete',
    message,
    file,
    ...position,
    hint: 'scan the output of `helm template` to have all of it',
  };
}
