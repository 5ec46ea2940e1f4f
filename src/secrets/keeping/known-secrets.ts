import { type SecretMetadata, toMetadata } from './metadata.ts';
import type { StoredSecret } from './stored-secret.ts';

/** Told of a secret that has changed; undefined: it is gone. */
export type SecretListener = (id: string, secret: SecretMetadata | undefined) => void;

/** What this process knows of secrets: metadata, as it last saw them. */
export class KnownSecrets {
  readonly #secrets = new Map<string, SecretMetadata>();
  /** Of the documents that were seen. */
  readonly #versions = new Map<string, number>();
  readonly #listeners = new Set<SecretListener>();
  readonly #warn: (message: string, fault: unknown) => void;

  constructor(warn: (message: string, fault: unknown) => void) {
    this.#warn = warn;
  }

  all(): ReadonlyMap<string, SecretMetadata> {
    return this.#secrets;
  }

  /** @returns what ends it */
  onChange(listener: SecretListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes what was read or written. What was read before something newer was seen is left aside. */
  see({ secret, version }: StoredSecret): void {
    const { id } = secret;
    const known = this.#versions.get(id) ?? 0;
    if (version < known) return;
    const metadata = toMetadata(secret);
    this.#secrets.set(id, metadata);
    this.#versions.set(id, version);
    this.#tell(id, metadata);
  }

  forget(id: string): void {
    this.#versions.delete(id);
    if (this.#secrets.delete(id)) this.#tell(id, undefined);
  }

  #tell(id: string, secret: SecretMetadata | undefined): void {
    for (const listener of this.#listeners) {
      try {
        listener(id, secret);
      } catch (thrown) {
        this.#warn('A change of a secret was not passed on', thrown);
      }
    }
  }
}
