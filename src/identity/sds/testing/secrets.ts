import type { Resource, Resources } from '../resources.ts';

/** Resources by name and version, for tests of how they are told. A `!` before the name: Envoy can be made to let go
 *  of it. */
export class NamedSecrets implements Resources {
  readonly #versions: Readonly<Record<string, string>>;

  constructor(versions: Readonly<Record<string, string>>) {
    this.#versions = versions;
  }

  get names(): readonly string[] {
    return Object.keys(this.#versions);
  }

  find(name: string): Resource | undefined {
    const version = this.#versions[name];
    return version === undefined ? undefined : secret(name, version);
  }

  withdrawn(name: string): Resource | undefined {
    return name.startsWith('!') ? secret(name, 'nobody') : undefined;
  }
}

function secret(name: string, version: string): Resource {
  return { name, version, body: Buffer.from(`${name} ${version}`) };
}
