/** What is needed of Node's `http` besides types. An `import` of a built-in module reads everything that
 *  it exports, and in `http` that loads the client of `fetch`: megabytes that a server has no use for. */
export const { createServer, STATUS_CODES } = process.getBuiltinModule('node:http');
