import { SourceFile } from './reader.ts';

/** Bytes of files that are kept: parsed, they take some ten times as much memory. */
const MAX_BYTES = 32 * 1024 * 1024;

/** The files of passes over folders that are much the same. What a later pass finds under the same path, byte for byte,
 *  is not decoded and parsed again. Readers know nothing of it: how a file is read never hangs on who has read it. */
export class SharedFiles {
  readonly #files = new Map<string, SourceFile>();
  #room: number;

  /** @param maxBytes of the files that are kept; others are read anew */
  constructor(maxBytes: number = MAX_BYTES) {
    this.#room = maxBytes;
  }

  file(path: string, bytes: Buffer): SourceFile {
    const known = this.#files.get(path);
    if (known?.bytes.equals(bytes)) return known.again();
    const file = new SourceFile(path, bytes);
    if (known === undefined && bytes.length <= this.#room) {
      this.#room -= bytes.length;
      this.#files.set(path, file);
    }
    return file;
  }
}
