import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Fault } from '../../base/fault.ts';
import type { Party } from '../../estate/index.ts';
import { toParty } from '../../estate/sighting/index.ts';
import type { TemplateLearner } from '../../inventory/templates/index.ts';
import {
  type NamedOperation,
  PartyTable,
  ServiceTraffic,
  type Tally,
  type TallyJson,
  tallyFromJson,
  tallyToJson,
} from '../../inventory/traffic/index.ts';
import type { LogPosition } from '../../sources/access-log/tail/index.ts';

/** All that was counted, at one moment: a header, then one line a service. */
export interface Snapshot {
  /** The first journal that is not part of it. */
  readonly journal: number;
  readonly positions: readonly LogPosition[];
  readonly services: readonly ServiceTraffic[];
}

/** How learners are written and read again. */
export interface LearnerFormat {
  readonly restore: (snapshot: unknown, readTally: (json: unknown) => Tally) => TemplateLearner;
}

const FORMAT = 'reeve.traffic/v1';

interface ServiceJson {
  readonly subject: Party['subject'];
  readonly parties: readonly Party['subject'][];
  readonly named: readonly [NamedOperation['protocol'], string, string, TallyJson][];
  readonly unnamed: TallyJson;
  readonly learner: unknown;
}

function snapshotPath(folder: string): string {
  return join(folder, 'traffic.snapshot');
}

/** Writes a snapshot in the place of the last one, at one stroke. Works without a pause, so that what
 *  it writes is of one moment. */
export function writeSnapshot(folder: string, { journal, positions, services }: Snapshot): void {
  const path = snapshotPath(folder);
  const file = openSync(`${path}.new`, 'w', 0o600);
  try {
    // a write may be of a part only, which this sees to
    writeFileSync(file, `${JSON.stringify({ format: FORMAT, journal, positions })}\n`);
    for (const service of services) writeFileSync(file, `${JSON.stringify(toJson(service))}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
  syncFolder(folder);
}

/** The names in a folder, too, must survive the end of the machine. */
function syncFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** @throws {Fault} `data/traffic-malformed` */
export async function readSnapshot(
  folder: string,
  maxNamedOperations: number,
  format: LearnerFormat,
): Promise<Snapshot> {
  const path = snapshotPath(folder);
  const text = await readFile(path, 'utf8').catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return undefined;
    throw thrown;
  });
  if (text === undefined) return { journal: 0, positions: [], services: [] };
  try {
    const [header = '', ...lines] = text.split('\n');
    const { format: written, journal, positions } = JSON.parse(header);
    if (written !== FORMAT) throw new RangeError(`its format is ${String(written)}`);
    const services = lines
      .filter((line) => line !== '')
      .map((line) => fromJson(JSON.parse(line) as ServiceJson, maxNamedOperations, format));
    return { journal, positions, services };
  } catch (cause) {
    throw new Fault('data/traffic-malformed', `${path} cannot be read`, {
      hint: `bring it back from a backup, or delete it: what traffic showed until now is then learnt again from ${dirname(path)} on`,
      cause,
    });
  }
}

function toJson(service: ServiceTraffic): ServiceJson {
  const parties = new PartyTable();
  const write = (tally: Tally): TallyJson => tallyToJson(tally, parties);
  const named = [...service.named.values()].map(
    ({ protocol, method, template, tally }) => [protocol, method, template, write(tally)] as const,
  );
  const unnamed = write(service.unnamed);
  const learner = service.learner.toSnapshot(write);
  return {
    subject: service.party.subject,
    parties: parties.parties.map(({ subject }) => subject),
    named: named.map((row) => [...row]),
    unnamed,
    learner,
  };
}

function fromJson(
  json: ServiceJson,
  maxNamedOperations: number,
  { restore }: LearnerFormat,
): ServiceTraffic {
  const parties = new PartyTable(json.parties.map(toParty));
  const read = (tally: unknown): Tally => tallyFromJson(tally as TallyJson, parties);
  return new ServiceTraffic(
    toParty(json.subject),
    restore(json.learner, read),
    maxNamedOperations,
    json.named.map(([protocol, method, template, tally]) => ({
      protocol,
      method,
      template,
      tally: read(tally),
    })),
    read(json.unnamed),
  );
}
