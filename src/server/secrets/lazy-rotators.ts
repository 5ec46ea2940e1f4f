import type { Rotator, Rotators } from '../../secrets/rotation/index.ts';
import { ROTATOR_KINDS, type RotatorPorts, rotatorOf } from '../../secrets/rotators/index.ts';

/** Every rotator, each loaded when it is first asked for. */
export class LazyRotators implements Rotators {
  readonly #ports: RotatorPorts;
  readonly #loaded = new Map<string, Promise<Rotator | undefined>>();

  constructor(ports: RotatorPorts) {
    this.#ports = ports;
  }

  get(kind: string): Promise<Rotator | undefined> {
    const loaded = this.#loaded.get(kind) ?? rotatorOf(kind, this.#ports);
    if (ROTATOR_KINDS.includes(kind)) this.#loaded.set(kind, loaded);
    return loaded;
  }

  keys(): readonly string[] {
    return ROTATOR_KINDS;
  }
}
