import { posix } from 'node:path';
import type { DataDocument } from '../../../base/data.ts';
import { parseYaml } from '../../../base/data.ts';
import { Budget, LimitError } from './budget.ts';
import { type Chart, namedTemplates, nameOfFile, type Problem, valuesOfSubchart } from './chart.ts';
import { Evaluator, type NamedTemplate } from './evaluate.ts';
import { MappedOutput, OutputLines, RenderedPlaces, TemplateLines } from './output.ts';
import { type Dict, fieldOf, setKey, toText, type Value } from './value.ts';

/** Where an installed chart ends up is not known; Helm's own default stands for it. */
export const RELEASE_NAMESPACE = 'default';

export interface RenderedDocument {
  readonly value: unknown;
  readonly places: RenderedPlaces;
}

/** Renders a chart with its default values, its name as the release's. */
export function renderChart(
  chart: Chart,
  onProblem: (problem: Problem) => void,
): readonly RenderedDocument[] {
  return new ChartRendering(chart, onProblem).documents();
}

class ChartRendering {
  readonly #chart: Chart;
  readonly #onProblem: (problem: Problem) => void;
  readonly #evaluator: Evaluator;
  readonly #lines = new TemplateLines();
  readonly #texts = new Map<string, string>();

  constructor(chart: Chart, onProblem: (problem: Problem) => void) {
    this.#chart = chart;
    this.#onProblem = onProblem;
    this.#addLines(chart);
    const told = new Set<string>();
    this.#evaluator = new Evaluator({
      named: namedTemplates(chart),
      budget: new Budget(),
      onSkipped: (what, { file, offset }) => {
        const key = `${what} ${file}`;
        if (told.has(key)) return;
        told.add(key);
        const text = this.#texts.get(file);
        this.#onProblem({
          message: `was read without ${what}, which this reading does not know`,
          file,
          offset,
          ...(text !== undefined && { text }),
        });
      },
    });
  }

  #addLines(chart: Chart): void {
    for (const { path, text } of chart.templates) {
      this.#lines.add(path, text);
      this.#texts.set(path, text);
    }
    for (const { chart: subchart } of chart.subcharts) this.#addLines(subchart);
  }

  documents(): readonly RenderedDocument[] {
    try {
      return this.#render(this.#chart, structuredClone(this.#chart.values));
    } catch (thrown) {
      if (!(thrown instanceof LimitError)) throw thrown;
      this.#onProblem({
        message: `was not read to its end: it takes ${thrown.message}`,
        file: posix.join(this.#chart.folder, 'Chart.yaml'),
      });
      return [];
    }
  }

  #render(chart: Chart, values: Dict): readonly RenderedDocument[] {
    const fromSubcharts = chart.subcharts.flatMap((subchart) => {
      const inner = valuesOfSubchart(values, subchart);
      return inner ? this.#render(subchart.chart, inner) : [];
    });
    if (toText(fieldOf(chart.metadata, 'type')) === 'library') return fromSubcharts;
    const own = chart.templates
      .filter(({ path }) => !posix.basename(path).startsWith('_') && !path.endsWith('.tpl'))
      .flatMap(({ path, template }) =>
        this.#file({ file: path, nodes: template.nodes }, this.#root(chart, values, path)),
      );
    return [...fromSubcharts, ...own];
  }

  #file(template: NamedTemplate, root: Value): readonly RenderedDocument[] {
    const output = new MappedOutput();
    this.#evaluator.run(template, root, output);
    const text = output.text();
    const lines = new OutputLines(text);
    const { documents, problems } = parseYaml(text);
    for (const problem of problems) {
      const place = output.placeOf(lines.offsetOf(problem));
      const source = place && this.#texts.get(place.file);
      this.#onProblem({
        message: `comes to ${problem.message}`,
        file: place?.file ?? template.file,
        ...(place && source !== undefined && { offset: place.offset, text: source }),
      });
    }
    return documents.map((document: DataDocument) => ({
      value: document.value,
      places: new RenderedPlaces(template.file, document, output, lines, this.#lines),
    }));
  }

  /** The objects that every template gets.
   *  @see https://helm.sh/docs/chart_template_guide/builtin_objects/ */
  #root(chart: Chart, values: Dict, path: string): Dict {
    return {
      Values: values,
      Chart: chartObject(chart),
      Release: {
        Name: this.#chart.name,
        Namespace: RELEASE_NAMESPACE,
        Service: 'Helm',
        IsInstall: true,
        IsUpgrade: false,
        Revision: 1,
      },
      Capabilities: CAPABILITIES,
      Template: { Name: nameOfFile(chart, path), BasePath: `${chart.name}/templates` },
      Files: {
        Get: (name) => chart.text(toText(name)) ?? '',
        Lines: (name) => (chart.text(toText(name)) ?? '').split('\n'),
      },
      Subcharts: {},
    };
  }
}

/** Chart.yaml with Go's field names. */
function chartObject({ metadata, name }: Chart): Dict {
  const fields: Dict = {};
  for (const [key, value] of Object.entries(metadata)) {
    setKey(fields, key.charAt(0).toUpperCase() + key.slice(1), value);
  }
  return { AppVersion: '', Version: '', ...fields, Name: name };
}

/** A current Kubernetes with what comes with it: groups of its own have no dot, or end in `k8s.io`. */
const CAPABILITIES: Dict = {
  KubeVersion: { Version: 'v1.33.0', GitVersion: 'v1.33.0', Major: '1', Minor: '33' },
  APIVersions: {
    Has: (version) => isBuiltIn(toText(version)),
  },
  HelmVersion: { Version: 'v3.18.0' },
};

function isBuiltIn(version: string): boolean {
  const group = version.includes('/') ? (version.split('/')[0] ?? '') : '';
  const isOld = /(?:alpha|beta)\d*$/.test(version.split('/')[1] ?? version);
  const isOwn =
    !group.includes('.') ||
    /^(?:networking|rbac\.authorization|storage|scheduling|admissionregistration|apiextensions|coordination|discovery|events|node|certificates|authentication|authorization)\.k8s\.io$/.test(
      group,
    );
  return isOwn && !isOld && group !== 'extensions';
}
