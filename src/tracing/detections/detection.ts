import type { Subject } from './subject.ts';

/** What a detection saw in one hop. */
export interface Saw {
  /** In nats: the logarithm of how much more probable this is if somebody moves through the estate than if nobody does. */
  readonly score: number;
  /** A sentence, without the full stop. */
  readonly reason: string;
  /** Names and numbers that show it. */
  readonly evidence: Readonly<Record<string, string | number | readonly string[]>>;
  /** Number of the service that it truly came from, where that is another than the caller. */
  readonly origin?: number;
}

/** Parts of a sign, or of its evidence. */
export type ScopePart = 'from' | 'to' | 'operation' | 'principal' | 'address' | 'claimed';

/** One thing that is looked for. Pure: everything is in the subject. */
export interface Detection {
  readonly kind: string;
  /** MITRE ATT&CK, Enterprise. */
  readonly technique: string;
  readonly title: string;
  /** As in `UNUSUAL`: it looks at hops that have any of these. */
  readonly when: number;
  /** What a verdict of people about one of its signs holds for. */
  readonly scope: readonly ScopePart[];
  /** What its signs have in common where they have one cause, so that together they say little more than one of them.
   *  Without it: who called and, where the scope has it, who was called. */
  readonly cause?: readonly ScopePart[];
  look(subject: Subject): Saw | undefined;
}
