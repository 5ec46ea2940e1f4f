import { compareDiagnostics, type Diagnostic, toDiagnostic } from '../base/diagnostic.ts';
import type { Folder } from '../base/folder.ts';
import type { Observation } from '../estate/index.ts';
import { type ReadContext, type Reader, SourceFile } from './reader.ts';

export interface FolderReading {
  readonly observations: readonly Observation[];
  /** Sorted by file and line. */
  readonly diagnostics: readonly Diagnostic[];
  readonly fileCount: number;
}

export type Progress = (done: number, total: number) => void;

/** Hands every file of a folder to the readers that want it, one file at a time, so that memory
 *  holds one file and what the readers keep. */
export function readFolder(
  folder: Folder,
  readers: readonly Reader[],
  onProgress: Progress = () => {},
): FolderReading {
  const observations: Observation[] = [];
  const listing = folder.list();
  const diagnostics = new Map<string, Diagnostic>();
  // Readers that share a file may find the same problem in it.
  const report = (diagnostic: Diagnostic) => {
    diagnostics.set(JSON.stringify(diagnostic), diagnostic);
  };
  listing.diagnostics.forEach(report);
  const paths = listing.files.map((file) => file.path);
  const context: ReadContext = {
    folder,
    paths,
    observe: (observation) => observations.push(observation),
    report,
    open: (path) => {
      try {
        return new SourceFile(path, folder.read(path));
      } catch {
        return undefined;
      }
    },
  };
  const runs = readers.map((reader) => ({ reader, run: reader.start(context) }));
  paths.forEach((path, index) => {
    onProgress(index, paths.length);
    const wanted = runs.filter(({ reader }) => reader.wants(path));
    if (wanted.length === 0) return;
    try {
      const file = new SourceFile(path, folder.read(path));
      for (const { reader, run } of wanted) {
        guard(context, path, `${reader.name}/failed`, () => run.read(file));
      }
    } catch (thrown) {
      context.report(toDiagnostic(thrown, path, 'folder/unreadable'));
    }
  });
  for (const { reader, run } of runs) {
    guard(context, '', `${reader.name}/failed`, () => run.finish?.());
  }
  onProgress(paths.length, paths.length);
  return {
    observations,
    diagnostics: [...diagnostics.values()].sort(compareDiagnostics),
    fileCount: paths.length,
  };
}

/** A reader that breaks on one file costs that file only. */
function guard(context: ReadContext, path: string, code: string, read: () => void): void {
  try {
    read();
  } catch (thrown) {
    context.report(toDiagnostic(thrown, path, code));
  }
}
