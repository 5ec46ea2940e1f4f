import {
  type SpanBatch,
  SpanBatchWriter,
  type SpanRow,
  toHex,
} from '../../../estate/spans/index.ts';
import type { Hop } from '../../hop.ts';
import { TracingNames } from '../../names.ts';
import type { Resolver } from '../../ports.ts';
import { Assembler, PairingLimits } from '../index.ts';

/** A service by its name; a host `h.NAME` resolves to the service of that name. `shared` is of two services. */
const resolver: Resolver = {
  service: (party) => {
    if (party.by === 'name') return party.name;
    if (party.by === 'identity') return party.identity;
    return party.host.startsWith('h.') ? party.host.slice(2) : `external/${party.host}`;
  },
  servicesOf: (principal) => {
    if (principal === 'shared') return ['a', 'z'];
    return principal === 'nobody' ? [] : [principal.replace('id/', '')];
  },
  endpoint: (_, { protocol, method, path, route }) => ({
    protocol,
    method,
    template: route ?? path,
  }),
};

/** An assembler, and what it has told. */
export class Told {
  readonly names = new TracingNames({
    ...{ maxServices: 100, maxEndpoints: 100, maxPrincipals: 100 },
    ...{ maxAddresses: 100, maxVersions: 100 },
  });
  readonly assembler: Assembler;
  readonly hops: ToldHop[] = [];

  constructor(limits: Partial<PairingLimits> = {}) {
    const parts = { names: this.names, resolver, limits: PairingLimits.parse(limits), seed: 7 };
    this.assembler = new Assembler(parts, (hop) => this.hops.push(this.#toTold(hop)));
  }

  take(now: number, ...rows: readonly SpanRow[]): this {
    this.assembler.take(batchOf(rows), now);
    return this;
  }

  flush(): this {
    this.assembler.flush();
    return this;
  }

  /** `a -> b GET /x`, with what is special about it. */
  get said(): string[] {
    return this.hops.map(({ said }) => said);
  }

  /** Reasons that were counted. */
  get counted(): Record<string, number> {
    return Object.fromEntries([...this.assembler.counts].filter(([, count]) => count > 0));
  }

  #toTold(hop: Hop): ToldHop {
    const { services, endpoints, principals } = this.names;
    const marks = [
      hop.isEntry && 'entry',
      hop.isHalf && 'half',
      hop.isUnanswered && 'unanswered',
      hop.isMessage && 'message',
      hop.claimed !== hop.caller && `claims ${services.text(hop.claimed)}`,
      hop.rank > 0 && ['', 'asserted', 'authenticated'][hop.rank],
    ].filter((mark) => typeof mark === 'string');
    const operation = endpoints.text(hop.endpoint).split(' ').slice(2).join(' ');
    const who = hop.caller === 0 ? '*' : services.text(hop.caller);
    const { outcome, status, durationMs, count, depth, id, parent, at } = hop;
    return {
      ...{ outcome, status, durationMs, count, depth, id, parent, at },
      said: `${who} -> ${services.text(hop.callee)} ${operation} (${marks.join(', ')})`,
      principal: principals.text(hop.principal),
      span: toHex(hop.span, 0, 2),
      trace: toHex(hop.trace, 0, 4),
      hasContext: hop.hasContext,
    };
  }
}

export interface ToldHop {
  readonly said: string;
  readonly outcome: number;
  readonly status: number;
  readonly durationMs: number;
  readonly count: number;
  readonly depth: number;
  readonly id: number;
  readonly parent: number;
  readonly at: number;
  readonly principal: string;
  readonly span: string | undefined;
  readonly trace: string | undefined;
  readonly hasContext: boolean;
}

export function batchOf(rows: readonly SpanRow[]): SpanBatch {
  const writer = new SpanBatchWriter();
  for (const row of rows) writer.add(row);
  return writer.take();
}
