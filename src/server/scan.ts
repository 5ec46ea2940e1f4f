import type { Diagnostic } from '../base/diagnostic.ts';
import { DEFAULT_FOLDER_LIMITS, Folder, type FolderLimits } from '../base/folder.ts';
import type { Fact, PolicySources } from '../estate/index.ts';
import { credentials } from '../secrets/index.ts';
import {
  attribute,
  type ClusterReader,
  policySources,
  type Reader,
  type ReadOptions,
  readersOf,
  readFolder,
} from '../sources/index.ts';

export interface ScanOptions extends ReadOptions {
  /** The environment of everything that names none. */
  readonly environment: string;
  /** Key of the fingerprints of credentials' values. */
  readonly fingerprintKey: Uint8Array;
  readonly limits?: FolderLimits;
  /** Files and folders that are not read. */
  readonly leftOut?: readonly string[];
  /** What else is to be read of its files. */
  readonly readers?: readonly Reader[];
  /** What else is to be read of the Kubernetes objects of the folder. */
  readonly clusterReaders?: readonly ClusterReader[];
}

export interface Scan {
  readonly facts: readonly Fact[];
  readonly diagnostics: readonly Diagnostic[];
  readonly fileCount: number;
  /** Guardrails and groups. */
  readonly policy: PolicySources;
}

/** Reads a folder with every reader and finds the services that it speaks of.
 *  @throws {Fault} `folder/not-found`, `folder/invalid` */
export function scanFolder(path: string, options: ScanOptions): Scan {
  const folder = new Folder(path, options.limits ?? DEFAULT_FOLDER_LIMITS, options.leftOut);
  let policy: PolicySources = { guardrails: [], groups: [] };
  const readers: readonly Reader[] = [
    ...readersOf(...(options.clusterReaders ?? [])),
    credentials(options.fingerprintKey),
    policySources((sources) => {
      policy = sources;
    }),
    ...(options.readers ?? []),
  ];
  const reading = readFolder(folder, readers, options);
  const { facts, diagnostics } = attribute(reading.observations, options);
  return {
    facts,
    diagnostics: [...reading.diagnostics, ...diagnostics],
    fileCount: reading.fileCount,
    policy,
  };
}
