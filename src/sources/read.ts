import { compareDiagnostics, type Diagnostic, toDiagnostic } from '../base/diagnostic.ts';
import type { Folder } from '../base/folder.ts';
import { redacted } from '../base/redact.ts';
import type { Position } from '../base/text.ts';
import type { Observation } from '../estate/index.ts';
import { guard, type Report } from './guard.ts';
import { listenToReading, whileReading } from './now-reading.ts';
import { type ReadContext, type Reader, SourceFile } from './reader.ts';
import type { SharedFiles } from './shared-files.ts';

export interface FolderReading {
  readonly observations: readonly Observation[];
  /** Sorted by file and line. */
  readonly diagnostics: readonly Diagnostic[];
  readonly fileCount: number;
}

export type Progress = (done: number, total: number) => void;

export interface ReadOptions {
  readonly onProgress?: Progress;
  /** Told which file is read from now on; undefined where it is none in particular. */
  readonly onReading?: (path: string | undefined) => void;
  /** Files that took too long in an earlier attempt; each costs a diagnostic. */
  readonly stalled?: readonly string[];
  /** What other passes have read. */
  readonly shared?: SharedFiles | undefined;
}

/** Hands every file of a folder to the readers that want it, one file at a time, so that memory
 *  holds one file and what the readers keep. */
export function readFolder(
  folder: Folder,
  readers: readonly Reader[],
  { onProgress = () => {}, onReading = () => {}, stalled = [], shared }: ReadOptions = {},
): FolderReading {
  const observations: Observation[] = [];
  const listing = folder.list();
  const diagnostics = new Map<string, Diagnostic>();
  // Readers that share a file may find the same problem in it.
  const report = (diagnostic: Diagnostic) => {
    const told = { ...diagnostic, message: redacted(diagnostic.message) };
    diagnostics.set(JSON.stringify(told), told);
  };
  listing.diagnostics.forEach(report);
  const paths = listing.files.map((file) => file.path);
  const givenUp = new Set(stalled);
  const fileAt = (path: string): SourceFile =>
    shared?.open(folder, path) ?? new SourceFile(path, folder.read(path));
  const context: ReadContext = {
    folder,
    paths,
    observe: (observation) => observations.push(observation),
    report,
    open: (path) => {
      if (givenUp.has(path)) return undefined;
      try {
        return fileAt(path);
      } catch {
        return undefined;
      }
    },
  };
  const endListening = listenToReading(onReading);
  const runs = readers.flatMap((reader) => {
    const run = guard(report, reader.name, undefined, () => reader.start(context));
    return run ? [{ reader, run }] : [];
  });
  paths.forEach((path, index) => {
    onProgress(index, paths.length);
    if (givenUp.has(path)) {
      report(toStalled(path));
      return;
    }
    const wanted = runs.filter(({ reader }) =>
      guard(report, reader.name, path, () => reader.wants(path)),
    );
    if (wanted.length === 0) return;
    whileReading(path, () => {
      const file = open(fileAt, path, report);
      if (file === undefined) return;
      for (const { reader, run } of wanted) guard(report, reader.name, path, () => run.read(file));
      const brokenAt = file.brokenAt;
      if (brokenAt !== undefined) report(toBroken(path, file.position(brokenAt)));
    });
  });
  for (const { reader, run } of runs) guard(report, reader.name, undefined, () => run.finish?.());
  endListening();
  onProgress(paths.length, paths.length);
  return {
    observations,
    diagnostics: [...diagnostics.values()].sort(compareDiagnostics),
    fileCount: paths.length,
  };
}

function open(
  fileAt: (path: string) => SourceFile,
  path: string,
  report: Report,
): SourceFile | undefined {
  try {
    return fileAt(path);
  } catch (thrown) {
    report(toDiagnostic(thrown, path, 'folder/unreadable'));
    return undefined;
  }
}

function toStalled(file: string): Diagnostic {
  return {
    severity: 'error',
    code: 'folder/stalled',
    message: 'took too long to read, so nothing of it was read',
    hint: 'raise --seconds-per-file, or leave the file out of the folder',
    file,
  };
}

function toBroken(file: string, position: Position): Diagnostic {
  return {
    severity: 'note',
    code: 'data/not-utf-8',
    message: 'is not valid UTF-8 from here on; what cannot be decoded was replaced',
    file,
    ...position,
  };
}
