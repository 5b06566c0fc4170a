/**
 * Time for a training loop that shares a thread with a page: yielding, frames, and a meter of steps and examples a
 * second that leaves out what is not training. Knows neither models nor pages.
 */
const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();

/** Lets the page handle input and paint. A message, because timers are held back to 4 ms and more. */
export function yieldToPage(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(null);
  });
}

/** Resolves at the next frame with the milliseconds waited; in a hidden page, which draws no frames, after 300 ms. */
export function nextFrame(): Promise<number> {
  const start = performance.now();
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      cancelAnimationFrame(frame);
      resolve(performance.now() - start);
    };
    const timer = setTimeout(done, 300);
    const frame = requestAnimationFrame(done);
  });
}

export interface Rate {
  readonly stepsPerSecond: number;
  readonly examplesPerSecond: number;
}

const WINDOW_MS = 250;
const SMOOTHING = 0.5;

export class Meter {
  #since = performance.now();
  #idle = 0;
  #steps = 0;
  #examples = 0;
  #rate: Rate | null = null;

  tick(examples: number): void {
    this.#steps++;
    this.#examples += examples;
  }

  /** Time that was not spent on training. */
  idle(ms: number): void {
    this.#idle += ms;
  }

  /** A new reading, at most every quarter of a second; null in between. */
  rate(): Rate | null {
    const elapsed = performance.now() - this.#since - this.#idle;
    if (elapsed < WINDOW_MS || this.#steps === 0) return null;
    const fresh = {
      stepsPerSecond: (1000 * this.#steps) / elapsed,
      examplesPerSecond: (1000 * this.#examples) / elapsed,
    };
    this.#rate = this.#rate ? blend(this.#rate, fresh) : fresh;
    this.#since = performance.now();
    this.#idle = this.#steps = this.#examples = 0;
    return this.#rate;
  }
}

function blend(old: Rate, fresh: Rate): Rate {
  const mix = (a: number, b: number): number => a + SMOOTHING * (b - a);
  return {
    stepsPerSecond: mix(old.stepsPerSecond, fresh.stepsPerSecond),
    examplesPerSecond: mix(old.examplesPerSecond, fresh.examplesPerSecond),
  };
}
