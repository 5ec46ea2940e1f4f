import type { Clock } from '../../base/clock.ts';
import type { Party, Sighting } from '../../estate/index.ts';
import { believedTime, type JudgePayload } from '../../estate/sighting/index.ts';
import { Parties, parameterNames, samplesOfQuery } from '../requests/index.ts';
import { ByteWords } from './byte-words.ts';
import { type AccessLogFormat, FORMAT_NAMES, parseLine } from './formats.ts';
import { requestOf } from './json-log.ts';
import { KnownLine } from './known-line.ts';
import { Lines } from './lines.ts';
import type { DropReason } from './logged-request.ts';
import { parseTime } from './time.ts';
import { type LogSubject, toSighting } from './to-sighting.ts';
import { UtcTimes } from './utc-times.ts';

export interface DecoderOptions extends LogSubject {
  /** `auto`: told from each line. */
  readonly format?: AccessLogFormat;
  readonly maxLineBytes?: number;
  /** Judges values of queries; without it, none is looked at. */
  readonly judge?: JudgePayload | undefined;
  readonly clock: Clock;
}

export interface SightingSink {
  take(sighting: Sighting): void;
  /** `line` begins at 1. */
  drop(reason: DropReason, line: number): void;
}

/** Lines of logs are shorter; a path may have 8 KiB and stand twice. */
export const MAX_LINE_BYTES = 64 * 1024;

const SLASH = 0x2f;
const OPEN = 0x7b;

/** Reads a log from its bytes: every line becomes a sighting or a counted drop. Nothing that it is
 *  given makes it throw. */
export class AccessLogDecoder {
  readonly #options: DecoderOptions;
  readonly #sink: SightingSink;
  readonly #lines: Lines;
  readonly #parties = new Parties();
  readonly #known = new KnownLine();
  readonly #times = new UtcTimes();
  readonly #services: ByteWords<Party | undefined>;
  readonly #methods = new ByteWords((text) => (/^[A-Z]{1,20}$/.test(text) ? text : ''));
  readonly #mayBeKnown: boolean;
  readonly #believe: (time: number, now: number) => number;
  #now = 0;

  constructor(options: DecoderOptions, sink: SightingSink) {
    this.#options = options;
    this.#sink = sink;
    this.#believe = options.believe ?? believedTime;
    this.#services = new ByteWords((name) => this.#partyOf(name));
    const formats: readonly string[] | undefined = FORMAT_NAMES[options.format ?? 'auto'];
    this.#mayBeKnown = formats?.includes('json') ?? true;
    this.#lines = new Lines(options.maxLineBytes ?? MAX_LINE_BYTES, {
      line: (bytes, start, end, number) => this.#read(bytes, start, end, number),
      tooLong: (number) => sink.drop('line too long', number),
    });
  }

  get lineCount(): number {
    return this.#lines.count;
  }

  /** Bytes that were taken in and are no part of a line that is still open. */
  get settledBytes(): number {
    return this.#lines.settledBytes;
  }

  push(chunk: Buffer): void {
    this.#now = this.#options.clock();
    this.#lines.push(chunk);
  }

  /** Reads one line by itself, or an object that takes several.
   *  @param number of the line in its file */
  line(bytes: Buffer, number: number): void {
    this.#now = this.#options.clock();
    this.#read(bytes, 0, bytes.length, number);
  }

  /** Reads what is left as a last line. */
  end(): void {
    this.#now = this.#options.clock();
    this.#lines.end();
  }

  #read(bytes: Buffer, start: number, end: number, number: number): void {
    if (
      this.#mayBeKnown &&
      bytes[start] === OPEN &&
      this.#known.read(bytes, start, end) &&
      this.#takeKnown(bytes, this.#known)
    ) {
      return;
    }
    const text = bytes.toString('utf8', start, end).trim();
    // A byte-order mark goes with the blanks; what is left of an empty line says nothing.
    if (text === '') return;
    const result = this.#parse(text);
    if (typeof result === 'string') this.#sink.drop(result, number);
    else this.#sink.take(result);
  }

  #parse(text: string): Sighting | DropReason {
    const request = parseLine(text, this.#options.format);
    if (typeof request === 'string') return request;
    const { judge } = this.#options;
    return toSighting(request, this.#options, this.#parties, this.#now, judge);
  }

  /** False where something about the line is not as plain as it looked. */
  #takeKnown(bytes: Buffer, known: KnownLine): boolean {
    const { pathStart, pathEnd, queryStart } = known;
    if (!known.isPathPlain || bytes[pathStart] !== SLASH) return false;
    const method = this.#methods.at(bytes, known.methodStart, known.methodEnd);
    if (method === '' || method === 'OPTIONS' || method === 'CONNECT') return false;
    const service = this.#services.at(bytes, known.serviceStart, known.serviceEnd);
    if (service === undefined) return false;
    const at = this.#timeOf(bytes, known.timeStart, known.timeEnd);
    const sighting: Sighting = {
      service,
      protocol: 'http',
      method,
      path: bytes.toString('latin1', pathStart, queryStart),
      status: known.status,
      count: 1,
      firstAt: at,
      lastAt: at,
    };
    if (queryStart + 1 >= pathEnd) this.#sink.take(sighting);
    else this.#takeWithQuery(sighting, bytes.toString('latin1', queryStart + 1, pathEnd));
    return true;
  }

  #takeWithQuery(sighting: Sighting, query: string): void {
    const parameters = parameterNames(query);
    const samples = samplesOfQuery(this.#options.judge, sighting, query);
    this.#sink.take({
      ...sighting,
      ...(parameters.length > 0 && { parameters }),
      ...(samples && { samples }),
    });
  }

  #timeOf(bytes: Buffer, start: number, end: number): number {
    const fast = this.#times.parse(bytes, start, end);
    const time = Number.isNaN(fast) ? parseTime(bytes.toString('latin1', start, end)) : fast;
    return this.#believe(time ?? this.#now, this.#now);
  }

  /** The same party that the reader of JSON gives. */
  #partyOf(name: string): Party | undefined {
    const request = requestOf({ method: 'GET', path: '/', service: name });
    if (typeof request === 'string') return undefined;
    const sighting = toSighting(request, this.#options, this.#parties, this.#now);
    return typeof sighting === 'string' || sighting.service.subject.by !== 'name'
      ? undefined
      : sighting.service;
  }
}
