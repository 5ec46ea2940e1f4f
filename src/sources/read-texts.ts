import { compareDiagnostics, compareText, type Diagnostic } from '../base/diagnostic.ts';
import type { Folder } from '../base/folder.ts';
import type { EndpointObservation, Observation } from '../estate/index.ts';
import { type Reader, SourceFile } from './reader.ts';

export type Texts = Readonly<Record<string, string | Buffer>>;

export interface TextsReading {
  readonly observations: readonly Observation[];
  readonly diagnostics: readonly Diagnostic[];
  /** Paths that the reader asked for beside those that it wants. */
  readonly opened: readonly string[];
}

/** Runs one reader over texts, by path, as over the files of a folder. For tests of readers that
 *  need no more of a folder than its paths; what is thrown is not caught. */
export function readTexts(reader: Reader, texts: Texts): TextsReading {
  const observations: Observation[] = [];
  const diagnostics: Diagnostic[] = [];
  const opened: string[] = [];
  const paths = Object.keys(texts).sort(compareText);
  const open = (path: string): SourceFile | undefined => {
    opened.push(path);
    const text = Object.hasOwn(texts, path) ? texts[path] : undefined;
    return text === undefined ? undefined : new SourceFile(path, Buffer.from(text));
  };
  const run = reader.start({
    paths,
    folder: undefined as unknown as Folder, // Not there on purpose: a test that needs it fails.
    observe: (observation) => observations.push(observation),
    report: (diagnostic) => diagnostics.push(diagnostic),
    open,
  });
  for (const path of paths) {
    if (reader.wants(path)) run.read(new SourceFile(path, Buffer.from(texts[path] ?? '')));
  }
  run.finish?.();
  return { observations, diagnostics: diagnostics.sort(compareDiagnostics), opened };
}

export function endpointsIn(reading: TextsReading): readonly EndpointObservation[] {
  return reading.observations.filter((observation) => observation.kind === 'endpoint');
}

/** `METHOD template file:line`, in order of appearance. */
export function endpointLines(reading: TextsReading): readonly string[] {
  return endpointsIn(reading).map(({ method, template, source }) => {
    return `${method} ${template} ${source.file}:${source.line}`;
  });
}

/** `severity code file:line:column`, sorted. */
export function diagnosticLines(reading: TextsReading): readonly string[] {
  return reading.diagnostics.map(({ severity, code, file, line, column }) => {
    return `${severity} ${code} ${file}:${line}:${column}`;
  });
}
