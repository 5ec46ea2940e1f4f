/** What a field counts for besides its text. @see RFC 7541 §4.1 */
const OVERHEAD_BYTES = 32;

/** A token in lower case, or a pseudo-header. @see RFC 9113 §8.2.1 */
const NAME = /^:?[!#$%&'*+\-.^_`|~0-9a-z]+$/;
/** Without control characters, and without white space at its ends. @see RFC 9113 §8.2.1 */
const VALUE = /^(?:[!-~\x80-\xff](?:[\t -~\x80-\xff]*[!-~\x80-\xff])?)?$/;

/** One header. Judged where it is made, once, however often a peer refers to it. */
export class HeaderField {
  readonly name: string;
  /** Bytes as characters U+0000 to U+00FF. */
  readonly value: string;
  /** As HPACK and SETTINGS_MAX_HEADER_LIST_SIZE count. */
  readonly sizeBytes: number;
  /** The characters are those that a header may have. */
  readonly isSound: boolean;

  constructor(name: string, value: string) {
    this.name = name;
    this.value = value;
    this.sizeBytes = name.length + value.length + OVERHEAD_BYTES;
    this.isSound = NAME.test(name) && VALUE.test(value);
  }
}
