import { MemoryDocuments } from '../../../estate/store/testing/memory-documents.ts';
import type { KnownEndpoint } from '../../ports.ts';
import { IncidentsConfig } from '../config.ts';
import type { ChangesOfStore } from '../following.ts';
import { Incidents } from '../incidents.ts';
import type { ActionKind, Asking, Feedback, Incident } from '../model.ts';
import type { ActionPorts, IncidentEstate } from '../ports.ts';
import { id, nowAt } from './alerts.ts';

/** What the estate of the tests knows. Each part can be changed. */
export function estateOf(more: Partial<IncidentEstate> = {}): IncidentEstate {
  const shadow: KnownEndpoint = {
    id: `${id('payments')} http GET /internal/export`,
    ...{ status: 'shadow', sensitivity: ['pci'], criticality: null, isBlocked: false },
  };
  return {
    view: {
      service: () => undefined,
      endpoint: (service, { template }) =>
        service === id('payments') && template === '/internal/export' ? shadow : undefined,
      policy: () => 'undeclared',
    },
    credentialsOf: async (services) =>
      services.includes(id('legacy-billing'))
        ? [
            {
              ...{ id: 'credential-1', name: 'billing-db', service: id('legacy-billing') },
              ...{ owner: 'team-billing', secret: 'secret-1', problems: ['rotation-missed'] },
              ...{ file: 'legacy-billing/k8s.yaml', line: 12 },
            },
          ]
        : [],
    blastRadius: async () => ({ services: [id('inventory')], serviceCount: 1, data: ['pci'] }),
    findings: async (subjects) =>
      subjects.includes(id('payments'))
        ? [
            {
              ...{ control: 'authorization/broad-policy', severity: 'high' },
              ...{ subject: id('payments'), message: 'payments lets its whole namespace in' },
              remedy: 'name the callers',
              location: { file: 'k8s/policies.yaml', line: 7 },
            },
          ]
        : [],
    callersOf: async () => [id('orders')],
    permissiveOf: async () => [],
    identitiesOf: async (service) => [`spiffe://reeve.local/${service}`],
    leasesOf: async () => [{ id: 'lease-1', service: id('payments') }],
    ...more,
  };
}

export const BY: Asking = { actor: 'ada', reason: 'seen in the drill' };

/** Incidents over documents in memory, with all that was done and told. */
export class World {
  readonly documents = new MemoryDocuments();
  readonly done: (readonly [kind: string, subject: string, reason: string])[] = [];
  readonly told: Incident[] = [];
  readonly warned: string[] = [];
  readonly learnt = new Map<string, Feedback>();
  now = nowAt(10);
  estate = estateOf();
  /** Stands in the way of a step. */
  stopAt: (kind: ActionKind, subject: string) => Promise<void> = async () => undefined;
  #config: IncidentsConfig;

  constructor(config: object = {}) {
    this.#config = IncidentsConfig.parse(config);
  }

  /** A server that starts.
   *  @param learnt what its detector knows */
  async start(learnt = this.learnt): Promise<Incidents> {
    const incidents = new Incidents({
      ...{ store: this.documents, estate: this.estate, ports: this.#ports() },
      config: this.#config,
      feedback: {
        learn: (feedback) => void learnt.set(feedback.id, feedback),
        forget: ({ id }) => void learnt.delete(id),
      },
      changes: this.#changes(),
      clock: () => this.now,
      onChange: (incident) => void this.told.push(incident),
      warn: (message) => void this.warned.push(message),
    });
    await incidents.start();
    return incidents;
  }

  actions(): readonly string[] {
    return this.documents.log.map(({ action }) => action);
  }

  /** The audit log of the store, as any server reads it. */
  #changes(): ChangesOfStore {
    const { log } = this.documents;
    return {
      auditHead: async () => ({ size: log.length, root: Buffer.alloc(32), checkpoint: '' }),
      auditTexts: async (first, count) =>
        log
          .slice(first - 1, first - 1 + count)
          .map((entry) => ({ sequence: entry.sequence, text: JSON.stringify(entry) })),
    };
  }

  #ports(): ActionPorts {
    const port =
      (kind: ActionKind) =>
      async (subject: string, { reason }: Asking) => {
        await this.stopAt(kind, subject);
        this.done.push([kind, subject, reason]);
        return `${kind} was done`;
      };
    return {
      'revoke-identity': port('revoke-identity'),
      'block-edge': port('block-edge'),
      'block-endpoint': port('block-endpoint'),
      'rotate-credentials': port('rotate-credentials'),
      'end-leases': port('end-leases'),
    };
  }
}
