/**
 * Networks that train side by side on images: generated shapes, or CIFAR-10 from files that were dropped on the page.
 * Images are made once and kept while the settings ask for the same. Knows not what is compared.
 */
import { signal } from '@preact/signals';
import type { Problem } from '../shared/lab-store.ts';
import { FORGOTTEN, cifarFilesOf } from './cifar-files.ts';
import type { CnnConfig } from './config.ts';
import { ContestStore, type Contest, type ContestDescription } from './contest-store.ts';
import { cifarFrom, generatedShapes, type Images } from './images.ts';

type WithImages = Pick<CnnConfig, 'source' | 'seed'>;

interface Description<C extends WithImages, T extends Contest> extends Omit<ContestDescription<C, T>, 'make'> {
  readonly make: (config: C, images: Images) => Promise<T>;
}

export class ImageContestStore<C extends WithImages, T extends Contest> extends ContestStore<C, T> {
  /** What a reader asked for and could not have; the training goes on. */
  readonly problem = signal<Problem | null>(null);
  #cifar: Images | null = null;
  #generated: { readonly seed: number; readonly images: Images } | null = null;

  constructor(lab: Description<C, T>) {
    super({ ...lab, make: (config) => lab.make(...this.#given(config)) });
  }

  /** Trains on CIFAR-10 from its files; others are refused, and the training goes on. */
  open(files: readonly File[]): void {
    this.problem.value = null;
    cifarFilesOf(files).then(
      (found) => {
        this.#cifar = cifarFrom(found);
        if (this.config.peek().source === 'files') this.reset(true);
        else this.change({ source: 'files' } as Partial<C>);
      },
      (error: unknown) => {
        const text = error instanceof Error ? error.message : String(error);
        this.problem.value = { title: 'The files were not used; the training goes on', text };
      },
    );
  }

  dismiss(): void {
    this.problem.value = null;
  }

  /** The images that a configuration asks for; where they cannot be had, shapes, and a configuration that says so. */
  #given(config: C): [config: C, images: Images] {
    if (config.source === 'files' && this.#cifar) return [config, this.#cifar];
    let wanted = config;
    if (config.source === 'files') {
      wanted = { ...config, source: 'generated' };
      this.config.value = { ...this.config.peek(), source: 'generated' };
      this.problem.value = {
        title: 'These are generated shapes, not CIFAR-10',
        text: FORGOTTEN,
      };
    }
    const { seed } = config;
    if (this.#generated?.seed !== seed) this.#generated = { seed, images: generatedShapes(seed) };
    return [wanted, this.#generated.images];
  }
}
