/** The curves that keys may be on. @see SP 800-186 §3.2.1 */
export type Curve = 'P-256' | 'P-384' | 'P-521';

interface Parameters {
  /** Bytes of a coordinate. */
  readonly bytes: number;
  readonly prime: bigint;
  readonly b: bigint;
}

/** Each is y² = x³ - 3x + b. */
const CURVES: Readonly<Record<Curve, Parameters>> = {
  'P-256': {
    bytes: 32,
    prime: 2n ** 256n - 2n ** 224n + 2n ** 192n + 2n ** 96n - 1n,
    b: 0x5ac635d8_aa3a93e7_b3ebbd55_769886bc_651d06b0_cc53b0f6_3bce3c3e_27d2604bn,
  },
  'P-384': {
    bytes: 48,
    prime: 2n ** 384n - 2n ** 128n - 2n ** 96n + 2n ** 32n - 1n,
    b: 0xb3312fa7_e23ee7e4_988e056b_e3f82d19_181d9c6e_fe814112_0314088f_5013875a_c656398d_8a2ed19d_2a85c8ed_d3ec2aefn,
  },
  'P-521': {
    bytes: 66,
    prime: 2n ** 521n - 1n,
    b: 0x0051_953eb961_8e1c9a1f_929a21a0_b68540ee_a2da725b_99b315f3_b8b48991_8ef109e1_56193951_ec7e937b_1652c0bd_3bb1bf07_3573df88_3d2c34f1_ef451fd4_6b503f00n,
  },
};

const UNCOMPRESSED = 4;

/** Whether bytes are a point of a curve, in the form that keys of certificates have: uncompressed.
 *  @see SEC 1 §2.3.3, §3.2.2.1 */
export function isOnCurve(curve: Curve, point: Buffer): boolean {
  const { bytes, prime, b } = CURVES[curve];
  if (point.length !== 1 + 2 * bytes || point[0] !== UNCOMPRESSED) return false;
  const x = coordinate(point.subarray(1, 1 + bytes));
  const y = coordinate(point.subarray(1 + bytes));
  return x < prime && y < prime && (y * y - x * x * x + 3n * x - b) % prime === 0n;
}

const coordinate = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`);
