import { bySegment, digitsIn, NUMBER, OBJECT_ID, UUID } from './segments.ts';

const SHAPES = [
  NUMBER,
  UUID,
  /^[0-9a-f]{16,}$/i,
  /^[0-9A-HJKMNP-TV-Z]{26}$/,
  /^\d{4}-\d{2}-\d{2}(T.*)?$/,
  /[@%]/,
  /^[a-z]{1,5}[_-](?=.*\d)[A-Za-z0-9]{6,}$/i,
  /^(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9_-]{10,}$/,
];

/** Regular expressions for the well-known kinds of identifiers: what most gateways and tracers do. */
export const shapeOnly = bySegment('shape only', (segment) =>
  SHAPES.some((shape) => shape.test(segment)),
);

/** mitmproxy2swagger: digits; the rest is for a person to edit. */
export const digitsOnly = bySegment('like mitmproxy2swagger', (segment) => NUMBER.test(segment));

/** APIClarity: digits, UUID, or a long segment with several digits. */
export const likeApiClarity = bySegment(
  'like APIClarity',
  (segment) =>
    NUMBER.test(segment) || UUID.test(segment) || (segment.length >= 8 && digitsIn(segment) >= 3),
);

export { OBJECT_ID };
