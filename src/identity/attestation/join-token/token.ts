import { createHash } from 'node:crypto';
import { toTimestamp } from '../../../base/clock.ts';
import { Fault, quote } from '../../../base/fault.ts';
import { AGENTS_PATH } from '../../registration/index.ts';
import { parseSpiffeId } from '../../spiffe/index.ts';
import { type Attested, attested, forbidden } from '../attestation.ts';

/** A token by which one agent proves itself once, as it is kept: its value is nowhere. */
export interface JoinToken {
  /** SHA-256 of the value, in hexadecimal. The value is random, so that its hash tells nothing. */
  readonly id: string;
  /** SPIFFE ID of the agent that it makes. */
  readonly agent: string;
  readonly createdBy: string;
  /** RFC 3339. */
  readonly createdAt: string;
  /** RFC 3339. */
  readonly expiresAt: string;
  readonly used: { readonly at: string; readonly by: string } | null;
}

/** Tokens begin with this, so that a lost one is recognised as what it is. */
export const JOIN_TOKEN_PREFIX = 'reeve_join_';

/** Bytes of randomness in a token. */
const RANDOM_BYTES = 32;
const SHAPE = new RegExp(`^${JOIN_TOKEN_PREFIX}[A-Za-z0-9_-]{43}$`);

/** Who makes a token, where and when. */
export interface JoinTokenMaker {
  readonly trustDomain: string;
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  readonly maxTtlSeconds: number;
  /** So many bytes of cryptographic randomness. */
  randomBytes(byteCount: number): Uint8Array;
}

/** Makes a token for an agent. The value is said here and never again.
 *  @throws {Fault} `identity/join-token-invalid` */
export function makeJoinToken(
  { agent, ttlSeconds }: { readonly agent: string; readonly ttlSeconds: number },
  maker: JoinTokenMaker,
): { readonly token: string; readonly record: JoinToken } {
  const { path, trustDomain } = parseSpiffeId(agent);
  if (trustDomain !== maker.trustDomain || !path.startsWith(`${AGENTS_PATH}/`)) {
    throw invalid(
      `${quote(agent, 120)} is no agent: those are spiffe://${maker.trustDomain}${AGENTS_PATH}/…`,
    );
  }
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < 1 || ttlSeconds > maker.maxTtlSeconds) {
    throw invalid(`a token holds for 1 to ${maker.maxTtlSeconds} s, and not for ${ttlSeconds} s`);
  }
  const random = maker.randomBytes(RANDOM_BYTES);
  const token = `${JOIN_TOKEN_PREFIX}${Buffer.from(random).toString('base64url')}`;
  const record = {
    id: hashOf(token),
    agent,
    createdBy: maker.by,
    createdAt: toTimestamp(maker.now),
    expiresAt: toTimestamp(maker.now + ttlSeconds * 1_000),
    used: null,
  };
  return { token, record };
}

function invalid(why: string): Fault {
  return new Fault('identity/join-token-invalid', `The join token is refused: ${why}`);
}

/** The name that a token is kept under.
 *  @throws {Fault} `identity/attestation-forbidden/join-token-malformed`; the text is not quoted, since it
 *  may be another secret */
export function joinTokenId(token: string): string {
  if (SHAPE.test(token)) return hashOf(token);
  throw forbidden('join-token-malformed', 'this is not a join token', {
    hint: `those begin with ${JOIN_TOKEN_PREFIX} and have ${JOIN_TOKEN_PREFIX.length + 43} characters`,
  });
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** What a token has shown. */
export interface JoinFacts {
  /** SPIFFE ID. */
  readonly agent: string;
}

/** How a token is used: by whom (an address, or the name that a host gives itself) and when. */
export interface JoinTokenUse {
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const MAX_USER_LENGTH = 200;

/** Uses a token: what it shows, and the record as it is from then on.
 *  @param found the record of the token that was presented
 *  @throws {Fault} `identity/attestation-forbidden/join-token-…`; the record stays as it is */
export function redeemJoinToken(
  found: JoinToken | undefined,
  { by, now }: JoinTokenUse,
): { readonly record: JoinToken; readonly shown: Attested<JoinFacts> } {
  if (!found) {
    throw forbidden(
      'join-token-unknown',
      'no such join token was made here, or it ended long ago',
      {
        hint: 'make a new one for this agent',
      },
    );
  }
  const { agent, used, expiresAt } = found;
  if (used) {
    throw forbidden(
      'join-token-used',
      `the join token of ${agent} was used already, at ${used.at} by ${quote(used.by, MAX_USER_LENGTH)}`,
      { hint: 'if that was not this agent, retire the agent: someone else had its token' },
    );
  }
  if (Date.parse(expiresAt) <= now) {
    throw forbidden('join-token-expired', `the join token of ${agent} expired at ${expiresAt}`, {
      hint: 'make a new one for this agent',
    });
  }
  const use = { at: toTimestamp(now), by: by.slice(0, MAX_USER_LENGTH).toWellFormed() };
  return {
    record: { ...found, used: use },
    shown: attested({ agent }, [['join-token', 'agent', agent]]),
  };
}
