/**
 * The queue of submits: work reaches the GPU in the order in which it was traced.
 *
 * A plan's first run waits for its pipelines, which compile asynchronously; whatever was asked for after it waits
 * behind it. When nothing waits, work is done at once.
 */
import type { Gpu } from '../gpu/gpu.ts';

interface Item {
  readonly ready: Promise<unknown> | null;
  readonly work: () => void | Promise<void>;
}

export class RunQueue {
  private readonly gpu: Gpu;
  private readonly items: Item[] = [];
  private draining: Promise<void> | null = null;

  constructor(gpu: Gpu) {
    this.gpu = gpu;
  }

  /** Whether runs wait, for kernels that compile. */
  get isWaiting(): boolean {
    return this.draining !== null;
  }

  /**
   * Runs `work` after all that was pushed before, and once `ready` has resolved. Work that takes its time comes with a
   * promise.
   */
  push(ready: Promise<unknown> | null, work: Item['work']): void {
    if (!ready && !this.draining) {
      void work();
      return;
    }
    this.items.push({ ready, work });
    this.draining ??= this.drain();
  }

  /** Resolves when all that was pushed so far has been submitted. */
  async drained(): Promise<void> {
    while (this.draining) await this.draining;
  }

  private async drain(): Promise<void> {
    // Yield once, so that `draining` is set before anything finishes.
    await Promise.resolve();
    for (let item = this.items.shift(); item; item = this.items.shift()) {
      try {
        await item.ready;
        await item.work();
      } catch (error) {
        this.gpu.fail(error as Error);
      }
    }
    this.draining = null;
  }
}
