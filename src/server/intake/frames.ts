import type { CallSighting, Party, Sighting } from '../../estate/index.ts';
import { toParty } from '../../estate/sighting/index.ts';
import { PartyTable } from '../../inventory/traffic/index.ts';
import type { LogPosition } from '../../sources/access-log/tail/index.ts';

/** What one batch brought. */
export interface Batch {
  readonly sightings: readonly Sighting[];
  readonly calls: readonly CallSighting[];
  /** How far the files were read that some of the sightings come from. */
  readonly positions: readonly LogPosition[];
}

/** Sightings as JSON: parties once each, and rows without names. Holes of a row are null. */
type SightingRow = [
  service: number,
  protocol: Sighting['protocol'],
  method: string,
  path: string,
  route: string | null,
  status: number,
  count: number,
  firstAt: number,
  lastAt: number,
  caller: number | null,
  isCallerProved: 0 | 1,
  credential: Sighting['credential'] | null,
  parameters: readonly string[] | null,
  isOperational: 0 | 1,
  samples: Sighting['samples'] | null,
];
type CallRow = [
  caller: number,
  service: number,
  at: number,
  count: number,
  ...([] | [protocol: Sighting['protocol'], method: string, path: string, route: string | null]),
];
interface BatchJson {
  readonly parties: readonly Party['subject'][];
  readonly sightings: readonly SightingRow[];
  readonly calls: readonly CallRow[];
  readonly positions: readonly LogPosition[];
}

export function encodeBatch({ sightings, calls, positions }: Batch): Buffer {
  const parties = new PartyTable();
  const rows = {
    sightings: sightings.map((sighting) => toRow(sighting, parties)),
    calls: calls.map((call) => toCallRow(call, parties)),
  };
  const subjects = parties.parties.map(({ subject }) => subject);
  return Buffer.from(JSON.stringify({ parties: subjects, ...rows, positions } satisfies BatchJson));
}

/** What `encodeBatch` wrote; the checksum of its frame has been verified. */
export function decodeBatch(payload: Buffer): Batch {
  const json = JSON.parse(payload.toString('utf8')) as BatchJson;
  const parties = json.parties.map(toParty);
  const partyAt = (number: number): Party => {
    const party = parties[number];
    if (party === undefined) throw new RangeError('a batch names a party that it does not hold');
    return party;
  };
  return {
    sightings: json.sightings.map((row) => fromRow(row, partyAt)),
    calls: json.calls.map((row) => fromCallRow(row, partyAt)),
    positions: json.positions,
  };
}

function toRow(sighting: Sighting, parties: PartyTable): SightingRow {
  return [
    parties.numberOf(sighting.service),
    sighting.protocol,
    sighting.method,
    sighting.path,
    sighting.route ?? null,
    sighting.status,
    sighting.count,
    sighting.firstAt,
    sighting.lastAt,
    sighting.caller ? parties.numberOf(sighting.caller) : null,
    sighting.isCallerProved ? 1 : 0,
    sighting.credential ?? null,
    sighting.parameters ?? null,
    sighting.isOperational ? 1 : 0,
    sighting.samples ?? null,
  ];
}

function fromRow(row: SightingRow, partyAt: (number: number) => Party): Sighting {
  const [service, protocol, method, path, route, status, count, firstAt, lastAt, caller] = row;
  const [isCallerProved, credential, parameters, isOperational, samples] = row.slice(10) as [
    SightingRow[10],
    SightingRow[11],
    SightingRow[12],
    SightingRow[13],
    SightingRow[14],
  ];
  return {
    service: partyAt(service),
    protocol,
    method,
    path,
    ...(route !== null && { route }),
    status,
    count,
    firstAt,
    lastAt,
    ...(caller !== null && { caller: partyAt(caller) }),
    ...(isCallerProved === 1 && { isCallerProved: true }),
    ...(credential && { credential }),
    ...(parameters && { parameters }),
    ...(isOperational === 1 && { isOperational: true }),
    ...(samples && { samples }),
  };
}

function toCallRow(
  { caller, service, operation, at, count }: CallSighting,
  parties: PartyTable,
): CallRow {
  const row = [parties.numberOf(caller), parties.numberOf(service), at, count] as const;
  if (operation === undefined) return [...row];
  const { protocol, method, path, route } = operation;
  return [...row, protocol, method, path, route ?? null];
}

function fromCallRow(row: CallRow, partyAt: (number: number) => Party): CallSighting {
  const [caller, service, at, count, protocol, method, path, route] = row;
  const call = { caller: partyAt(caller), service: partyAt(service), at, count };
  if (protocol === undefined || method === undefined || path === undefined) return call;
  return { ...call, operation: { protocol, method, path, ...(route && { route }) } };
}
