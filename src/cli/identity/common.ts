/** Where the API of identity is. */
export const API = '/api/v1/identity';

/** A path of the API with parts that are not the API's own. */
export const pathOf = (...parts: readonly string[]): string =>
  [API, ...parts.map(encodeURIComponent)].join('/');
