import type { Unknown, Value } from './value.ts';
import type { World } from './world.ts';

/** An expression, ready. @throws {EvaluationError} */
export type Evaluate = (world: World) => Value | Unknown;

/** Makes an expression of its kind, out of what Cedar's JSON format has beside the kind's name. */
export type Form = (body: unknown, part: (node: unknown) => Evaluate) => Evaluate;
