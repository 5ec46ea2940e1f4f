import { type TrustBundle, toBundleFinder } from '../../../spiffe/index.ts';
import {
  boolean,
  contextTag,
  element,
  integer,
  namedBits,
  sequence,
  text,
} from '../../der/index.ts';
import { EXTENSION, extension, NAME_KIND } from '../../extensions/index.ts';
import {
  type Forged,
  forge,
  forgedAuthority,
  forgedLeaf,
  NOW,
  nameOf,
} from '../../testing/forge.ts';
import { ecKey, type TestKey } from '../../testing/keys.ts';
import { type SvidValidation, validateSvid } from '../validate.ts';

export const KEYS = { root: ecKey(), issuing: ecKey(), leaf: ecKey(), other: ecKey() };

/** A chain that is valid, in parts: what a row of the table breaks one of. */
export interface Scene {
  leaf: Forged;
  issuing: Forged;
  root: Forged;
  /** What the peer sends. */
  send: (leaf: Buffer, issuing: Buffer, root: Buffer) => Uint8Array[];
  bundles: (root: Buffer) => TrustBundle[];
  how: { -readonly [Key in keyof SvidValidation]?: SvidValidation[Key] };
}

export const bundle = (trustDomain: string, ...x509Authorities: Buffer[]): TrustBundle => ({
  trustDomain,
  x509Authorities,
  jwtAuthorities: [],
});

export function aScene(keys = KEYS): Scene {
  return {
    leaf: forgedLeaf(keys.leaf, nameOf('issuing 1'), keys.issuing),
    issuing: forgedAuthority(keys.issuing, 'issuing 1', 'root 1', keys.root),
    root: forgedAuthority(keys.root, 'root 1', 'root 1', keys.root),
    send: (leaf, issuing) => [leaf, issuing],
    bundles: (root) => [bundle('example.org', root)],
    how: {},
  };
}

export function validate(scene: Scene) {
  const [leaf, issuing, root] = [forge(scene.leaf), forge(scene.issuing), forge(scene.root)];
  return validateSvid(scene.send(leaf, issuing, root), {
    bundleOf: toBundleFinder(scene.bundles(root)),
    now: NOW,
    ...scene.how,
  });
}

export const names = (...all: Buffer[]) =>
  extension(EXTENSION.subjectAlternativeName, true, sequence(...all));
export const uri = (value: string) => text(contextTag(NAME_KIND.uri), value);
export const dns = (value: string) => text(contextTag(NAME_KIND.dns), value);
export const constraints = (dotted: string, ...parts: Buffer[]) =>
  extension(dotted, true, sequence(...parts));
export const subtrees = (number: number, ...roots: Buffer[]) =>
  element(contextTag(number, true), ...roots.map((root) => sequence(root)));
export const ID = 'spiffe://example.org/ns/shop/sa/orders';
export const named = (value: string) => (scene: Scene) => {
  scene.leaf.extensions.names = names(uri(value));
};
export const usage = (isCritical: boolean, ...bits: number[]) =>
  extension(EXTENSION.keyUsage, isCritical, namedBits(bits));
/** Puts another algorithm into both places, and signs as if nothing had happened. */
export const algorithm = (der: Buffer) => (scene: Scene) => {
  scene.leaf.innerAlgorithm = der;
  scene.leaf.outerAlgorithm = der;
};
export const leafKey = (key: TestKey | Buffer) => (scene: Scene) => {
  scene.leaf.spki = Buffer.isBuffer(key) ? key : key.spki;
};
/** One more issuing authority between the first and the leaf. */
export function aLongerChain(scene: Scene): void {
  const second = ecKey();
  const middle = scene.issuing;
  scene.leaf = forgedLeaf(KEYS.leaf, nameOf('issuing 2'), second);
  scene.issuing = forgedAuthority(second, 'issuing 2', 'issuing 1', KEYS.issuing);
  scene.send = (leaf, issuing) => [leaf, issuing, forge(middle)];
}
export const flipBit = (der: Buffer, at: number) => {
  const copy = Buffer.from(der);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};
export const pathLength = (length: number) =>
  constraints(EXTENSION.basicConstraints, boolean(true), integer(length));

/** What is broken, the reason in the code, words of the sentence, and how. */
export type Row = readonly [
  broken: string,
  code: string,
  words: string,
  change: (scene: Scene) => void,
];
export const REASON = 'identity/certificate-invalid/';
export const DER = 'identity/der-malformed';
