import { createHash } from 'node:crypto';
import { Fault } from '../../../base/fault.ts';
import { readSmallFile } from './files.ts';

/** By what an agent joins. */
export type Proof =
  | { readonly by: 'join-token'; readonly token: string; readonly hash: string }
  | { readonly by: 'kubernetes'; readonly token: string };

export interface ProofSources {
  /** A file, which may be written anew when the agent is to join anew. */
  readonly joinTokenFile?: string | undefined;
  /** From standard input, or from a variable of the environment. */
  readonly joinToken?: string | undefined;
  /** A projected service account token, which the kubelet writes anew. */
  readonly kubernetesTokenFile?: string | undefined;
}

const MAX_TOKEN_LENGTH = 16 * 1_024;

/** The proof that there is now; undefined where there is none, or only a join token that was used already.
 *  @param used the SHA-256 of the token that was used last
 *  @throws {Fault} `identity/join-token-…`, `identity/account-token-…` for files that cannot be read */
export async function currentProof(
  sources: ProofSources,
  used: string | null,
): Promise<Proof | undefined> {
  const { joinTokenFile, joinToken, kubernetesTokenFile } = sources;
  if (kubernetesTokenFile !== undefined) {
    const text = await readSmallFile(kubernetesTokenFile, 'identity/account-token');
    return { by: 'kubernetes', token: oneToken(text, 'identity/account-token-malformed') };
  }
  const text =
    joinTokenFile === undefined
      ? joinToken
      : await readSmallFile(joinTokenFile, 'identity/join-token').catch((thrown: unknown) => {
          // whoever has joined may remove it
          if (used !== null) return undefined;
          throw thrown;
        });
  if (text === undefined || text.trim() === '') return undefined;
  const token = oneToken(text, 'identity/join-token-malformed');
  const hash = createHash('sha256').update(token).digest('hex');
  return hash === used ? undefined : { by: 'join-token', token, hash };
}

/** Never quotes what it is given. */
function oneToken(given: string, code: string): string {
  const text = given.trim();
  if (text !== '' && text.length <= MAX_TOKEN_LENGTH && !/\s/.test(text)) return text;
  throw new Fault(code, 'What was given as a token is none: it has blanks, or is too long');
}
