import { quote } from '../../base/fault.ts';
import type { SecretValue } from '../model/index.ts';
import { TargetFault } from '../rotation/rotator.ts';

/** How a member is written into a text, by the word behind its colon. */
const WAYS: Readonly<Record<string, (text: string) => string>> = {
  // RFC 3986 §2.3: what is not unreserved is escaped, which `encodeURIComponent` leaves out in part
  uri: (text) =>
    encodeURIComponent(text.toWellFormed()).replace(
      /[!'()*]/g,
      (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
    ),
  base64: (text) => Buffer.from(text).toString('base64'),
  json: (text) => JSON.stringify(text).slice(1, -1),
};
/** A pair of braces, a member, or a brace that is neither. */
const PART = /\{\{|\}\}|\{([^{}:]{1,200})(?::([a-z0-9]{1,20}))?\}|[{}]/g;
const MOST_CHARACTERS = 262_144;

/** Puts members of a value in their places. Nothing of a template is evaluated.
 *  @throws {TargetFault} `invalid` */
export function render(template: string, value: SecretValue): string {
  const text = template.replace(PART, (part, name?: string, way?: string) => {
    if (part === '{{' || part === '}}') return part.charAt(0);
    if (name === undefined) throw wrong('has a brace alone', 'write it twice');
    return written(name, way, value);
  });
  if (text.length <= MOST_CHARACTERS) return text;
  throw wrong(`gives more than ${MOST_CHARACTERS} characters`);
}

function written(name: string, way: string | undefined, value: SecretValue): string {
  const member = Object.hasOwn(value, name) ? value[name] : undefined;
  if (member === undefined) {
    const hint = `it has: ${Object.keys(value).slice(0, 20).join(', ')}`;
    throw wrong(`names ${quote(name)}, which the value does not have`, hint);
  }
  if (way === undefined) return member;
  const write = Object.hasOwn(WAYS, way) ? WAYS[way] : undefined;
  if (write) return write(member);
  throw wrong(`has ${quote(way)} behind a colon`, `write one of: ${Object.keys(WAYS).join(', ')}`);
}

const wrong = (why: string, hint?: string): TargetFault =>
  new TargetFault('invalid', `A template of the delivery ${why}`, hint);
