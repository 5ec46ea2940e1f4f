import type { Diagnostic } from '../../base/diagnostic.ts';
import { type Fields, isFields } from '../../base/pick.ts';
import { believedTime } from '../../estate/sighting/index.ts';
import type { SpanRow, SpanSink } from '../../estate/spans/index.ts';
import { flowIn, hubbleRow, isOtherOfHubble } from './hubble.ts';
import { isIstio, istioRow } from './istio.ts';
import type { FlowReason } from './reasons.ts';
import { parse, shippedIn } from './shipped.ts';

export interface FlowPorts {
  readonly spans: SpanSink;
  /** Hears of lines that cannot be read: of the first `MAX_TOLD`, and of the number of the others at the end. */
  readonly report: (diagnostic: Diagnostic) => void;
  /** What the lines are of, in diagnostics. */
  readonly file: string;
  /** Milliseconds since 1970; later times are not believed. */
  readonly now: number;
}

/** UTF-16 code units of one line. */
export const MAX_LINE_LENGTH = 256 * 1024;
/** Broken lines of which each is told. */
const MAX_TOLD = 20;

/** Reads exports of flows, line by line, each of which may be of another kind: access logs of Istio in JSON, and flows of
 *  Hubble (`hubble observe -o jsonpb`, or `json`). */
export class FlowLines {
  /** Lines that gave a row. */
  taken = 0;
  readonly dropped = new Map<FlowReason, number>();
  readonly #ports: FlowPorts;
  #line = 0;
  #broken = 0;

  constructor(ports: FlowPorts) {
    this.#ports = ports;
  }

  /** Takes a line without its end.
   *  @param number of the line, where lines are left out */
  take(line: string, number = this.#line + 1): void {
    if (line.length > MAX_LINE_LENGTH) {
      this.passTooLong(number);
      return;
    }
    this.#line = number;
    if (line.trim() !== '') this.#read(line);
  }

  /** A line that is longer than any that is read. */
  passTooLong(number: number): void {
    this.#line = number;
    this.#tell('line too long', `The line has more than ${MAX_LINE_LENGTH} characters`);
  }

  /** What is wrong with all lines together.
   *  @param message a sentence
   *  @param number of the line where that shows */
  passRest(message: string, number: number): void {
    this.#line = number;
    this.#tell('broken line', message);
  }

  /** Tells of broken lines that were too many to be told of. */
  end(): void {
    const { report, file } = this.#ports;
    const untold = this.#broken - MAX_TOLD;
    if (untold <= 0) return;
    const message = `${untold} more lines could not be read`;
    report({ severity: 'warning', code: 'flows/more-lines-malformed', message, file });
  }

  #read(line: string): void {
    const value = parse(line);
    if (!isFields(value)) {
      this.#tell('broken line', 'The line is not a JSON object');
      return;
    }
    const row = rowOf(value) ?? rowOf(shippedIn(value) ?? {});
    if (row !== undefined) this.#add(row);
    else this.#tell('neither of Istio nor of Hubble', 'The line is no flow that is known');
  }

  #add(row: SpanRow | FlowReason): void {
    if (typeof row === 'string') {
      this.#drop(row);
      return;
    }
    this.taken++;
    this.#ports.spans.add({ ...row, startMs: believedTime(row.startMs, this.#ports.now) });
  }

  #tell(reason: FlowReason, message: string): void {
    this.#drop(reason);
    if (++this.#broken > MAX_TOLD) return;
    const { report, file } = this.#ports;
    report({
      severity: 'warning',
      code: 'flows/line-malformed',
      message,
      hint: 'known are the JSON access log of Istio and the output of `hubble observe -o jsonpb`, one entry a line',
      file,
      line: this.#line,
    });
  }

  #drop(reason: FlowReason): void {
    this.dropped.set(reason, (this.dropped.get(reason) ?? 0) + 1);
  }
}

/** Reads all lines of one export; what came of them.
 *  @see FlowLines */
export function readFlows(
  lines: Iterable<string>,
  ports: FlowPorts,
): Pick<FlowLines, 'taken' | 'dropped'> {
  const reader = new FlowLines(ports);
  for (const line of lines) reader.take(line);
  reader.end();
  return reader;
}

/** Undefined: it is of neither. */
function rowOf(line: Fields): SpanRow | FlowReason | undefined {
  const flow = flowIn(line);
  if (flow !== undefined) return hubbleRow(flow);
  if (isOtherOfHubble(line)) return 'other event';
  return isIstio(line) ? istioRow(line) : undefined;
}
