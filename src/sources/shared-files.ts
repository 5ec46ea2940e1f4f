import type { Folder } from '../base/folder.ts';
import { SourceFile } from './reader.ts';

/** Bytes of files that are kept: parsed, they take some ten times as much memory. */
const MAX_BYTES = 32 * 1024 * 1024;

interface Kept {
  readonly file: SourceFile;
  readonly place: string | undefined;
}

/** The files of passes over folders that are much the same. What a later pass finds at the same place is not read again,
 *  and what it finds under the same path, byte for byte, is not decoded and parsed again. Readers know nothing of it: how
 *  a file is read never hangs on who has read it. */
export class SharedFiles {
  readonly #files = new Map<string, Kept>();
  #room: number;

  /** @param maxBytes of the files that are kept; others are read anew */
  constructor(maxBytes: number = MAX_BYTES) {
    this.#room = maxBytes;
  }

  /** @throws {Fault} as `Folder.read` */
  open(folder: Folder, path: string): SourceFile {
    const place = folder.placeOf(path);
    const known = this.#files.get(path);
    if (known?.place === place) return known.file.again();
    return this.file(path, folder.read(path), place);
  }

  file(path: string, bytes: Buffer, place?: string): SourceFile {
    const known = this.#files.get(path);
    if (known?.file.bytes.equals(bytes)) return known.file.again();
    const file = new SourceFile(path, bytes);
    if (known === undefined && bytes.length <= this.#room) {
      this.#room -= bytes.length;
      this.#files.set(path, { file, place });
    }
    return file;
  }
}
