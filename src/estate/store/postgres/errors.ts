import { DatabaseError } from 'pg';
import { Fault } from '../../../base/fault.ts';

/** The way to the database failed, rather than the database. */
export class ConnectionLost extends Error {
  constructor(cause: unknown) {
    super('the connection was lost', { cause });
    this.name = 'ConnectionLost';
  }
}

/** What an error means for the work that met it: `passing` is tried again while the time for retries
 *  lasts, `lasting` needs a person, `failed` is a fault of the program. */
interface Meaning {
  readonly kind: 'passing' | 'lasting' | 'failed';
  readonly why: string;
}

/** By SQLSTATE, or its class of two characters.
 *  @see https://www.postgresql.org/docs/15/errcodes-appendix.html */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  '08': { kind: 'passing', why: 'the connection failed' },
  '25006': { kind: 'passing', why: 'it can only be read (is it a standby?)' },
  '28': { kind: 'lasting', why: 'it refuses the credentials' },
  '3D': { kind: 'lasting', why: 'the database does not exist' },
  '40': { kind: 'passing', why: 'transactions were in each other’s way' },
  '42501': { kind: 'lasting', why: 'the user lacks a right' },
  '53': { kind: 'passing', why: 'it has run out of a resource' },
  '55P03': { kind: 'passing', why: 'a lock could not be had in time' },
  '57': { kind: 'passing', why: 'it is starting or shutting down' },
  '57014': { kind: 'lasting', why: 'a statement took too long' },
  '58': { kind: 'passing', why: 'its system gave an error' },
};

/** Undefined for what neither the database nor the way to it has thrown. */
export function meaningOf(thrown: unknown): Meaning | undefined {
  if (thrown instanceof ConnectionLost) return connectionMeaning(thrown.cause);
  if (!(thrown instanceof DatabaseError)) return undefined;
  const state = thrown.code ?? '';
  return (
    MEANINGS[state] ??
    MEANINGS[state.slice(0, 2)] ?? { kind: 'failed', why: `it answered SQLSTATE ${state}` }
  );
}

/** Node names errors of TLS and of certificates after OpenSSL's, those of the network after errno. */
const TLS_CODE = /TLS|SSL|CERT|SIGNATURE|ISSUER/;

function connectionMeaning(cause: unknown): Meaning {
  if (!(cause instanceof Error)) return { kind: 'passing', why: 'the connection was lost' };
  const code = 'code' in cause ? String(cause.code) : '';
  if (TLS_CODE.test(code) || cause.message.includes('does not support SSL')) {
    const detail = code === '' ? 'it does not offer it' : code;
    return { kind: 'lasting', why: `no TLS connection could be agreed on (${detail})` };
  }
  if (code !== '') return { kind: 'passing', why: `the connection failed (${code})` };
  return cause.message.includes('timeout')
    ? { kind: 'passing', why: 'it does not answer' }
    : { kind: 'passing', why: 'the connection was lost' };
}

/** Neither SQL nor values are in the sentence: they can hold what the estate knows. */
export function toPostgresFault(meaning: Meaning, thrown: unknown, place: string): Fault {
  const { kind, why } = meaning;
  if (kind === 'failed') {
    return new Fault('estate/failed', `PostgreSQL at ${place} failed: ${why}`, { cause: thrown });
  }
  return new Fault('estate/unavailable', `PostgreSQL at ${place} is not available: ${why}`, {
    hint:
      kind === 'passing'
        ? 'try again; check that it runs and can be reached'
        : 'check the connection URL, the user’s rights and the settings of TLS and time limits',
    cause: thrown,
  });
}
