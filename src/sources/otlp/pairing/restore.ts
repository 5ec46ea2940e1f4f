import type { KeyWriter, Parties, SightingTable } from '../counting/index.ts';
import { SpanFields, TextFields } from '../reading/index.ts';
import { decodeHalves, type RestoredHalves } from './halves.ts';
import type { Pairing } from './pairing.ts';

/** The kind of key that restored operations have; spans have others. */
const RESTORED = 9;

export interface RestoreParts {
  readonly parties: Parties;
  readonly sightings: SightingTable;
  readonly pairing: Pairing;
  readonly key: KeyWriter;
}

/** Takes up the halves that `encodeHalves` wrote, without those over the window.
 *  @param now milliseconds since 1970
 *  @throws {Fault} `otlp/halves-malformed` */
export function restoreHalves(bytes: Buffer, now: number, parts: RestoreParts): void {
  if (bytes.length === 0) return;
  const { pairing } = parts;
  const restored = decodeHalves(bytes);
  const ids = new RestoredIds(restored, now, parts);
  const oldest = Math.floor(now / 1_000) - pairing.windowSeconds;
  for (const half of restored.halves) {
    const service = ids.service(half.service);
    if (service <= 0 || half.seenAt <= oldest) continue;
    const ref = half.isCalled ? ids.operation(half.ref, service) : ids.host(half.ref, service);
    pairing.id.set(half.id);
    if (half.isCalled) pairing.addCalled(service, ref, half.seenAt);
    else pairing.addCaller(service, ref, half.seenAt, half.isAnswered);
  }
  pairing.markWritten();
}

/** Gives what the dictionary of the halves names the ids that it has now. */
class RestoredIds {
  readonly #restored: RestoredHalves;
  readonly #now: number;
  readonly #parts: RestoreParts;
  readonly #fields = new SpanFields();
  readonly #text = new TextFields(this.#fields);
  readonly #services = new Map<number, number>();

  constructor(restored: RestoredHalves, now: number, parts: RestoreParts) {
    this.#restored = restored;
    this.#now = now;
    this.#parts = parts;
  }

  service(place: number): number {
    const known = this.#services.get(place);
    if (known !== undefined) return known;
    const named = this.#restored.services[place];
    this.#text.start();
    this.#text.setText('service.name', named?.name ?? '');
    this.#text.setText('k8s.namespace.name', named?.namespace ?? '');
    this.#text.setText('deployment.environment.name', named?.environment ?? '');
    const id = this.#parts.parties.serviceId(this.#fields, this.#now);
    this.#services.set(place, id);
    return id;
  }

  host(place: number, service: number): number {
    const named = this.#restored.hosts[place];
    if (named === undefined) return 0;
    this.#text.start();
    this.#text.setText('server.address', named.host);
    this.#text.setNumber('server.port', named.port);
    return this.#parts.parties.hostId(this.#fields, service);
  }

  operation(place: number, service: number): number {
    const { key, sightings, parties } = this.#parts;
    const operation = this.#restored.operations[place];
    if (operation === undefined) return 0;
    const bytes = Buffer.from(JSON.stringify(operation));
    key.start();
    key.word(service);
    key.byte(RESTORED);
    key.range(bytes, 0, bytes.length);
    const known = sightings.find(key);
    if (known >= 0) return sightings.idOf(known);
    const meaning = { operations: [{ ...operation, status: 0 }] };
    return sightings.idOf(sightings.add(key, parties.service(service), meaning));
  }
}
