import { auditEntryOf } from '../audit/index.ts';
import type { Clock } from '../base/clock.ts';
import { Fault, quote } from '../base/fault.ts';
import type {
  AuditEntry,
  EstateStore,
  SeenService,
  StoredCorrection,
  TemplateCorrection,
} from '../estate/index.ts';
import { correct } from '../inventory/workflow/index.ts';
import { type PreviewedEndpoint, previewOf, type TemplatePreview } from './correction-preview.ts';
import { checkService, endpointPages } from './one-service.ts';

export interface CorrectionPorts {
  readonly store: EstateStore;
  readonly clock: Clock;
  /** Hears that the corrections in force are others. */
  readonly onCorrected: () => void;
  /** What traffic shows of a service under one more correction; undefined where it has none. */
  readonly preview: (
    service: string,
    correction: TemplateCorrection,
  ) => Promise<SeenService | undefined>;
}

/** Who asks, and why. */
export interface Asking {
  readonly actor: string;
  readonly reason: string;
}

export interface Corrected {
  readonly correction: StoredCorrection;
  /** Of the audit entry. */
  readonly sequence: number;
}

/** A correction that was made. */
export interface Made extends Corrected {
  /** Why it changes nothing of what was seen; null where it does. */
  readonly note: string | null;
}

/** All corrections in force, by service id. */
export async function correctionsByService(
  store: EstateStore,
): Promise<Map<string, TemplateCorrection[]>> {
  const found = new Map<string, TemplateCorrection[]>();
  for (const { service, correction } of await store.corrections()) {
    found.set(service, [...(found.get(service) ?? []), correction]);
  }
  return found;
}

/** Takes in how people correct the templates that were learnt from traffic. */
export class Corrections {
  readonly #ports: CorrectionPorts;

  constructor(ports: CorrectionPorts) {
    this.#ports = ports;
  }

  list(service?: string): Promise<readonly StoredCorrection[]> {
    return this.#ports.store.corrections(service);
  }

  /** @throws {Fault} `inventory/correction-invalid`, `inventory/service-not-found` */
  async correct(service: string, said: TemplateCorrection, asking: Asking): Promise<Made> {
    const { store, clock, onCorrected } = this.#ports;
    await checkService(store, service);
    const { correction, entry } = correct(service, said, { ...asking, now: clock() });
    // looked at before it is in force; where that cannot be told, the correction is made all the same
    const preview = await this.#previewed(service, said).catch(() => undefined);
    const [made] = await store.decide([{ change: 'correct', correction, entry }]);
    onCorrected();
    return { correction, sequence: sequenceOf(made), note: preview?.note ?? null };
  }

  /** Takes a correction back.
   *  @throws {Fault} `inventory/correction-not-found` */
  async undo(id: string, asking: Asking): Promise<Corrected> {
    const { store, clock, onCorrected } = this.#ports;
    const correction = (await store.corrections()).find((one) => one.id === id);
    if (correction === undefined) throw notFound(id);
    const { service, correction: said } = correction;
    const entry = auditEntryOf('template.undo', service, said, { ...asking, now: clock() });
    const [made] = await store.decide([{ change: 'uncorrect', id, entry }]);
    // somebody else may have been faster
    if (made === undefined) throw notFound(id);
    onCorrected();
    return { correction, sequence: made.sequence };
  }

  /** What a correction would make of a service's endpoints; it changes nothing.
   *  @throws {Fault} `inventory/correction-invalid`, `inventory/traffic-not-found` */
  async preview(service: string, said: TemplateCorrection): Promise<TemplatePreview> {
    correct(service, said, { actor: '', reason: '', now: this.#ports.clock() });
    const preview = await this.#previewed(service, said);
    if (preview) return preview;
    throw new Fault('inventory/traffic-not-found', `Nothing was seen of ${quote(service, 200)}`, {
      hint: 'templates are learnt from traffic, so there is nothing to correct',
    });
  }

  /** Undefined where nothing was seen of the service. */
  async #previewed(
    service: string,
    said: TemplateCorrection,
  ): Promise<TemplatePreview | undefined> {
    const seen = await this.#ports.preview(service, said);
    if (seen === undefined) return undefined;
    const after = seen.endpoints
      .filter(({ protocol }) => protocol === 'http')
      .map(({ method, template, traffic: { requests } }) => ({ method, template, requests }));
    return previewOf(said, await this.#seenBefore(service), after);
  }

  async #seenBefore(service: string): Promise<PreviewedEndpoint[]> {
    const found: PreviewedEndpoint[] = [];
    const filter = { protocol: 'http', visibility: 'all' };
    for await (const page of endpointPages(this.#ports.store, service, filter)) {
      for (const { method, template, traffic } of page) {
        if (traffic) found.push({ method, template, requests: traffic.requests });
      }
    }
    return found;
  }
}

function notFound(id: string): Fault {
  return new Fault('inventory/correction-not-found', `There is no correction ${quote(id)}`, {
    hint: '`reeve endpoints corrections` lists all',
  });
}

function sequenceOf(entry: AuditEntry | undefined): number {
  if (entry) return entry.sequence;
  throw new RangeError('a change that was made has an entry');
}
