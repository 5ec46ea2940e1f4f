import { Fault } from '../../base/fault.ts';
import type { DeliveryTarget, Secret, SecretValue } from '../model/index.ts';
import { type Deliver, TargetFault, type TargetTrouble } from '../rotation/index.ts';
import { filePlace } from './file/index.ts';
import { kubernetesPlace, restartedBy } from './kubernetes/index.ts';
import { kvPlace } from './kv.ts';
import { type DeliveredState, stateOf } from './marker.ts';
import type { DeliveryPlace, DeliveryPorts, Parcel } from './place.ts';
import { systemPorts } from './system.ts';

/** What stands at one target of a secret. `unknown`: it could not be looked at, for the reason in `why`. */
export interface Delivered {
  readonly target: DeliveryTarget;
  /** For people: `The Secret shop/db of the cluster eu-1`. */
  readonly place: string;
  readonly state: DeliveredState | 'unknown';
  readonly why: string | undefined;
}

export interface Delivery {
  /** Writes the value to all targets of the secret's plan; then, one target after the other, has those use it who hold the
   *  value before. One target that fails keeps no other from having the value; what fails while consumers are brought on
   *  keeps those of further targets as they are. */
  readonly deliver: Deliver;
  /** What stands at each target, compared with the current version. No value is needed for that. */
  readonly delivered: (secret: Secret, signal: AbortSignal) => Promise<readonly Delivered[]>;
  /** Workloads that are restarted when a value is delivered to a target: `Deployment/orders`.
   *  @throws {TargetFault} */
  readonly restartedBy: (target: DeliveryTarget, signal: AbortSignal) => Promise<readonly string[]>;
}

/** What a delivery needs of the rest of Reeve; of the system it runs on, it has what it needs. */
export type DeliveryParts = Omit<DeliveryPorts, keyof typeof systemPorts> & Partial<DeliveryPorts>;

export function openDelivery(parts: DeliveryParts): Delivery {
  const ports: DeliveryPorts = { ...systemPorts, ...parts };
  return {
    deliver: (secret, value, signal) => deliver(ports, secret, value, signal),
    delivered: (secret, signal) =>
      Promise.all(targetsOf(secret).map((target) => look(ports, secret, target, signal))),
    restartedBy: async (target, signal) =>
      target.kind === 'kubernetes' ? restartedBy(ports, target, signal) : [],
  };
}

const PLACES: {
  readonly [Kind in DeliveryTarget['kind']]: DeliveryPlace<
    Extract<DeliveryTarget, { readonly kind: Kind }>
  >;
} = { kubernetes: kubernetesPlace, kv: kvPlace, file: filePlace };

/** Each target is of the kind that its place is for. */
const placeOf = (target: DeliveryTarget): DeliveryPlace<DeliveryTarget> =>
  PLACES[target.kind] as DeliveryPlace<DeliveryTarget>;

const targetsOf = ({ plan }: Secret): readonly DeliveryTarget[] => plan?.deliver ?? [];

async function deliver(
  ports: DeliveryPorts,
  secret: Secret,
  value: SecretValue,
  signal: AbortSignal,
): Promise<void> {
  const { id, service, owner, labels } = secret;
  // one attempt has one time limit, however many targets there are
  const until = ports.clock() + ports.config.waitSeconds * 1_000;
  const version = labels.current ?? 0;
  const parcel: Parcel = { secret: id, service, owner, version, value, until };
  const faults: TargetFault[] = [];
  const there: DeliveryTarget[] = [];
  for (const target of targetsOf(secret)) {
    signal.throwIfAborted();
    const fault = await faultOf(() => placeOf(target).put(ports, target, parcel, signal));
    if (fault) faults.push(fault);
    else there.push(target);
  }
  for (const target of there) {
    signal.throwIfAborted();
    const fault = await faultOf(async () =>
      placeOf(target).bringOn?.(ports, target, parcel, signal),
    );
    if (fault === undefined) continue;
    faults.push(fault);
    break;
  }
  if (faults.length > 0) throw together(faults);
}

async function faultOf(work: () => Promise<void>): Promise<TargetFault | undefined> {
  try {
    await work();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof TargetFault) return thrown;
    // of Reeve's own, such as a vault that is sealed: without any value
    if (thrown instanceof Fault) return new TargetFault('unreachable', thrown.message, thrown.hint);
    throw thrown;
  }
}

/** While one of them may pass, all is tried again. */
const RANKS: readonly TargetTrouble[] = ['unreachable', 'denied', 'changed', 'invalid', 'refused'];
const MOST_TOLD = 5;

function together(faults: readonly TargetFault[]): TargetFault {
  const trouble = RANKS.find((rank) => faults.some((fault) => fault.trouble === rank));
  const told = faults.slice(0, MOST_TOLD).map(({ message }) => message);
  const more = faults.length > MOST_TOLD ? [`and ${faults.length - MOST_TOLD} more`] : [];
  const hints = new Set(faults.flatMap(({ hint }) => hint ?? []));
  const hint = hints.size === 0 ? undefined : [...hints].slice(0, MOST_TOLD).join('; ');
  return new TargetFault(trouble ?? 'unreachable', [...told, ...more].join('; '), hint);
}

async function look(
  ports: DeliveryPorts,
  { id, labels }: Secret,
  target: DeliveryTarget,
  signal: AbortSignal,
): Promise<Delivered> {
  const place = placeOf(target);
  const about = { target, place: place.name(target) };
  try {
    const seen = await place.look(ports, target, signal);
    const state = stateOf(seen, { secret: id, version: labels.current });
    return { ...about, state, why: undefined };
  } catch (thrown) {
    if (thrown instanceof TargetFault || thrown instanceof Fault) {
      return { ...about, state: 'unknown', why: thrown.message };
    }
    throw thrown;
  }
}
