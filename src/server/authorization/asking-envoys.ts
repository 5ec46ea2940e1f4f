import type { Clock } from '../../base/clock.ts';
import { type GrpcCall, perConnection } from '../../base/grpc/index.ts';
import type { IdentitySupply } from '../../identity/host/index.ts';
import {
  attestAgain,
  forPeer,
  refusalOf,
  type Workload,
  type WorkloadApiPorts,
} from '../../identity/workload-api/index.ts';

/** How long what a process was attested to be is taken for granted. Who is at the other end of a connection does not
 *  change, but what it runs may. */
const ATTESTED_FOR_MS = 10_000;

/** Which Envoys ask on the socket of the Workload API: attested when their connections begin and now and then, and not
 *  for each question. */
export class AskingEnvoys {
  readonly #ports: WorkloadApiPorts;
  readonly #supply: Pick<IdentitySupply, 'match' | 'onChange'>;
  readonly #clock: Clock;
  readonly #envoyOf = perConnection(() => new Envoy());
  /** Counts the changes of who gets what. */
  #generation = 0;

  constructor(
    ports: WorkloadApiPorts,
    supply: Pick<IdentitySupply, 'match' | 'onChange'>,
    clock: Clock,
  ) {
    this.#ports = ports;
    this.#supply = supply;
    this.#clock = clock;
    supply.onChange(() => {
      this.#generation++;
    });
  }

  /** The SPIFFE IDs of the Envoy that asks.
   *  @throws {Fault} for who is none that has an identity */
  identitiesOf(call: GrpcCall): readonly string[] | Promise<readonly string[]> {
    const envoy = this.#envoyOf(call.socket);
    if (envoy.workload && this.#clock() - envoy.attestedAt < ATTESTED_FOR_MS) {
      return this.#identitiesOf(envoy, envoy.workload);
    }
    return this.#attest(envoy, call);
  }

  async #attest(envoy: Envoy, call: GrpcCall): Promise<readonly string[]> {
    const { workload } = envoy;
    envoy.workload = undefined;
    if (workload) await attestAgain(this.#ports, workload);
    envoy.workload = workload ?? (await forPeer(this.#ports, call, async (found) => found));
    envoy.attestedAt = this.#clock();
    return this.#identitiesOf(envoy, envoy.workload);
  }

  #identitiesOf(envoy: Envoy, { selectors }: Workload): readonly string[] {
    if (envoy.generation === this.#generation) return envoy.identities;
    const matched = this.#supply.match(selectors);
    if (matched.kind === 'none') throw refusalOf(matched);
    if (matched.kind === 'starting') return [];
    envoy.identities = [...new Set(matched.matches.map(({ entry }) => entry.spiffeId))];
    envoy.generation = this.#generation;
    return envoy.identities;
  }
}

/** One connection of an Envoy. */
class Envoy {
  workload: Workload | undefined;
  attestedAt = 0;
  identities: readonly string[] = [];
  generation = -1;
}
