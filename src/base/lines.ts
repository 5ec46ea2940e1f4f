/** Cuts bytes into the lines of a text (UTF-8), without their ends. What follows the last end counts as a line unless it
 *  is empty.
 *  @param tooLong throws for a line of more than `maxBytes`, by its number */
export async function* linesOf(
  chunks: AsyncIterable<Buffer>,
  maxBytes: number,
  tooLong: (line: number) => never,
): AsyncIterable<string> {
  let rest: Buffer[] = [];
  let length = 0;
  let line = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      line++;
      if (length + end - start > maxBytes) tooLong(line);
      yield Buffer.concat([...rest, chunk.subarray(start, end)]).toString();
      [rest, length, start] = [[], 0, end + 1];
    }
    rest.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > maxBytes) tooLong(line + 1);
  }
  if (length > 0) yield Buffer.concat(rest).toString();
}
