import { compareDiagnostics, type Diagnostic, toDiagnostic } from '../base/diagnostic.ts';
import { Fault } from '../base/fault.ts';
import type { Folder } from '../base/folder.ts';
import type { Position } from '../base/text.ts';
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
  const runs = readers.flatMap((reader) => {
    const run = guard(report, reader, undefined, () => reader.start(context));
    return run ? [{ reader, run }] : [];
  });
  paths.forEach((path, index) => {
    onProgress(index, paths.length);
    const wanted = runs.filter(({ reader }) =>
      guard(report, reader, path, () => reader.wants(path)),
    );
    if (wanted.length === 0) return;
    const file = open(folder, path, report);
    if (file === undefined) return;
    for (const { reader, run } of wanted) guard(report, reader, path, () => run.read(file));
    const brokenAt = file.brokenAt;
    if (brokenAt !== undefined) report(toBroken(path, file.position(brokenAt)));
  });
  for (const { reader, run } of runs) guard(report, reader, undefined, () => run.finish?.());
  onProgress(paths.length, paths.length);
  return {
    observations,
    diagnostics: [...diagnostics.values()].sort(compareDiagnostics),
    fileCount: paths.length,
  };
}

type Report = (diagnostic: Diagnostic) => void;

function open(folder: Folder, path: string, report: Report): SourceFile | undefined {
  try {
    return new SourceFile(path, folder.read(path));
  } catch (thrown) {
    report(toDiagnostic(thrown, path, 'folder/unreadable'));
    return undefined;
  }
}

/** A reader that breaks on one file costs what it would have read there, and nothing of the others. */
function guard<Result>(
  report: Report,
  { name }: Reader,
  path: string | undefined,
  ask: () => Result,
): Result | undefined {
  try {
    return ask();
  } catch (thrown) {
    report(toFailure(thrown, name, path));
    return undefined;
  }
}

/** The message of an error that nobody foresaw may quote what was read, a secret included, so only
 *  its name is told. */
function toFailure(thrown: unknown, reader: string, path: string | undefined): Diagnostic {
  const code = `${reader}/failed`;
  if (thrown instanceof Fault) return toDiagnostic(thrown, path ?? '.', code);
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  return {
    severity: 'error',
    code,
    message: `the ${reader} reader failed on ${path === undefined ? 'the folder' : 'this file'} (${name}); the other readers went on`,
    hint: 'this is a fault of Reeve: report it with a file that shows it',
    file: path ?? '.',
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
