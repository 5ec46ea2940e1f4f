/** The claims of a JSON Web Token; undefined where header or payload is no JSON object, or the header
 *  names no algorithm.
 *  @see RFC 7519 §3, RFC 7515 §4.1.1 */
export function claimsOf(token: string): Readonly<Record<string, unknown>> | undefined {
  const [header, payload] = token.split('.').slice(0, 2).map(toJson);
  return header && payload && typeof header.alg === 'string' ? payload : undefined;
}

function toJson(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
