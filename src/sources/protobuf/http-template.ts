/** Turns the path template of an HTTP rule into an endpoint's: `/v1/{name=shelves/*}:archive` gives
 *  `/v1/{name}:archive`; a wildcard outside a variable becomes a parameter of its own.
 *  @see google/api/http.proto, Path template syntax */
export function toHttpTemplate(path: string): string {
  let wildcards = 0;
  const segments = path
    .replace(/\{([^{}=]*)=[^{}]*\}/g, '{$1}')
    .replace(/[?#].*$/s, '')
    .split('/')
    .map((segment) =>
      segment.replace(/^\*\*?(?=$|:)/, () => `{wildcard${wildcards++ === 0 ? '' : wildcards}}`),
    );
  return `/${segments
    .map((segment) => segment.trim())
    .filter((segment) => segment !== '')
    .join('/')}`;
}
