import { bySegment, digitsIn, NUMBER, UUID } from './segments.ts';

const EXTENSION = /\.[a-z][a-z0-9]{1,4}$/;
const SHAPES = [
  /^\d+([.,:-]\d+)*$/,
  UUID,
  /^[0-9a-f]{12,}$/i,
  /^[0-9A-HJKMNP-TV-Z]{26}$/i,
  /^\d{4}-\d{2}(-\d{2})?([T_].*)?$/,
  /[@%]/,
  /^[A-Za-z]{1,6}[_.:-](?=.*\d)[A-Za-z0-9]{3,}$/,
  /^(?=.*\d)(?=.*[A-Za-z])[A-Za-z0-9_-]{8,}$/,
];

/** Regular expressions for the well-known kinds of identifiers: what most gateways and tracers do. */
export const shapeOnly = bySegment('shape only', (segment) => {
  const stem = segment.replace(EXTENSION, '');
  return SHAPES.some((shape) => shape.test(stem));
});

/** Digits; the rest is for a person to edit. */
export const likeMitmproxy = bySegment('like mitmproxy2swagger', (segment) => NUMBER.test(segment));

/** Digits, UUID, or a long segment with several digits. */
export const likeApiClarity = bySegment(
  'like APIClarity',
  (segment) =>
    NUMBER.test(segment) || UUID.test(segment) || (segment.length >= 8 && digitsIn(segment) >= 3),
);
