/** `v1`, `V2`, `v2beta1`, `v1.1`: a version of the API, never a value. */
export function isVersion(text: string): boolean {
  return /^v\d{1,4}(?:[._]\d{1,3}){0,2}(?:-?(?:alpha|beta|rc|preview|p)\d*){0,2}$/i.test(text);
}
