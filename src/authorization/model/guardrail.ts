/** A rule of the organisation, in Cedar: it forbids, and never permits. */
export interface Guardrail {
  /** Unique: its `@id` annotation, or `FILE#N`. */
  readonly id: string;
  /** What to tell whoever it denies: its `@reason` annotation. */
  readonly reason: string | undefined;
  /** Path inside the folder that was read. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based; absent: where the line begins. */
  readonly column?: number;
  /** As written. */
  readonly text: string;
  /** Cedar's JSON format of it; undefined where it cannot be used, and then it denies every call.
   *  @see https://docs.cedarpolicy.com/policies/json-format.html */
  readonly json: CedarPolicy | undefined;
  /** Why it cannot be used. */
  readonly problem?: string;
}

/** One policy in Cedar's JSON format. Nothing about its shape is known: it may come over a wire. */
export type CedarPolicy = Readonly<Record<string, unknown>>;
