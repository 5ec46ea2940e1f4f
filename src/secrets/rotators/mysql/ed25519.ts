import { createHash } from 'node:crypto';

/** The curve of RFC 8032 §5.1: the field's prime, d, and the base point in extended coordinates. */
const P = 2n ** 255n - 19n;
const D = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;
type Point = readonly [x: bigint, y: bigint, z: bigint, t: bigint];
const BASE = affine(
  15112221349535400772501151409588531511454012693041857206046113283949847762202n,
  46316835694926478169428394003475163141307993866256225615783033603165251855960n,
);
const ZERO: Point = [0n, 1n, 1n, 0n];

/** What MariaDB’s plugin `ed25519` stores of a password: the public key whose secret scalar comes from SHA-512 of the
 *  password, which has any length there, in base64 without its padding. Node’s own Ed25519 takes seeds of 32 bytes only.
 *  @see RFC 8032 §5.1.5, steps 2 to 4; MariaDB, plugin/auth_ed25519 */
export function ed25519Hash(password: string): string {
  const hash = createHash('sha512').update(password).digest().subarray(0, 32);
  hash[0] = (hash[0] ?? 0) & 248;
  hash[31] = ((hash[31] ?? 0) & 63) | 64;
  return encode(multiply(number(hash), BASE))
    .toString('base64')
    .replace(/=+$/, '');
}

function affine(x: bigint, y: bigint): Point {
  return [x, y, 1n, mod(x * y)];
}

function mod(value: bigint): bigint {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

/** RFC 8032 §5.1.4. */
function add([x1, y1, z1, t1]: Point, [x2, y2, z2, t2]: Point): Point {
  const a = mod((y1 - x1) * (y2 - x2));
  const b = mod((y1 + x1) * (y2 + x2));
  const c = mod(2n * t1 * t2 * D);
  const d = mod(2n * z1 * z2);
  const [e, f, g, h] = [b - a, d - c, d + c, b + a];
  return [mod(e * f), mod(g * h), mod(f * g), mod(e * h)];
}

/** Adds at every bit, so that the time says less of the scalar. */
function multiply(scalar: bigint, point: Point): Point {
  let [sum, doubled] = [ZERO, point];
  for (let bit = 0n; bit < 255n; bit++) {
    const added = add(sum, doubled);
    sum = (scalar >> bit) & 1n ? added : sum;
    doubled = add(doubled, doubled);
  }
  return sum;
}

function encode([x, y, z]: Point): Buffer {
  const inverse = power(z, P - 2n);
  const sign = mod(x * inverse) & 1n;
  const text = (mod(y * inverse) | (sign << 255n)).toString(16).padStart(64, '0');
  return Buffer.from(text, 'hex').reverse();
}

function power(base: bigint, exponent: bigint): bigint {
  let [result, square] = [1n, base];
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = mod(result * square);
    square = mod(square * square);
  }
  return result;
}

const number = (bytes: Buffer): bigint =>
  BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);
