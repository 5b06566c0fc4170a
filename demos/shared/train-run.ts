/**
 * A training run without controls, from its first step to its end: what the pages that programs open have in common.
 * The same session as in the labs.
 */
import type { AdapterSummary } from '../../src/index.ts';
import { Session } from './session.ts';
import type { Progress } from './session-events.ts';
import type { Task } from './task.ts';

export interface TrainOptions {
  /** A name of the lab's presets. */
  readonly preset: string;
  readonly epochs?: number;
  readonly seed?: number;
  /** Addresses of the data's files by their parts; generated data without them. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface TrainProgress extends Progress {
  readonly steps: number;
  readonly epochs: number;
  readonly seconds: number;
  /** What comes before the first step, where there is something. */
  readonly pretraining?: { readonly step: number; readonly steps: number; readonly loss: number };
}

export interface EpochResult {
  readonly epoch: number;
  readonly loss: number;
  readonly testLoss: number;
  readonly testAccuracy: number;
}

export interface TrainResult {
  readonly preset: string;
  readonly data: 'files' | 'generated';
  readonly seed: number;
  readonly epochs: number;
  readonly steps: number;
  readonly parameters: number;
  /** A fraction, of the whole test set. */
  readonly testAccuracy: number;
  readonly testLoss: number;
  readonly testExamples: number;
  /** From the first step to the last score. */
  readonly seconds: number;
  readonly adapter: string;
  readonly software: boolean;
  readonly history: readonly EpochResult[];
}

export type OnProgress = (progress: TrainProgress) => void;

declare global {
  interface Window {
    train: (options: TrainOptions, onProgress: OnProgress) => Promise<TrainResult>;
  }
}

export interface Run {
  readonly preset: string;
  readonly data: TrainResult['data'];
  readonly seed: number;
  readonly epochs: number;
  readonly adapter: AdapterSummary;
  readonly task: Task;
}

/** @throws Error if a step fails or the loss becomes NaN or infinite. */
export async function runToEnd({ task, adapter, ...run }: Run, onProgress: OnProgress): Promise<TrainResult> {
  const { epochs } = run;
  const steps = epochs * task.stepsPerEpoch;
  const session = new Session();
  const failure = failureOf(session);
  await session.reset(() => Promise.resolve(task), {
    epochs,
    scoring: 'epoch',
    stepsPerFrame: Number.POSITIVE_INFINITY,
  });
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1000;
  const history = keepHistory(session, task.stepsPerEpoch);
  session.subscribe((event) => {
    if (event.type !== 'progress' && event.type !== 'scores') return;
    onProgress({ ...session.progress, steps, epochs, seconds: seconds() });
  });
  await session.play();
  const failed = failure();
  if (failed) throw failed;
  const { test } = session.progress;
  if (!test) throw new Error('internal: the training ended without a score.');
  return {
    ...run,
    steps,
    parameters: task.model.parameters().reduce((sum, { numel }) => sum + numel, 0),
    testAccuracy: test.accuracy,
    testLoss: test.loss,
    testExamples: task.testScored.size,
    seconds: seconds(),
    adapter: adapter.name,
    software: adapter.software,
    history,
  };
}

/** Mean training loss and test score of each epoch. */
function keepHistory(session: Session, stepsPerEpoch: number): EpochResult[] {
  const history: EpochResult[] = [];
  const losses: number[] = [];
  session.subscribe((event) => {
    if (event.type === 'losses') losses.push(...event.values);
    if (event.type !== 'scores' || event.step === 0) return;
    const epoch = event.step / stepsPerEpoch;
    const recent = losses.slice((epoch - 1) * stepsPerEpoch);
    const loss = recent.reduce((sum, value) => sum + value, 0) / recent.length;
    history.push({ epoch, loss, testLoss: event.test.loss, testAccuracy: event.test.accuracy });
  });
  return history;
}

/** Tells, once the session has stopped, why it did not reach its end. */
function failureOf(session: Session): () => Error | null {
  let failure: Error | null = null;
  session.subscribe((event) => {
    if (event.type === 'error') failure ??= event.error;
    if (event.type !== 'diverged') return;
    const { step, value } = event.divergence;
    failure ??= new Error(`train: the loss became ${value} at step ${step}. Lower the learning rate of the preset.`);
  });
  return () => failure;
}

export async function fetchBytes(url: string): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`train: ${url} answers ${response.status} ${response.statusText}.`);
  return new Uint8Array(await response.arrayBuffer());
}
