import { type RefObject, useLayoutEffect, useState } from 'react';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Smaller than this, nothing can be read. */
const SMALLEST = 0.7;

interface Fitting {
  /** The scale at which a picture fits its frame; never larger than it is. */
  readonly whole: number;
  /** The same, where it can be read so. */
  readonly readable: number;
}

export function useFitting(frame: RefObject<HTMLElement | null>, { width, height }: Size): Fitting {
  const [room, setRoom] = useState<Size>({ width: Infinity, height: Infinity });
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return;
    const look = () => setRoom({ width: element.clientWidth, height: element.clientHeight });
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [frame]);
  const whole = Math.min(1, room.width / width, room.height / height);
  return { whole, readable: Math.max(SMALLEST, whole) };
}
