/** The store of networks that train side by side, about a contest that only counts. Plain data comes out. */
import { numeric } from '../../demos/shared/address.ts';
import { ContestStore, type Contest } from '../../demos/cnn/contest-store.ts';

interface Config {
  readonly steps: number;
}

class Counting implements Contest {
  readonly runners = [];
  readonly names = ['one'];
  readonly steps: number;
  stepsToDo: number;
  done = 0;

  constructor({ steps }: Config) {
    if (steps === 13) throw new Error('Thirteen is unlucky.');
    this.steps = this.stepsToDo = steps;
  }

  advance(most: number): Promise<void> {
    this.done += most;
    this.stepsToDo -= most;
    return Promise.resolve();
  }

  goOn(): void {
    this.stepsToDo = this.steps;
  }
}

const store = new ContestStore<Config, Counting>({
  schema: { steps: numeric(3, { min: 1, max: 1e9 }) },
  make: (config) => Promise.resolve().then(() => new Counting(config)),
  canTakeOver: () => false,
  stepsPerFrame: () => 1,
});

async function until(state: string): Promise<void> {
  while (store.state.value !== state) await new Promise(requestAnimationFrame);
}

/** Steps done when it was finished first, and when it had been played again. */
export async function playTwice(): Promise<[number, number]> {
  await until('finished');
  const { done } = store.task.value!;
  await store.session.play();
  return [done, store.task.value!.done];
}

/** What the reader is told, and whether the contest before is gone. */
export async function fail(): Promise<[message: string | undefined, gone: boolean]> {
  store.change({ steps: 13 });
  while (!store.error.value) await new Promise(requestAnimationFrame);
  return [store.error.value.message, store.task.value === null];
}

/** States while the page is hidden, and when it is seen again. */
export async function hide(): Promise<[string, string]> {
  const turn = (hidden: boolean): void => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  };
  store.change({ steps: 1e9 });
  while (store.task.value?.steps !== 1e9) await new Promise(requestAnimationFrame);
  void store.session.play();
  await until('playing');
  turn(true);
  await until('paused');
  const hidden = store.state.value;
  turn(false);
  await until('playing');
  const seen = store.state.value;
  await store.session.pause();
  return [hidden, seen];
}
