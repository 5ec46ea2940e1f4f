let known: boolean | undefined;

/** Whether the browser can draw with WebGL; tried once. */
export function hasWebGl(): boolean {
  known ??= tryWebGl();
  return known;
}

function tryWebGl(): boolean {
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('webgl2') ?? canvas.getContext('webgl');
  // browsers keep only a few of them
  context?.getExtension('WEBGL_lose_context')?.loseContext();
  return context !== null;
}
