import type { DataPath } from '../../base/data.ts';
import type { Posture } from '../../estate/index.ts';
import type { Resource } from '../kubernetes/resource.ts';

/** A field of an object. */
export interface Place {
  readonly resource: Resource;
  readonly path: DataPath;
}

/** What a workload lets in, on one port or on all that have no verdict of their own. */
export interface InboundVerdict {
  readonly inbound: Posture['inbound'];
  readonly port?: number;
  /** The object that decides, in a few words: `PeerAuthentication shop/default STRICT`. */
  readonly because: string;
  /** The line to change. */
  readonly at: Place;
  /** A mesh object says so itself, rather than a default. */
  readonly explicit: boolean;
}

/** What one object, or one rule of it, lets in or keeps out. */
export interface Admission {
  readonly effect: 'allow' | 'deny';
  readonly layer: 'network' | 'request';
  /** As in Permission, with services as `NAMESPACE/NAME`. */
  readonly from: readonly string[];
  readonly operations: readonly string[];
  readonly policy: string;
  readonly at: Place;
  /** What it lets in, where that is nearly everything. */
  readonly broad?: string;
}

/** `Kind namespace/name`; `Kind name` for what has no namespace. */
export function titleOf({ kind, namespace, name }: Resource): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
