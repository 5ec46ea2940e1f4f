import { followSvids } from './svid-stream.ts';

/** Run by the executable whose identity is asked for: asks for its first X.509-SVID at the socket that it is told,
 *  tells how many milliseconds that took, from before it connects, and ends. */
process.once('message', (socket: string) => {
  const start = performance.now();
  const tell = (answer: { milliseconds?: number; failure?: string }): void => {
    process.send?.(answer, () => process.exit());
  };
  const onMessage = (): void => tell({ milliseconds: performance.now() - start });
  followSvids(socket, onMessage, (failure) => tell({ failure }));
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
