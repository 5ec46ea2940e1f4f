/** How a ledger lies in memory. A text is its length, and its characters, four in a cell.
 *
 *  - An identity: its text; then how many relations, and of each the hash of the callee's id, and where it is.
 *  - A relation: the text of the callee's id, and how many grants, or `WIDE`; then the grants; then their literals,
 *    each with a slash before it, and those of one grant with a zero behind them.
 *  - A grant: its kind, where its literals are, in characters (several may have the same), and the marks of its
 *    rivals. */
export const CELLS_OF_GRANT = 3;
export const [KIND, TEXT, MARKS] = [0, 1, 2] as const;

/** In the place of a number of grants: there are others than narrow ones of plain paths. */
export const WIDE = -1;

/** The bits of a kind, from the lowest: 3 of what stands, 14 of which segments are literals, 4 of how many segments
 *  there are, and 10 of the method. */
export const STANDING = 0b111;
export const [LITERALS_SHIFT, COUNT_SHIFT, METHOD_SHIFT] = [3, 17, 21] as const;
export const MAX_SEGMENTS = 14;
export const LITERALS = 2 ** MAX_SEGMENTS - 1;
export const MAX_METHOD = 2 ** 10 - 1;

/** What stands at a grant: it has not been asked; all has to be looked at each time; else a number from `SURE` on. */
export const [NOT_ASKED, NEVER_SURE, SURE] = [0, 1, 2] as const;
