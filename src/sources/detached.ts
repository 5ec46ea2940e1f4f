/** The same text in memory of its own. A part cut from a file's text keeps all of it alive, which
 *  an observation that outlives the file must not do. */
export function detached(text: string): string {
  // Shorter parts are copied by the engine when they are cut.
  return text.length < 13 ? text : Buffer.from(text, 'utf16le').toString('utf16le');
}
