import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
} from 'node:fs';
import { join, sep } from 'node:path';
import { compareText, type Diagnostic } from './diagnostic.ts';
import { Fault, messageOf, quote } from './fault.ts';

export interface FolderLimits {
  readonly maxFiles: number;
  readonly maxFileBytes: number;
  /** Nesting of folders. */
  readonly maxDepth: number;
}

export const DEFAULT_FOLDER_LIMITS: FolderLimits = {
  maxFiles: 200_000,
  maxFileBytes: 64 * 1024 * 1024,
  maxDepth: 64,
};

/** Folders that hold no one's own work: version control, installed packages, build results. */
const SKIPPED_FOLDERS = new Set([
  '.git',
  '.hg',
  '.svn',
  'node_modules',
  'bower_components',
  '.venv',
  'venv',
  '__pycache__',
  '.tox',
  '.mypy_cache',
  '.pytest_cache',
  '.gradle',
  '.terraform',
  '.next',
  '.nuxt',
  '.idea',
  '.vscode',
  '.yarn',
  '.reeve',
]);

/** One file of a folder, read only when asked for. `path` is relative, with `/`. */
export interface FolderFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/** A folder as it would be with some changes. */
export interface FolderChanges {
  /** Files and folders that are passed over in silence, as paths in the folder. */
  readonly leftOut?: readonly string[] | undefined;
  /** Its files are here too, and instead of those with the same paths. */
  readonly over?: Folder | undefined;
}

/** Reads a folder without ever leaving it: links that point out of it (and every special file) are
 *  reported and not followed, and files over the limits are left out. */
export class Folder {
  readonly root: string;
  readonly #limits: FolderLimits;
  readonly #leftOut: ReadonlySet<string>;
  readonly #over: Folder | undefined;
  #listed: ReadonlySet<string> | undefined;

  /** @throws {Fault} `folder/not-found`, `folder/invalid` */
  constructor(
    path: string,
    limits: FolderLimits = DEFAULT_FOLDER_LIMITS,
    { leftOut = [], over }: FolderChanges = {},
  ) {
    this.#limits = limits;
    this.#leftOut = new Set(leftOut);
    this.#over = over;
    try {
      this.root = realpathSync.native(path);
      readdirSync(this.root);
    } catch (thrown) {
      const code = (thrown as NodeJS.ErrnoException).code;
      throw code === 'ENOTDIR'
        ? new Fault('folder/invalid', `${quote(path, 200)} is a file, not a folder`, {
            hint: 'name the folder that holds it',
          })
        : new Fault('folder/not-found', `${quote(path, 200)} cannot be read: ${messageOf(thrown)}`);
    }
  }

