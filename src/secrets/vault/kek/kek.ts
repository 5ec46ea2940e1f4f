/** What a wrapped key is bound to: short texts by name. Whoever holds the key-encryption key may see and log them. */
export type KekContext = Readonly<Record<string, string>>;

/** A key-encryption key, wherever it is. It wraps the root keys, a few kilobytes at most, and nothing else.
 *  Faults of all its methods: `vault/kek-unavailable` (may be tried again), `vault/kek-denied` (it does not let us),
 *  `vault/kek-not-found`, `vault/kek-malformed`. None holds a key, a PIN, a token, or a message of somebody else. */
export interface Kek {
  /** Names the key for people, and in the ring that is wrapped with it. Not secret. */
  readonly id: string;
  /** @returns at most 16,384 characters */
  wrap(plain: Buffer, context: KekContext): Promise<string>;
  /** @returns what is the caller's to wipe
   *  @throws {Fault} beside the above: `vault/kek-refused`, what is wrapped is not by this key, not for this context,
   *  or not as it was */
  unwrap(wrapped: string, context: KekContext): Promise<Buffer>;
  /** Wipes what is in memory of it. It wraps nothing afterwards. */
  close(): void;
}
