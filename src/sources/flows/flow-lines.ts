import type { Diagnostic } from '../../base/diagnostic.ts';
import { isFields } from '../../base/pick.ts';
import { believedTime } from '../../estate/sighting/index.ts';
import type { SpanRow, SpanSink } from '../../estate/spans/index.ts';
import { flowIn, hubbleRow, isOtherOfHubble } from './hubble.ts';
import { isIstio, istioRow } from './istio.ts';
import type { FlowReason } from './reasons.ts';

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

  /** Takes a line without its end. */
  take(line: string): void {
    this.#line++;
    if (line.length > MAX_LINE_LENGTH) {
      this.#tell('line too long', `The line has more than ${MAX_LINE_LENGTH} characters`);
    } else if (line.trim() !== '') this.#read(line);
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
    const flow = flowIn(value);
    if (flow !== undefined) this.#add(hubbleRow(flow));
    else if (isOtherOfHubble(value)) this.#drop('other event');
    else if (isIstio(value)) this.#add(istioRow(value));
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

/** Undefined for what is no JSON: the parser's message quotes the line, which may hold anything. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
