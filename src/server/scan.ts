import type { Diagnostic } from '../base/diagnostic.ts';
import { DEFAULT_FOLDER_LIMITS, Folder, type FolderLimits } from '../base/folder.ts';
import type { Fact } from '../estate/index.ts';
import { credentials } from '../secrets/index.ts';
import { attribute, READERS, type Reader, type ReadOptions, readFolder } from '../sources/index.ts';

export interface ScanOptions extends ReadOptions {
  /** The environment of everything that names none. */
  readonly environment: string;
  /** Key of the fingerprints of credentials' values. */
  readonly fingerprintKey: Uint8Array;
  readonly limits?: FolderLimits;
}

export interface Scan {
  readonly facts: readonly Fact[];
  readonly diagnostics: readonly Diagnostic[];
  readonly fileCount: number;
}

/** Reads a folder with every reader and finds the services that it speaks of.
 *  @throws {Fault} `folder/not-found`, `folder/invalid` */
export function scanFolder(path: string, options: ScanOptions): Scan {
  const folder = new Folder(path, options.limits ?? DEFAULT_FOLDER_LIMITS);
  const readers: readonly Reader[] = [...READERS, credentials(options.fingerprintKey)];
  const reading = readFolder(folder, readers, options);
  const { facts, diagnostics } = attribute(reading.observations, options);
  return {
    facts,
    diagnostics: [...reading.diagnostics, ...diagnostics],
    fileCount: reading.fileCount,
  };
}
