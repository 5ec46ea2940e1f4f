import {
  DETECTIONS,
  DetectionSettings,
  SubjectMaker,
  unusualOf,
} from '../../../src/tracing/detections/index.ts';
import type { Hop } from '../../../src/tracing/hop.ts';
import { FEATURES, KINDS } from './features.ts';
import { DAY_MS } from './model.ts';
import type { ShownHop } from './raised.ts';
import type { WitnessParts } from './witness.ts';

/** The detections whose signs mostly have harmless causes. */
export const DETECTIONS_OF_NEWS = DETECTIONS.filter(({ kind }) => KINDS.includes(kind));

/** A sign, whatever it says. */
export interface CollectedSign {
  readonly kind: string;
  readonly shown: ShownHop;
  /** As `FEATURES` have them. */
  readonly features: readonly number[];
  /** What the detection says of it, in nats. */
  readonly score: number;
}

/** By kind, what there is one sign of: what is new, once; what happens again and again, once a day of whoever does it. */
const KEYS: Readonly<Record<string, (hop: Hop) => number[]>> = {
  'new-edge': ({ caller, callee }) => [caller, callee],
  'new-endpoint': ({ caller, callee, endpoint }) => [caller, callee, endpoint],
  'missing-context': ({ caller, at }) => [caller, Math.floor(at / DAY_MS)],
  'internal-entry': ({ callee, at }) => [callee, Math.floor(at / DAY_MS)],
};

/** Collects the first sign of each thing that is new in an estate, as the engine would see it before it learns it, however
 *  little it says. */
export class SignCollector {
  readonly signs: CollectedSign[] = [];
  readonly #parts: WitnessParts;
  readonly #from: number;
  readonly #subjects: SubjectMaker;
  readonly #settings = DetectionSettings.parse({});
  readonly #seen = new Set<string>();

  /** @param from when it begins, in milliseconds since 1970: before that there is nothing that is not new */
  constructor(parts: WitnessParts, from: number) {
    this.#parts = parts;
    this.#from = from;
    this.#subjects = new SubjectMaker(parts.names, parts.estate, this.#settings.maxLookalikes);
  }

  look(hop: Hop): void {
    if (hop.at < this.#from) return;
    const usual = this.#parts.baseline.look(hop);
    const found = unusualOf(hop, usual, this.#settings);
    for (const { kind, when, look } of DETECTIONS_OF_NEWS) {
      const key = `${kind} ${KEYS[kind]?.(hop).join(' ')}`;
      if ((when & found) === 0 || this.#seen.has(key)) continue;
      const subject = this.#subjects.make(hop, usual);
      const saw = look(subject);
      if (!saw) continue;
      this.#seen.add(key);
      const { from, to } = subject;
      this.signs.push({
        ...{ kind, score: saw.score },
        shown: { from: from.id, to: to.id, at: hop.at, traceId: toHex(hop.trace) },
        features: FEATURES.map((feature) => feature.of(subject, kind)),
      });
    }
  }
}

function toHex(words: Uint32Array): string {
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength).toString('hex');
}
