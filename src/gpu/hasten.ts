/**
 * Makes Firefox answer as soon as the GPU is done.
 *
 * It looks ten times a second whether that is so, and besides whenever something is submitted: a step whose loss is read
 * would take a tenth of a second, however little it computes. So while somebody waits, nothing is submitted again and
 * again. Other browsers are told by the system.
 */
const LOOKS_SELDOM = /\bFirefox\//;

/** Milliseconds between submits; browsers make it four after the first five. */
const BETWEEN = 1;

/** @returns what gives an answer of this device as it is, and has it come soon */
export function hastening(device: GPUDevice): <T>(answer: Promise<T>) => Promise<T> {
  const { userAgent = '' } = (globalThis as { navigator?: { userAgent?: string } }).navigator ?? {};
  if (!LOOKS_SELDOM.test(userAgent)) return (answer) => answer;
  let waiting = 0;
  let isSet = false;
  const look = (): void => {
    isSet = false;
    if (waiting === 0) return;
    device.queue.submit([]);
    set();
  };
  const set = (): void => {
    if (isSet) return;
    isSet = true;
    setTimeout(look, BETWEEN);
  };
  return (answer) => {
    waiting++;
    set();
    return answer.finally(() => waiting--);
  };
}
