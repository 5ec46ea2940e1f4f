import { EOS, HUFFMAN_CODES } from './huffman-codes.ts';

/** The decoder is an automaton that reads four bits at a time: its states are the inner nodes of the tree of codes. Of
 *  each state and four bits the table tells the next state, and the byte that came to its end on the way: there is one
 *  at most, because no code has fewer than five bits. */
const SHORTEST_CODE = 5;
const STATE = 0xff;
const SYMBOL_SHIFT = 8;
const EMITS = 0x1_0000;
const FAILS = 0x2_0000;
const { steps: STEPS, isEnd: IS_END } = automaton();

/** Reads a text, its bytes as characters U+0000 to U+00FF; undefined where it is not a valid one.
 *  @see RFC 7541 §5.2 */
export function huffmanDecode(bytes: Buffer, start: number, end: number): string | undefined {
  const text = Buffer.allocUnsafe(Math.ceil(((end - start) * 8) / SHORTEST_CODE));
  let length = 0;
  let state = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number; // within the bytes
    const high = STEPS[(state << 4) | (byte >> 4)] as number; // the table has all of them
    if (high & EMITS) text[length++] = high >> SYMBOL_SHIFT;
    const low = STEPS[((high & STATE) << 4) | (byte & 15)] as number; // as above
    if (low & EMITS) text[length++] = low >> SYMBOL_SHIFT;
    if ((high | low) & FAILS) return undefined;
    state = low & STATE;
  }
  return IS_END[state] === 1 ? text.toString('latin1', 0, length) : undefined;
}

/** How many bytes a text takes. */
export function huffmanLength(text: Buffer): number {
  let bits = 0;
  for (const byte of text) bits += HUFFMAN_CODES[byte]?.length ?? 0;
  return Math.ceil(bits / 8);
}

/** The text with the bits of EOS behind it up to a full byte. */
export function huffmanEncode(text: Buffer): Buffer {
  const encoded = Buffer.alloc(huffmanLength(text));
  let at = 0;
  let held = 0;
  let heldBits = 0;
  for (const byte of text) {
    const { bits, length } = HUFFMAN_CODES[byte] as (typeof HUFFMAN_CODES)[number]; // of every byte
    // 37 bits at most, which is more than bitwise operators have
    held = held * 2 ** length + bits;
    heldBits += length;
    for (; heldBits >= 8; held %= 2 ** heldBits) {
      heldBits -= 8;
      encoded[at++] = Math.floor(held / 2 ** heldBits);
    }
  }
  if (heldBits > 0) encoded[at] = (held << (8 - heldBits)) | (0xff >> heldBits);
  return encoded;
}

/** A node's children by the next bit: the number of a node, or, below 0, that of a symbol: -1 is the symbol 0. */
type Node = [number, number];

function tree(): readonly Node[] {
  const nodes: Node[] = [[0, 0]];
  HUFFMAN_CODES.forEach(({ bits, length }, symbol) => {
    let node = 0;
    for (let left = length - 1; left > 0; left--) {
      const bit = (bits >>> left) & 1;
      const [zero, one] = nodes[node] as Node; // there since a child was made of it
      const known = bit === 0 ? zero : one;
      if (known === 0) (nodes[node] as Node)[bit] = nodes.push([0, 0]) - 1; // as above
      node = known === 0 ? nodes.length - 1 : known;
    }
    (nodes[node] as Node)[bits & 1] = -1 - symbol; // as above
  });
  return nodes;
}

function automaton(): { readonly steps: Int32Array; readonly isEnd: Uint8Array } {
  const nodes = tree();
  const steps = new Int32Array(nodes.length * 16);
  for (let at = 0; at < steps.length; at++) steps[at] = step(nodes, at >> 4, at & 15);
  return { steps, isEnd: endsOf(nodes) };
}

function step(nodes: readonly Node[], state: number, nibble: number): number {
  let node = state;
  let emitted = 0;
  for (const bit of [8, 4, 2, 1]) {
    const [zero, one] = nodes[node] as Node; // states are nodes
    const next = (nibble & bit) === 0 ? zero : one;
    node = Math.max(next, 0);
    if (next >= 0) continue;
    const symbol = -1 - next;
    if (symbol === EOS) return FAILS;
    emitted = EMITS | (symbol << SYMBOL_SHIFT);
  }
  return emitted | node;
}

/** Where a text may end: after a whole code, and up to seven bits of EOS, all of which are 1. */
function endsOf(nodes: readonly Node[]): Uint8Array {
  const isEnd = new Uint8Array(nodes.length);
  for (let node = 0, bits = 0; bits < 8; bits++) {
    isEnd[node] = 1;
    node = nodes[node]?.[1] ?? 0;
  }
  return isEnd;
}
