import type { Diagnostic } from '../base/diagnostic.ts';
import { DEFAULT_FOLDER_LIMITS, Folder, type FolderLimits } from '../base/folder.ts';
import type { Fact, PolicyFile, PolicySources } from '../estate/index.ts';
import { credentials } from '../secrets/leaks/index.ts';
import {
  attribute,
  type ClusterReader,
  DECLARATION_FILE,
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
  /** A folder whose files are read too, and instead of those with the same paths. */
  readonly over?: string;
  /** Values of credentials are looked for in these folders only, without the folders in them; in all unless given. */
  readonly credentialsIn?: readonly string[];
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
  const { limits = DEFAULT_FOLDER_LIMITS, leftOut, over } = options;
  const folder = new Folder(path, limits, {
    leftOut,
    over: over === undefined ? undefined : new Folder(over, limits),
  });
  let policy: PolicySources = { guardrails: [], groups: [] };
  const readers: readonly Reader[] = [
    ...readersOf(...(options.clusterReaders ?? [])),
    onlyIn(options.credentialsIn, credentials(options.fingerprintKey)),
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
    policy: withUnread(policy, reading.diagnostics),
  };
}

/** Files of guardrails and groups that are there and were not read, and folders that may have some: what they forbid must not be allowed for that. */
function withUnread(policy: PolicySources, diagnostics: readonly Diagnostic[]): PolicySources {
  const unread = diagnostics.flatMap(({ code, file, message }) =>
    file !== undefined && UNREAD.has(code) ? [{ file, message }] : [],
  );
  const guardrails = unread
    .filter(({ file }) => file.endsWith('.cedar'))
    .map(({ file, message }): PolicyFile => ({ path: file, text: '', unread: message }));
  const folders = diagnostics.flatMap(({ code, file, message }): PolicyFile[] =>
    file !== undefined && UNREAD_FOLDERS.has(code)
      ? [{ path: file, text: '', unread: message, isFolder: true }]
      : [],
  );
  const groupsUnread = [
    ...(policy.groupsUnread ?? []),
    ...unread
      .filter(({ file }) => DECLARATION_FILE.test(file))
      .map(({ file, message }) => ({ file, why: message })),
  ];
  return {
    ...policy,
    guardrails: [...policy.guardrails, ...guardrails, ...folders],
    ...(groupsUnread.length > 0 && { groupsUnread }),
  };
}

const UNREAD = new Set([
  'folder/link-outside',
  'folder/stalled',
  'folder/too-large',
  'folder/unreadable',
]);

/** Nobody knows which files are in these. */
const UNREAD_FOLDERS = new Set([
  'folder/subfolder-unreadable',
  'folder/too-deep',
  'folder/too-many-files',
]);

function onlyIn(folders: readonly string[] | undefined, reader: Reader): Reader {
  if (folders === undefined) return reader;
  const wanted = new Set(folders);
  const isWanted = (path: string) => wanted.has(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
  return { ...reader, wants: (path) => isWanted(path) && reader.wants(path) };
}
