import { useEffect, useState } from 'react';
import { type Colours, readColours } from './colours.ts';

const THEME = '(prefers-color-scheme: dark)';

/** The colours of the page, of whichever theme it has by now. */
export function useColours(): Colours {
  const [colours, setColours] = useState(() => readColours(document.body));
  useEffect(() => {
    const theme = matchMedia(THEME);
    const read = () => setColours(readColours(document.body));
    theme.addEventListener('change', read);
    return () => theme.removeEventListener('change', read);
  }, []);
  return colours;
}
