import type { Secrets } from '../catalogue.ts';
import type { Secret } from '../messages.ts';

/** Secrets by name and version, for tests of how they are told. A `!` before the name: Envoy can be made to let go
 *  of it. */
export class NamedSecrets implements Secrets {
  readonly #versions: Readonly<Record<string, string>>;

  constructor(versions: Readonly<Record<string, string>>) {
    this.#versions = versions;
  }

  get names(): readonly string[] {
    return Object.keys(this.#versions);
  }

  find(name: string): Secret | undefined {
    const version = this.#versions[name];
    return version === undefined ? undefined : secret(name, version);
  }

  withdrawn(name: string): Secret | undefined {
    return name.startsWith('!') ? secret(name, 'nobody') : undefined;
  }
}

function secret(name: string, version: string): Secret {
  return { name, version, body: Buffer.from(`${name} ${version}`) };
}
