/** What a training session is told, and what it tells: its options, its states and its events. */
import type { Moment } from './history.ts';
import type { LayerNumbers } from './layer-watch.ts';
import type { Score, Task } from './task.ts';
import type { StepCost } from './trainer.ts';

export type RunState = 'loading' | 'paused' | 'playing' | 'finished' | 'diverged';

export interface Progress {
  readonly step: number;
  /** Epochs done, with the fraction of the current one. */
  readonly epoch: number;
  readonly loss: number | null;
  readonly train: Score | null;
  readonly test: Score | null;
  /** The newest score of the whole test set, where `test` is one of a part. */
  readonly whole: WholeScore | null;
  readonly examplesPerSecond: number;
  readonly stepsPerSecond: number;
  readonly cost: StepCost | null;
}

export interface WholeScore extends Score {
  readonly step: number;
  readonly epoch: number;
  readonly size: number;
}

export interface Divergence {
  readonly step: number;
  readonly value: number;
  /** The step whose parameters are back. */
  readonly keptStep: number;
}

export type SessionEvent =
  | { readonly type: 'reset'; readonly task: Task }
  | { readonly type: 'state'; readonly state: RunState }
  | { readonly type: 'losses'; readonly firstStep: number; readonly values: readonly number[] }
  | { readonly type: 'scores'; readonly step: number; readonly train: Score; readonly test: Score; readonly at: Moment }
  | { readonly type: 'whole'; readonly score: WholeScore }
  | { readonly type: 'layers'; readonly step: number; readonly numbers: LayerNumbers }
  | { readonly type: 'forked'; readonly step: number }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'diverged'; readonly divergence: Divergence }
  | { readonly type: 'error'; readonly error: Error };

export interface SessionOptions {
  /** Stop after this many epochs; playing on adds as many again. */
  readonly epochs: number;
  /** Score whenever this share of the time allows it, or exactly at the end of each epoch. */
  readonly scoring: 'often' | 'epoch';
  /** Steps between two frames; Infinity trains as fast as the GPU goes. */
  readonly stepsPerFrame: number;
  /** Tell now and then what a step does to each layer. */
  readonly watchLayers?: boolean;
}

export const NOTHING_YET: Progress = {
  step: 0,
  epoch: 0,
  loss: null,
  train: null,
  test: null,
  whole: null,
  examplesPerSecond: 0,
  stepsPerSecond: 0,
  cost: null,
};
