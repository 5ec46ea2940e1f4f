import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

/** Names of users and groups by id, from the files that this machine keeps them in. Names that only a
 *  directory service knows are not found. */
export interface AccountNames {
  user(uid: number): Promise<string | undefined>;
  group(gid: number): Promise<string | undefined>;
}

const MAX_BYTES = 4_194_304;

/** Reads `passwd` and `group` of a folder again whenever they have changed.
 *  @see passwd(5), group(5) */
export function accountNames(folder = '/etc'): AccountNames {
  const users = new NamesFile(`${folder}/passwd`);
  const groups = new NamesFile(`${folder}/group`);
  return {
    user: async (uid) => (await users.names()).get(uid),
    group: async (gid) => (await groups.names()).get(gid),
  };
}

class NamesFile {
  readonly #path: string;
  #names: ReadonlyMap<number, string> = new Map();
  #version = '';

  constructor(path: string) {
    this.#path = path;
  }

  /** Empty where the file is missing or too large: names are a help, and ids are what counts. */
  async names(): Promise<ReadonlyMap<number, string>> {
    try {
      const { dev, ino, size, mtimeNs } = statSync(this.#path, { bigint: true });
      if (size > MAX_BYTES) return new Map();
      const version = [dev, ino, size, mtimeNs].join(' ');
      if (version !== this.#version) {
        // Read after its version was taken: what is newer than that is read again.
        this.#names = parseNames(await readFile(this.#path, 'utf8'));
        this.#version = version;
      }
      return this.#names;
    } catch {
      return new Map();
    }
  }
}

/** `NAME:PASSWORD:ID:…` lines; of names that share an id the first counts, as for the C library. */
export function parseNames(text: string): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const [, name, id] = /^([^:#+-][^:]{0,255}):[^:]*:(\d{1,10})(?::|$)/.exec(line) ?? [];
    if (name === undefined || id === undefined) continue;
    if (!names.has(Number(id))) names.set(Number(id), name);
  }
  return names;
}
