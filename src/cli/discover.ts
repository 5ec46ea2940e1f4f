import { basename } from 'node:path';
import { systemClock } from '../base/clock.ts';
import { type Diagnostic, toPlace } from '../base/diagnostic.ts';
import { Fault, messageOf } from '../base/fault.ts';
import { pastTime } from '../sources/access-log/index.ts';
import type { InputFormat } from './commands/discover.ts';
import { type AssignedSpecification, assign, compare, priorsOf } from './discover/compare.ts';
import { decoderFor, SNIFFED_BYTES } from './discover/decoders/index.ts';
import type { Discovery } from './discover/discovery.ts';
import { toJson, toNdjson } from './discover/json.ts';
import { Learning, type ObservedService, select } from './discover/learning.ts';
import { FilePayloads } from './discover/payloads.ts';
import { toText } from './discover/text.ts';
import {
  atLeast,
  bytesOf,
  followedBy,
  type Input,
  type InputKind,
  toInputs,
} from './input-files.ts';
import { writeOutput } from './output.ts';
import { grouped, painterFor, progressOn } from './terminal.ts';

export interface DiscoverFlags {
  readonly format: keyof typeof FORMATS;
  readonly inputFormat: InputFormat;
  readonly service?: string;
  readonly spec?: readonly string[];
  readonly declared?: string;
  readonly minRequests: number;
  readonly payloadSamples?: boolean;
  readonly output?: string;
}

const FORMATS = {
  text: (discovery: Discovery, { output }: DiscoverFlags) =>
    toText(discovery, painterFor(output === undefined ? process.stdout : {}, process.env)),
  json: toJson,
  ndjson: toNdjson,
} as const;

const LOGS: InputKind = { command: 'discover', noun: 'log files' };
const MEGABYTE = 1024 * 1024;

/** Reads logs, learns the endpoints that they show, and prints them.
 *  @throws {Fault} where a file cannot be read at all, or none of them holds a request */
export async function discover(files: readonly string[], flags: DiscoverFlags): Promise<void> {
  const inputs = toInputs(files, LOGS);
  const specifications = await readSpecifications(flags);
  const learning = new Learning();
  const payloads = flags.payloadSamples ? new FilePayloads() : undefined;
  await readAll(inputs, flags, learning, payloads);
  if (learning.requests === 0 && learning.leftOut.list().some(({ kind }) => kind === 'unread')) {
    tellLeftOut(learning);
    throw new Fault('discover/requests-not-found', 'no request could be read from these files', {
      hint: 'name their format with --input-format, or the service with --service',
    });
  }
  const discovery = conclude(learning, specifications, inputs.length, flags, payloads);
  if (flags.format !== 'text') tellLeftOut(learning);
  writeOutput(FORMATS[flags.format](discovery, flags), flags.output);
}

/** What specifications are there to compare with; undefined where nobody asked to. */
async function readSpecifications({ spec = [], declared }: DiscoverFlags) {
  if (spec.length === 0 && declared === undefined) return undefined;
  const { readDeclared, readSpecification } = await import('./discover/specifications.ts');
  return [
    ...spec.map((text) => readSpecification(text, tell)),
    ...(declared === undefined ? [] : readDeclared(declared, tell)),
  ];
}
type Specifications = Awaited<ReturnType<typeof readSpecifications>>;

async function readAll(
  inputs: readonly Input[],
  flags: DiscoverFlags,
  learning: Learning,
  payloads: FilePayloads | undefined,
): Promise<void> {
  const progress = progressOn(process.stderr, 'megabytes read:');
  const total = inputs.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  let done = 0;
  const onRead = (bytes: number): void => {
    done += bytes;
    progress.update(Math.ceil(done / MEGABYTE), Math.ceil(Math.max(done, total) / MEGABYTE));
  };
  for (const input of inputs) {
    try {
      await read(input, flags, learning, payloads, onRead);
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown;
      progress.end();
      tell({
        severity: 'error',
        code: thrown.code,
        message: messageOf(thrown),
        ...(thrown.file !== undefined && { file: thrown.file }),
        ...(thrown.line !== undefined && { line: thrown.line }),
        ...(thrown.column !== undefined && { column: thrown.column }),
      });
    }
  }
  progress.end();
}

async function read(
  input: Input,
  flags: DiscoverFlags,
  learning: Learning,
  payloads: FilePayloads | undefined,
  onRead: (bytes: number) => void,
): Promise<void> {
  const bytes = bytesOf(input, LOGS, onRead);
  const head = await atLeast(bytes, SNIFFED_BYTES);
  const decoder = await decoderFor(head, flags.inputFormat, {
    file: input.name,
    subject: {
      fallbackService: serviceNamedBy(input.name),
      believe: pastTime,
      ...(flags.service !== undefined && { service: flags.service }),
    },
    clock: systemClock,
    sink: learning.sinkOf(input.name),
    judge: payloads?.judge,
  });
  try {
    for await (const chunk of followedBy(head, bytes)) decoder.push(chunk);
  } finally {
    decoder.end();
  }
}

/** `orders-access.log.2.gz` is a log of `orders`; a name that says nothing gives `unknown`. */
function serviceNamedBy(file: string): string {
  const stem = basename(file)
    .replace(/\.(?:log|json|ndjson|jsonl|txt|gz|\d{1,10})(?=\.|$)/gi, '')
    .replace(/[-_.]?\d{4}-?\d{2}-?\d{2}$/, '')
    .replace(/(?:^|[-_.])(?:access|requests?|logs?|traffic)$/i, '');
  return /^[\w][\w.-]{0,100}$/.test(stem) ? stem : 'unknown';
}

function conclude(
  learning: Learning,
  specifications: Specifications,
  files: number,
  { minRequests }: DiscoverFlags,
  payloads: FilePayloads | undefined,
): Discovery {
  const assigned = specifications && assign(specifications, learning.services().flatMap(toSeen));
  const services = learning.services(assigned && ((name) => priorsOf(assigned, name)));
  const { shown, probes, rare } = select(services, minRequests, payloads !== undefined);
  return {
    schema: 'reeve.discover/v1',
    files,
    requests: learning.requests,
    ...compared(shown, assigned),
    probes,
    rare,
    leftOut: learning.leftOut.list(),
    ...(payloads && { payloads: payloads.summary() }),
  };
}

function compared(
  endpoints: Discovery['endpoints'],
  assigned: readonly AssignedSpecification[] | undefined,
): Pick<Discovery, 'endpoints' | 'comparison'> {
  return assigned === undefined ? { endpoints } : compare(endpoints, assigned);
}

function toSeen({ name, endpoints }: ObservedService) {
  return endpoints.map(({ protocol, method, template }) => ({
    service: name,
    protocol,
    method,
    template,
  }));
}

/** Reasons and places, never text of a line, which may hold secrets. */
function tellLeftOut(learning: Learning): void {
  for (const { reason, kind, count, first } of learning.leftOut.list()) {
    if (kind !== 'unread') continue;
    const places = first.map(toPlace).join(', ');
    tell({
      severity: 'warning',
      code: 'discover/left-out',
      message: `left out ${grouped(count)}: ${reason}${places === '' ? '' : ` (${places}${count > first.length ? ' …' : ''})`}`,
    });
  }
}

function tell(diagnostic: Diagnostic): void {
  const place = toPlace(diagnostic);
  console.error(`reeve: ${place === '' ? '' : `${place}: `}${diagnostic.message}`);
}
