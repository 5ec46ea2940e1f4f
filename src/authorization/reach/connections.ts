import { type NetworkEntry, TRANSPORTS } from '../../estate/index.ts';
import type { Endpoint, WorkloadEndpoint } from './endpoints.ts';
import type { ReachReason, ReachRow } from './model.ts';
import { type PortSet, type PortSets, portsText } from './port-set.ts';
import type { RequestVerdict } from './requests.ts';
import type { Step, Verdict } from './verdict.ts';

/** What is the same in the rows of all pairs that the same rules mean. */
export type RowPart = Pick<ReachRow, 'protocol' | 'ports' | 'because'>;

/** What the network lets through from one endpoint to another. */
export interface Connection {
  readonly ports: PortSet;
  readonly parts: readonly RowPart[];
  /** The same, a part for each transport. */
  readonly byTransport: readonly RowPart[];
  readonly reasons: readonly ReachReason[];
}

/** Puts the verdicts of both sides together; each two once. */
export class Connections {
  readonly #sets: PortSets;
  readonly #made = new Map<number, Connection>();
  readonly #none: Connection;

  constructor(sets: PortSets) {
    this.#sets = sets;
    this.#none = { ports: sets.none, parts: [], byTransport: [], reasons: [] };
  }

  between(egress: Verdict, ingress: Verdict): Connection {
    // Ids are far below 2^26, so that two of them fit a whole number.
    const key = egress.id * 2 ** 26 + ingress.id;
    let connection = this.#made.get(key);
    if (!connection) {
      const ports = this.#sets.intersect(egress.allowed, ingress.allowed);
      const reasons = [
        ...egress.steps.map((step) => placed(step, 'egress')),
        ...ingress.steps.map((step) => placed(step, 'ingress')),
      ];
      connection = this.#toConnection(ports, reasons);
      this.#made.set(key, connection);
    }
    return connection;
  }

  /** From the controller, by its ways to a workload. */
  through(entries: readonly NetworkEntry[], ingress: Verdict): Connection {
    if (entries.length === 0) return this.#none;
    const steps = entries.map((entry) => this.#stepOf(entry));
    const open = steps.reduce((sum, { ports }) => this.#sets.union(sum, ports), this.#sets.none);
    return this.#toConnection(this.#sets.intersect(open, ingress.allowed), [
      ...steps.map((step) => placed(step, 'egress')),
      ...ingress.steps.map((step) => placed(step, 'ingress')),
    ]);
  }

  #stepOf({ via, port, transport, source }: NetworkEntry): Step {
    return {
      effect: 'allow',
      ports: this.#sets.range(transport, port, port),
      policy: via,
      message: `leads to ${transport} ${port}`,
      source,
    };
  }

  #toConnection(ports: PortSet, reasons: readonly PlacedReason[]): Connection {
    const byTransport = TRANSPORTS.flatMap((transport): RowPart[] => {
      const text = portsText(ports, transport);
      if (text === '') return [];
      const part = this.#sets.only(ports, transport);
      return [{ protocol: transport, ports: text, because: this.#allowing(reasons, part) }];
    });
    const parts: readonly RowPart[] =
      ports === this.#sets.all
        ? [{ protocol: 'any', ports: 'any', because: this.#allowing(reasons, ports) }]
        : byTransport;
    return { ports, parts, byTransport, reasons: reasons.map(({ reason }) => reason) };
  }

  #allowing(reasons: readonly PlacedReason[], ports: PortSet): readonly ReachReason[] {
    return reasons
      .filter(({ reason }) => reason.effect === 'allow')
      .filter((one) => this.#sets.intersect(one.ports, ports) !== this.#sets.none)
      .map(({ reason }) => reason);
  }
}

interface PlacedReason {
  readonly ports: PortSet;
  readonly reason: ReachReason;
}

function placed(step: Step, side: 'egress' | 'ingress'): PlacedReason {
  const { ports, effect, policy, message, source } = step;
  return { ports, reason: { side, effect, policy, message, source } };
}

/** The rows of a pair. Only TCP carries requests. */
export function toRows(
  from: Endpoint,
  to: Endpoint,
  connection: Connection,
  { http, reasons }: RequestVerdict,
): readonly ReachRow[] {
  if (http === null) {
    const more =
      reasons.length === 0 ? reasons : reasons.filter(({ effect }) => effect === 'allow');
    return connection.parts.map((part) =>
      toRow(from, to, part, null, isOfRequests(part) ? more : []),
    );
  }
  return connection.byTransport.flatMap((part) => {
    if (part.protocol !== 'TCP') return [toRow(from, to, part, null, [])];
    return http.length === 0 ? [] : [toRow(from, to, part, http, reasons)];
  });
}

function isOfRequests({ protocol }: RowPart): boolean {
  return protocol === 'TCP' || protocol === 'any';
}

function toRow(
  from: Endpoint,
  to: Endpoint,
  { protocol, ports, because }: RowPart,
  http: ReachRow['http'],
  more: readonly ReachReason[],
): ReachRow {
  return {
    from: from.peer.name,
    fromKind: from.peer.kind,
    to: to.peer.name,
    toKind: to.peer.kind,
    protocol,
    ports,
    http,
    because: more.length === 0 ? because : [...because, ...more],
  };
}

/** The ways from the controller, by the workload that they lead to. */
export function entriesByWorkload(
  entries: readonly NetworkEntry[],
): (to: WorkloadEndpoint) => readonly NetworkEntry[] {
  const grouped = Map.groupBy(
    entries,
    ({ namespace, workload, kind }) => `${namespace}/${workload} ${kind}`,
  );
  return ({ peer }) => grouped.get(`${peer.name} ${peer.kind}`) ?? [];
}
