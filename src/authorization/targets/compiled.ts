import type { Labels, NetworkPort, Source } from '../../estate/index.ts';
import type { CalleeRules, Policy } from '../model/index.ts';

/** Says the rules of a policy in the words of a target. Pure: the same rules in any order give the same texts, byte for
 *  byte. What the target cannot say, it must not allow, or a notice says who else has to decide it. */
export type Compile = (rules: readonly CalleeRules[], context: TargetContext) => Compiled;

export interface Compiled {
  /** By path. */
  readonly files: readonly CompiledFile[];
  readonly notices: readonly Notice[];
}

export interface CompiledFile {
  /** Relative, with `/`; of letters, digits, dots and dashes. */
  readonly path: string;
  /** Ends with a line break. */
  readonly text: string;
}

/** Something that a target does not enforce as the policy has it. */
export interface Notice {
  /** The id of the callee; undefined: every callee. */
  readonly service?: string;
  /** The id, or the SPIFFE ID, of the caller; undefined: every caller. */
  readonly caller?: string;
  /** `METHOD /path`, or as a grant has it; undefined: every operation. */
  readonly operation?: string;
  readonly effect: NoticeEffect;
  /** A sentence for people: what cannot be said, and what comes of it. */
  readonly message: string;
  /** The declaration that it is about. */
  readonly source?: Source;
}

/** `denied`: the target denies what the policy allows; `left`: the target lets through what the policy denies, or cannot
 *  tell, and another enforcement point has to decide it. */
export type NoticeEffect = 'denied' | 'left';

/** What a target is told beside the rules. */
export interface TargetContext {
  /** Where services run, by their ids. One that is not here has no place that is known. */
  readonly placements: ReadonlyMap<string, Placement>;
  /** Of the identities that the target itself hands out, as meshes do: `cluster.local`. */
  readonly trustDomain: string;
  /** For targets that say guardrails too, and for what only it knows of callees. */
  readonly policy: Policy;
  /** Whether to restrict what goes out as well, where the target can. */
  readonly egress: boolean;
}

/** Where a service runs. */
export interface Placement {
  readonly namespace: string;
  /** What runs its pods, by name; at least one. */
  readonly workloads: readonly PlacedWorkload[];
}

/** An object that runs pods of a service. */
export interface PlacedWorkload {
  readonly name: string;
  /** Undefined: its pods cannot be told from those of another service by their labels. */
  readonly selector: PodSelector | undefined;
  readonly serviceAccount: string;
  /** What listens in its containers, as declared. */
  readonly ports: readonly NetworkPort[];
  readonly hostNetwork: boolean;
}

/** Selects the pods of one workload in their namespace, and no pods of another service. */
export interface PodSelector {
  readonly matchLabels: Labels;
  /** Keys of labels that only pods of other services have. */
  readonly absent: readonly string[];
}
