import { textAt } from '../../base/pick.ts';

/** Keys that say by themselves what they are: a prefix that nothing else has, and their length. */
const KEYS: readonly RegExp[] = [
  /^-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY-----/,
  /^(?:AKIA|ASIA)[A-Z2-7]{16}$/,
  /^gh[pousr]_[A-Za-z0-9]{36,251}$/,
  /^github_pat_[A-Za-z0-9_]{60,251}$/,
  /^glpat-[A-Za-z0-9_-]{20,60}$/,
  /^[sr]k_(?:live|test)_[A-Za-z0-9]{16,250}$/,
  /^xox[abeoprs]-[A-Za-z0-9-]{10,250}$/,
  /^AIza[A-Za-z0-9_-]{35}$/,
  /^npm_[A-Za-z0-9]{36}$/,
];

const SCHEME = /^(?:Bearer|Basic|Token) +(?=[^ ]{8})/i;

/** A token or key, alone or behind the name of its scheme. */
export function isCredential(text: string): boolean {
  const bare = text.replace(SCHEME, '');
  return isWebToken(bare) || KEYS.some((key) => key.test(bare));
}

/** @see RFC 7519 §3, RFC 7515 §3.1: the first part is a JSON object that names its algorithm */
function isWebToken(text: string): boolean {
  const [, header] = /^(eyJ[\w-]{5,2000})\.[\w-]*\.[\w-]*(?:\.[\w-]+\.[\w-]+)?$/.exec(text) ?? [];
  return header !== undefined && namesAlgorithm(Buffer.from(header, 'base64url').toString());
}

function namesAlgorithm(json: string): boolean {
  try {
    return textAt(JSON.parse(json), 'alg') !== undefined;
  } catch {
    return false; // the error would quote the token
  }
}

/** A password as somebody sent it, under a field of that name: not empty, not masked, no placeholder. */
export function isPassword(text: string): boolean {
  return (
    text.length >= 4 &&
    text.length <= 1_000 &&
    !/^(?:[*•x.#-]+|<.*>|\{.*\}|null|true|false|none)$/i.test(text)
  );
}
