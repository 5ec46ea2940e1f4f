/** The audit log as a tree (RFC 6962) of which a root is vouched for with each change: whoever edits an entry, or takes
 *  one away, is found out. An entry's leaf is its text, which is canonical JSON.
 *  @throws {Fault} from every method: `estate/unavailable` where the database is away (try again) */
export interface AuditLog {
  auditHead(): Promise<AuditHead>;
  /** Texts of the next so many entries, from the `first` sequence number on; fewer where the log ends. */
  auditTexts(first: number, count: number): Promise<readonly AuditText[]>;
  /** The same, with what is known of how they are found. */
  auditRows(first: number, count: number): Promise<readonly AuditRow[]>;
  /** Roots of the full subtrees of 256^`level` entries, level 1 at least, from the `first`th on (from 0). */
  auditRoots(level: number, first: number, count: number): Promise<readonly Buffer[]>;
}

/** How far the log has come, as written in the transaction of its latest entry. */
export interface AuditHead {
  readonly size: number;
  readonly root: Buffer;
  /** What `AuditSeal` made of these; empty where nobody has signed. */
  readonly checkpoint: string;
}

export interface AuditText {
  readonly sequence: number;
  readonly text: string;
}

export interface AuditRow extends AuditText {
  /** Whether it is listed and found as what it says. */
  readonly isIndexed: boolean;
}

/** Vouches for the log. */
export interface AuditSeal {
  /** A signed checkpoint. */
  sign(size: number, root: Buffer): string;
  /** Whether the log may be gone on from here: nobody has written to it behind the back of who signs. */
  accepts(head: AuditHead): boolean;
}
