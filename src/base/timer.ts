/** Calls back after a while, unless what it gives is called before. Nothing is kept running for it. */
export function after(milliseconds: number, callBack: () => void): () => void {
  const timer = setTimeout(callBack, milliseconds).unref();
  return () => clearTimeout(timer);
}