  /** Every file, sorted by path, and what was passed over with the reason. */
  list(): { files: FolderFile[]; diagnostics: Diagnostic[] } {
    const files: FolderFile[] = [];
    const diagnostics: Diagnostic[] = [];
    let isFull = false;
    const skip = (file: string, code: string, message: string, hint?: string): void => {
      diagnostics.push({ severity: 'warning', code, message, file, ...(hint && { hint }) });
    };
    const walk = (folder: string, depth: number): void => {
      let entries: ReturnType<typeof readEntries>;
      try {
        entries = readEntries(join(this.root, folder));
      } catch (thrown) {
        skip(folder || '.', 'folder/subfolder-unreadable', `cannot be read: ${reasonOf(thrown)}`);
        return;
      }
      for (const entry of entries) {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (this.#leftOut.has(path)) continue;
        // What is passed over counts too: a folder of a million links is as long as one of files.
        if (isFull || files.length + diagnostics.length >= this.#limits.maxFiles) {
          isFull = true;
          return;
        }
        const kind = entry.isSymbolicLink() ? this.#linkKind(path) : kindOf(entry);
        if (kind === 'outside') {
          skip(
            path,
            'folder/link-outside',
            'is a symbolic link that leaves the folder or leads nowhere, so it was not followed',
          );
        } else if (kind === 'folder') {
          if (SKIPPED_FOLDERS.has(entry.name)) continue;
          if (depth >= this.#limits.maxDepth) {
            skip(
              path,
              'folder/too-deep',
              `lies deeper than ${this.#limits.maxDepth} folders, so it was not read`,
              'raise `read.maxFolderDepth`',
            );
          } else walk(path, depth + 1);
        } else if (kind === 'special') {
          skip(path, 'folder/not-a-file', 'is a pipe, a socket or a device, so it was not read');
        } else if (kind === 'file') {
          const size = this.#sizeOf(path);
          if (typeof size === 'string') skip(path, 'folder/unreadable', `cannot be read: ${size}`);
          else if (size > this.#limits.maxFileBytes) {
            skip(
              path,
              'folder/too-large',
              `has ${megabytes(size)} MB, more than the limit of ${megabytes(this.#limits.maxFileBytes)} MB, so it was not read`,
              'raise `read.maxFileBytes`, or leave the file out of the folder',
            );
          } else files.push({ path, sizeBytes: size });
        }
      }
    };
    walk('', 0);
    if (isFull) {
      skip(
        '.',
        'folder/too-many-files',
        `holds more than ${this.#limits.maxFiles} files; the rest was not read`,
        'raise `read.maxFiles`, or scan a folder inside it',
      );
    }
    const own = files.filter(({ path }) => !this.#over?.has(path));
    const over = this.#over?.list() ?? { files: [], diagnostics: [] };
    return {
      files: [...own, ...over.files].sort((a, b) => compareText(a.path, b.path)),
      diagnostics: [...diagnostics, ...over.diagnostics],
    };
  }

  /** Whether it lists a file; what it lists is looked up once. */
  has(path: string): boolean {
    this.#listed ??= new Set(this.list().files.map((file) => file.path));
    return this.#listed.has(path);
  }

  /** Where it takes a file from: two folders that name the same place have the same file. */
  placeOf(path: string): string {
    return this.#over?.has(path) ? this.#over.placeOf(path) : join(this.root, path);
  }

  /** The bytes of a file inside the folder.
   *  @throws {Fault} `folder/outside-forbidden`, `folder/not-found`, `folder/too-large`,
   *  `folder/unreadable` */
  read(path: string): Buffer {
    if (this.#over?.has(path)) return this.#over.read(path);
    const descriptor = openRegular(this.#inside(path), path);
    try {
      const status = fstatSync(descriptor);
      if (!status.isFile())
        throw new Fault('folder/not-found', `${quote(path)} is not a regular file`);
      if (status.size > this.#limits.maxFileBytes) {
        throw new Fault(
          'folder/too-large',
          `${quote(path)} has ${megabytes(status.size)} MB, more than the limit of ${megabytes(this.#limits.maxFileBytes)} MB`,
        );
      }
      const bytes = Buffer.allocUnsafe(status.size);
      let length = 0;
      while (length < bytes.length) {
        const count = readSync(descriptor, bytes, length, bytes.length - length, null);
        if (count === 0) break;
        length += count;
      }
      return bytes.subarray(0, length);
    } catch (thrown) {
      throw toFault(thrown, path);
    } finally {
      closeSync(descriptor);
    }
  }

  #inside(path: string): string {
    let absolute = join(this.root, path);
    // Nobody asks the system whether something exists out there.
    if (!this.#contains(absolute)) throw outside(path);
    try {
      absolute = realpathSync.native(absolute);
    } catch {
      throw new Fault('folder/not-found', `${quote(path, 200)} does not exist in the folder`);
    }
    if (!this.#contains(absolute)) throw outside(path);
    return absolute;
  }

  #contains(absolute: string): boolean {
    return (
      absolute === this.root ||
      absolute.startsWith(this.root.endsWith(sep) ? this.root : this.root + sep)
    );
  }

  /** What a link inside the folder names is read at its own place. */
  #linkKind(path: string): 'elsewhere' | 'outside' {
    try {
      this.#inside(path);
      return 'elsewhere';
    } catch {
      return 'outside';
    }
  }

  /** In bytes, or why it cannot be told. */
  #sizeOf(path: string): number | string {
    try {
      return lstatSync(join(this.root, path)).size;
    } catch (thrown) {
      return reasonOf(thrown);
    }
  }
}

function outside(path: string): Fault {
  return new Fault('folder/outside-forbidden', `${quote(path, 200)} lies outside the folder`);
}

/** Opens without waiting for the other end of a pipe, and follows no link that has just taken the
 *  place of the file. */
function openRegular(absolute: string, path: string): number {
  try {
    return openSync(
      absolute,
      constants.O_RDONLY | constants.O_NONBLOCK | (constants.O_NOFOLLOW ?? 0),
    );
  } catch (thrown) {
    throw toFault(thrown, path);
  }
}

function toFault(thrown: unknown, path: string): Fault {
  if (thrown instanceof Fault) return thrown;
  const message = `${quote(path, 200)} cannot be read: ${reasonOf(thrown)}`;
  return new Fault('folder/unreadable', message, { cause: thrown });
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  ENOENT: 'it is no longer there, or its name is no valid text',
  ENAMETOOLONG: 'its path is too long',
  ELOOP: 'it is a symbolic link',
  ENXIO: 'it is no regular file',
  EIO: 'the disk fails',
  EMFILE: 'too many files are open',
};

/** Why the system refused, without the path that its own message carries. */
function reasonOf(thrown: unknown): string {
  const code = String((thrown as NodeJS.ErrnoException).code);
  return REASONS[code] ?? code;
}

function readEntries(path: string) {
  return readdirSync(path, { withFileTypes: true }).sort((a, b) => compareText(a.name, b.name));
}

function kindOf(entry: {
  isFile(): boolean;
  isDirectory(): boolean;
}): 'file' | 'folder' | 'special' {
  return entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'special';
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}
