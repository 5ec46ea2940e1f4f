import { posix } from 'node:path';
import { listAt, pick, textAt } from '../../../base/pick.ts';
import type { ManifestFiles } from '../manifest-files.ts';
import type { NamedTemplate } from './evaluate.ts';
import { parseTemplate } from './parser.ts';
import { type Template, TemplateError } from './template.ts';
import {
  type Dict,
  fieldOf,
  isDict,
  isTrue,
  mergeValues,
  setKey,
  toDict,
  type Value,
} from './value.ts';

export interface TemplateFile {
  readonly path: string;
  readonly text: string;
  readonly template: Template;
}

/** A chart of the folder, with its subcharts. */
export interface Chart {
  /** `deploy/chart` */
  readonly folder: string;
  readonly name: string;
  readonly metadata: Dict;
  /** values.yaml as it stands; a parent's values go over it. */
  readonly values: Dict;
  readonly templates: readonly TemplateFile[];
  readonly subcharts: readonly Subchart[];
  /** Files of the chart that templates may read. */
  text(path: string): string | undefined;
}

export interface Subchart {
  readonly chart: Chart;
  /** Under which its values stand in the parent's: its alias, or its name. */
  readonly key: string;
  /** Paths in the parent's values, the first that is set decides. */
  readonly conditions: readonly string[];
}

export interface Problem {
  readonly message: string;
  readonly file: string;
  readonly offset?: number;
  readonly text?: string;
}

const MAX_SUBCHART_DEPTH = 8;

/** Reads a chart from its files. Dependencies that are not in the folder are problems: nothing is
 *  fetched. */
export function readChart(
  folder: string,
  paths: readonly string[],
  files: ManifestFiles,
  onProblem: (problem: Problem) => void,
  depth = 0,
): Chart {
  const file = posix.join(folder, 'Chart.yaml');
  const metadata = dictIn(file, files);
  const own = paths.filter((path) => isIn(folder, path));
  const inTemplates = posix.join(folder, 'templates');
  const templates = own
    .filter((path) => isIn(inTemplates, path) && /\.(?:ya?ml|tpl|json)$/.test(path))
    .flatMap((path) => readTemplate(path, files, onProblem));
  const name = textAt(metadata, 'name') ?? (posix.basename(folder) || 'chart');
  const subcharts =
    depth < MAX_SUBCHART_DEPTH ? subchartsOf(folder, own, metadata, files, onProblem, depth) : [];
  return {
    folder,
    name,
    metadata,
    values: dictIn(posix.join(folder, 'values.yaml'), files),
    templates,
    subcharts,
    text: (path) => {
      const inside = posix.join(folder, path);
      return isIn(folder, inside) ? files.text(inside) : undefined;
    },
  };
}

export function isIn(folder: string, path: string): boolean {
  return folder === '' || folder === '.' || path.startsWith(`${folder}/`);
}

/** A copy: templates may change the values that they are given. */
function dictIn(path: string, files: ManifestFiles): Dict {
  const value = files.documents(path)?.[0]?.value;
  return isDict(value) ? structuredClone(value) : {};
}

function readTemplate(
  path: string,
  files: ManifestFiles,
  onProblem: (problem: Problem) => void,
): TemplateFile[] {
  const text = files.text(path);
  if (text === undefined) return [];
  try {
    return [{ path, text, template: parseTemplate(text) }];
  } catch (thrown) {
    if (!(thrown instanceof TemplateError)) throw thrown;
    onProblem({
      message: `is not a valid template: ${thrown.message}`,
      file: path,
      offset: thrown.offset,
      text,
    });
    return [];
  }
}

function subchartsOf(
  folder: string,
  own: readonly string[],
  metadata: Dict,
  files: ManifestFiles,
  onProblem: (problem: Problem) => void,
  depth: number,
): Subchart[] {
  const dependencies = [
    ...listAt(metadata, 'dependencies'),
    ...listAt(dictIn(posix.join(folder, 'requirements.yaml'), files), 'dependencies'),
  ];
  const present = own
    .filter((path) => posix.basename(path) === 'Chart.yaml')
    .map((path) => posix.dirname(path))
    .filter((path) => posix.dirname(path) === posix.join(folder, 'charts'));
  const found = present.flatMap((path): Subchart[] => {
    const chart = readChart(path, own, files, onProblem, depth + 1);
    const uses = dependencies.filter((dependency) => textAt(dependency, 'name') === chart.name);
    return (uses.length > 0 ? uses : [{}]).map((dependency) => ({
      chart,
      key: textAt(dependency, 'alias') ?? chart.name,
      conditions: (textAt(dependency, 'condition') ?? '')
        .split(',')
        .map((one) => one.trim())
        .filter(Boolean),
    }));
  });
  const names = new Set(found.map(({ chart }) => chart.name));
  for (const dependency of dependencies) {
    const name = textAt(dependency, 'name') ?? '';
    if (names.has(name)) continue;
    onProblem({
      message: `was read without its dependency ${name}, which is not in the folder`,
      file: posix.join(folder, 'Chart.yaml'),
    });
  }
  return found;
}

/** Every name that a chart and its subcharts define; a parent's definition wins. A file is a template
 *  of its own name too: charts hash their ConfigMap so (`include (print .Template.BasePath …)`). */
export function namedTemplates(chart: Chart): Map<string, NamedTemplate> {
  const named = new Map<string, NamedTemplate>();
  for (const { chart: subchart } of chart.subcharts) {
    for (const [name, template] of namedTemplates(subchart)) named.set(name, template);
  }
  for (const { path, template } of chart.templates) {
    named.set(nameOfFile(chart, path), { file: path, nodes: template.nodes });
    for (const [name, nodes] of template.named) named.set(name, { file: path, nodes });
  }
  return named;
}

/** The name of a template that is a file: `chart/templates/all.yaml`. */
export function nameOfFile({ name, folder }: Chart, path: string): string {
  return `${name}/${path.slice(folder === '' ? 0 : folder.length + 1)}`;
}

/** The values that a subchart sees: its own, what the parent sets under its name, and `global`;
 *  undefined where a condition switches it off. */
export function valuesOfSubchart(
  parent: Dict,
  { chart, key, conditions }: Subchart,
): Dict | undefined {
  const decided = conditions
    .map((path) => pick(parent, ...path.split('.')) as Value)
    .find((value) => typeof value === 'boolean');
  if (decided !== undefined && !isTrue(decided)) return undefined;
  const values = mergeValues(structuredClone(chart.values), toDict(fieldOf(parent, key)));
  const globals = mergeValues(toDict(fieldOf(values, 'global')), toDict(fieldOf(parent, 'global')));
  setKey(values, 'global', globals);
  return values;
}
