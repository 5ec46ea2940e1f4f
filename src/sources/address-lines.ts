import { namesHost } from './address-names.ts';
import { type Address, addressesIn } from './addresses.ts';

/** An address in a configuration file, with the 0-based line that holds it. */
export interface AddressLine extends Address {
  readonly lineIndex: number;
  /** The property on that line; empty where there is none. */
  readonly name: string;
}

/** Longer files are data rather than configuration. */
const MAX_LENGTH = 262_144;
const MAX_LINE_LENGTH = 1_000;
const COMMENT = /^\s*(?:#|\/\/|;|--|<!--|\*)/;
/** `key: value`, `key=value`, `"key": "value"`, `proxy_pass value;`, each also as an item. */
const PROPERTY = /^\s*(?:-\s+)?["']?([A-Za-z][\w.-]{0,99})["']?(?:\s*[:=]\s*|\s+)(.*)$/;

/** Properties that hold links for people at least as often as addresses for programs. */
const LINK = /^(?:url|uri|href|link|homepage)$/i;

/** The addresses in the text of a configuration file: properties, YAML, JSON, nginx and the like,
 *  line by line. Public hosts only count where the property is named for an address: such files
 *  link to documentation. */
export function addressesInText(text: string): readonly AddressLine[] {
  if (text.length > MAX_LENGTH) return [];
  return text.split('\n').flatMap((line, lineIndex) => {
    if (line.length > MAX_LINE_LENGTH || COMMENT.test(line)) return [];
    const [, name = '', value = line] = PROPERTY.exec(line) ?? [];
    const plain = unbracketed(value.trim()).replace(/^["']|[;,"']+$/g, '');
    return addressesIn(name, plain)
      .filter(({ known }) => known || (namesHost(name) && !LINK.test(name)))
      .map((address) => ({ ...address, lineIndex, name }));
  });
}

/** `["orders:80", 'users:80']` as `orders:80, users:80`: a list in the flow style of YAML or in JSON.
 *  Lists of bare words say too little. */
function unbracketed(value: string): string {
  const [, items] = /^\[(.*)\]\s*,?$/.exec(value) ?? [];
  return items === undefined || !/:\d/.test(items) ? value : items.replace(/["']/g, '').trim();
}
