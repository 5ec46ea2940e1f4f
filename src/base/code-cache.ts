/** Variables by which processes that this one starts find compiled code: one that runs for long keeps none of it in memory
 *  (`bin/typescript.cjs`), and they, which end soon, start faster with it. */
export function codeCache(): NodeJS.ProcessEnv {
  const { REEVE_CODE_CACHE } = process.env;
  return REEVE_CODE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE: REEVE_CODE_CACHE };
}
