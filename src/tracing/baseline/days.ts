/** 32 days as bits: bit 0 is the latest of them. */
export const DAYS = 32;

/** The same days, as they are counted from a later day on. */
export function laterBy(days: number, bits: number): number {
  return days >= DAYS ? 0 : (bits << days) >>> 0;
}

/** How many days there are. */
export function countDays(bits: number): number {
  let left = bits - ((bits >>> 1) & 0x55555555);
  left = (left & 0x33333333) + ((left >>> 2) & 0x33333333);
  return Math.imul((left + (left >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The bit of a day, as seen from the latest; 0 for what is longer ago. */
export function bitOf(day: number, latest: number): number {
  const ago = latest - day;
  return ago >= DAYS || ago < 0 ? 0 : (1 << ago) >>> 0;
}
