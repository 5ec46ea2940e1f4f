/** Text without the credentials that addresses carry: user information, and parameters of the query
 *  that are named like a secret. Linear: neither class crosses the character that ends it.
 *  @see RFC 3986 §3.2.1 (user information is not to be shown) */
export function redacted(text: string): string {
  return text
    .replace(/:\/\/[^\s/@:]*:[^\s/@]*@/g, '://…@')
    .replace(
      /([?&][\w.-]{0,40}(?:token|key|secret|passw(?:or)?d|pwd|signature|sig|auth)=)[^\s&#`"'<>]+/gi,
      '$1…',
    );
}
