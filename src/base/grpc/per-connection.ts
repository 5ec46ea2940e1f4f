import type { Socket } from 'node:net';

/** Asks something of each connection once, and remembers it as long as the connection is there: who is at its
 *  other end does not change. What throws is asked again. */
export function perConnection<Answer>(ask: (socket: Socket) => Answer): (socket: Socket) => Answer {
  const answers = new WeakMap<Socket, { readonly answer: Answer }>();
  return (socket) => {
    const known = answers.get(socket);
    if (known) return known.answer;
    const answer = ask(socket);
    answers.set(socket, { answer });
    return answer;
  };
}
