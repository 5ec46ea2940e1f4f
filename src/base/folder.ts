import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  statSync,
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

/** Reads a folder without ever leaving it: links that point out of it (and every special file) are
 *  reported and not followed, and files over the limits are left out. */
export class Folder {
  readonly root: string;
  readonly #limits: FolderLimits;

  /** @throws {Fault} `folder/not-found`, `folder/invalid` */
  constructor(path: string, limits: FolderLimits = DEFAULT_FOLDER_LIMITS) {
    this.#limits = limits;
    try {
      this.root = realpathSync(path);
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
    const skip = (file: string, code: string, message: string, hint?: string): void => {
      diagnostics.push({ severity: 'warning', code, message, file, ...(hint && { hint }) });
    };
    const walk = (folder: string, depth: number): void => {
      let entries: ReturnType<typeof readEntries>;
      try {
        entries = readEntries(join(this.root, folder));
      } catch (thrown) {
        skip(folder, 'folder/unreadable', `cannot be read: ${messageOf(thrown)}`);
        return;
      }
      for (const entry of entries) {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
        if (files.length >= this.#limits.maxFiles) return;
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
        } else if (kind === 'file') {
          const size = this.#sizeOf(path);
          if (size === undefined) skip(path, 'folder/unreadable', 'cannot be read');
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
    if (files.length >= this.#limits.maxFiles) {
      skip(
        '',
        'folder/too-many-files',
        `holds more than ${this.#limits.maxFiles} files; the rest was not read`,
        'raise `read.maxFiles`, or scan a folder inside it',
      );
    }
    return { files: files.sort((a, b) => compareText(a.path, b.path)), diagnostics };
  }

  /** The bytes of a file inside the folder.
   *  @throws {Fault} `folder/outside-forbidden`, `folder/not-found`, `folder/too-large` */
  read(path: string): Buffer {
    const absolute = this.#inside(path);
    const descriptor = openSync(absolute, constants.O_RDONLY | constants.O_NONBLOCK);
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
    } finally {
      closeSync(descriptor);
    }
  }

  #inside(path: string): string {
    let absolute: string;
    try {
      absolute = realpathSync(join(this.root, path));
    } catch {
      throw new Fault('folder/not-found', `${quote(path, 200)} does not exist in the folder`);
    }
    if (!this.#contains(absolute)) {
      throw new Fault('folder/outside-forbidden', `${quote(path, 200)} lies outside the folder`);
    }
    return absolute;
  }

  #contains(absolute: string): boolean {
    return (
      absolute === this.root ||
      absolute.startsWith(this.root.endsWith(sep) ? this.root : this.root + sep)
    );
  }

  /** What a link inside the folder names is read at its own place. */
  #linkKind(path: string): 'other' | 'outside' {
    try {
      this.#inside(path);
      return 'other';
    } catch {
      return 'outside';
    }
  }

  #sizeOf(path: string): number | undefined {
    return statSync(join(this.root, path), { throwIfNoEntry: false })?.size;
  }
}

function readEntries(path: string) {
  return readdirSync(path, { withFileTypes: true }).sort((a, b) => compareText(a.name, b.name));
}

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean }): 'file' | 'folder' | 'other' {
  return entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : 'other';
}

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}
