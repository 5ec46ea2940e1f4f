import type { Clock } from '../../../base/clock.ts';
import type { CallSighting, Sighting } from '../../../estate/index.ts';
import type { JudgePayload } from '../../../estate/sighting/index.ts';
import type { LogSubject } from '../../../sources/access-log/index.ts';
import type { LeftOut } from '../left-out.ts';

/** What a decoder tells of its input. */
export interface DecoderSink {
  take(sighting: Sighting): void;
  takeCall(call: CallSighting): void;
  drop(reason: string, kind: LeftOut['kind'], line?: number, count?: number): void;
}

export interface Decoder {
  push(chunk: Buffer): void;
  /** @throws {Fault} where the input as a whole is broken; what was taken before that counts */
  end(): void;
}

export interface DecoderContext {
  /** For faults. */
  readonly file: string;
  readonly subject: LogSubject;
  readonly clock: Clock;
  readonly sink: DecoderSink;
  /** Absent where nobody is to look at payloads. */
  readonly judge: JudgePayload | undefined;
}
