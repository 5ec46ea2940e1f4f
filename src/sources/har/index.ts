import type { Clock } from '../../base/clock.ts';
import { type ElementsProblem, JsonElements } from '../../base/json-elements.ts';
import type { Sighting } from '../../estate/index.ts';
import type { JudgePayload } from '../../estate/sighting/index.ts';
import type { LogSubject } from '../access-log/index.ts';
import { Parties } from '../requests/index.ts';
import { type HarDropReason, sightingsOf } from './entry.ts';

/** Archives of what a browser or proxy has asked for (HAR 1.2). */
export { graphqlFieldsOf } from './graphql.ts';
export type { HarDropReason };

export interface HarOptions extends LogSubject {
  /** Largest entry, with the bodies in it. */
  readonly maxEntryBytes?: number;
  readonly clock: Clock;
  /** Judges bodies and values of parameters; without it, none is looked at. */
  readonly judge?: JudgePayload | undefined;
}

export interface HarSink {
  take(sighting: Sighting): void;
  /** `line` is the one that the entry begins in, from 1. */
  drop(reason: HarDropReason, line: number): void;
}

const MAX_ENTRY_BYTES = 32 * 1024 * 1024;

/** Reads an archive from its bytes, one entry at a time, so that memory holds the largest entry only.
 *  Nothing that it is given makes it throw. */
export class HarDecoder {
  readonly #elements: JsonElements;
  readonly #parties = new Parties();

  constructor(options: HarOptions, sink: HarSink) {
    this.#elements = new JsonElements(
      ['log', 'entries'],
      options.maxEntryBytes ?? MAX_ENTRY_BYTES,
      {
        element: (bytes, line) => {
          const result = this.#read(bytes, options);
          if (typeof result === 'string') sink.drop(result, line);
          else for (const sighting of result) sink.take(sighting);
        },
        tooLarge: (line) => sink.drop('entry too large', line),
      },
    );
  }

  push(chunk: Buffer): void {
    this.#elements.push(chunk);
  }

  /** What is wrong with the archive as a whole: it is cut off, or holds no entries. What was read before
   *  that counts. */
  end(): ElementsProblem | undefined {
    return this.#elements.end();
  }

  #read(bytes: Buffer, options: HarOptions): readonly Sighting[] | HarDropReason {
    try {
      const entry: unknown = JSON.parse(bytes.toString());
      return sightingsOf(entry, options, this.#parties, options.clock(), options.judge);
    } catch (thrown) {
      // The parser's message quotes the entry, which may hold anything.
      if (thrown instanceof SyntaxError) return 'malformed entry';
      throw thrown;
    }
  }
}
