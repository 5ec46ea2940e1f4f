import { nameOf } from '../../names.ts';

/** The id that is meant by an id or a name; what nobody is called stays as it is, and finds nothing. */
export function serviceOf(text: string, services: readonly string[]): string {
  const wanted = text.trim();
  if (services.includes(wanted)) return wanted;
  const named = services.filter((id) => nameOf(id) === wanted);
  return named.length === 1 ? (named[0] ?? wanted) : wanted;
}
