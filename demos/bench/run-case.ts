/**
 * One case from beginning to end in this page: each engine prepared, checked and counted, then all sampled in turn.
 *
 * An engine that fails keeps its reason in place of numbers, and the others go on. Knows every engine by its interface
 * only.
 */
import {
  bytesOf,
  flopsOf,
  inputsOf,
  type AccuracyCase,
  type Case,
  type LearningData,
  type TrainingCase,
} from './cases/case.ts';
import { checkLosses, checkOutput, checkShare, expectedLosses } from './check.ts';
import { claimDevices, countPerIteration, deviceErrors, type Counts } from './counters.ts';
import { loadEngine, type Engine, type EngineName, type Prepared, type PreparedTraining } from './engine.ts';
import { gpuTimeOf } from './gpu-clock.ts';
import { learn } from './learn.ts';
import { iterationsFor, sampleInTurn, time, warmUp, within, type Lane } from './measure.ts';
import { median } from './statistics.ts';
import type { CaseResult, Check, EngineResult, FirstStep, Protocol } from './result.ts';

export interface Progress {
  readonly engine: EngineName | null;
  readonly doing: string;
}

interface Contender {
  readonly engine: EngineName;
  prepared: Ready | null;
  lane: Lane;
  failure: string | null;
  check: Check | null;
  first: FirstStep | null;
  perIteration: Counts | null;
  gpuMs: number | null;
  settled: boolean;
}

/** A prepared case, whatever its kind. */
export interface Ready extends Prepared {
  run(iterations: number): Promise<unknown>;
  check(): Promise<Check>;
}

export async function runCase(
  work: Case,
  engines: readonly EngineName[],
  protocol: Protocol,
  onProgress: (progress: Progress) => void,
  signal?: AbortSignal,
): Promise<CaseResult> {
  await wakeGpu();
  const contenders = engines.map(contender);
  try {
    for (const each of contenders) {
      signal?.throwIfAborted();
      await attempt(each, () => prepareAndCheck(each, work, protocol, onProgress));
    }
    for (const each of contenders.filter(({ failure }) => failure === null)) {
      signal?.throwIfAborted();
      onProgress({ engine: each.engine, doing: 'warming up' });
      await attempt(each, async () => {
        await within(protocol.timeoutMs, 'compiling', each.prepared?.ready?.() ?? Promise.resolve());
        each.settled = await within(protocol.timeoutMs, 'the warm-up', warmUp(each.lane, protocol));
        if (work.kind === 'accuracy') return;
        // Behind the warm-up, for an engine may do with fewer once it knows what comes again.
        each.perIteration = await within(protocol.timeoutMs, 'counting', countPerIteration(each.lane.run));
        if (each.perIteration.dispatches < 1) throw new Error('wrong result: it dispatched nothing to the GPU.');
        each.gpuMs = await within(protocol.timeoutMs, 'timing on the GPU', gpuMilliseconds(each.lane));
      });
    }
    const lanes = contenders.filter(({ failure }) => failure === null).map(({ lane }) => lane);
    const iterations = lanes.length > 0 ? iterationsFor(lanes, protocol) : null;
    if (iterations !== null) {
      const { rounds } = protocol;
      const onRound = (round: number): void => onProgress({ engine: null, doing: `round ${round + 1} of ${rounds}` });
      await sampleInTurn(lanes, iterations, protocol, onRound, signal);
      contenders.forEach(failOnDeviceErrors);
    }
    const { name, title } = work;
    const flops = flopsOf(work);
    const bytes = work.kind === 'op' ? bytesOf(work) : null;
    return { case: name, title, flops, bytes, iterations, engines: contenders.map(resultOf) };
  } finally {
    for (const { prepared } of contenders) prepared?.dispose();
  }
}

/** The first step of an engine in a page that has done nothing else. */
export async function runCold(work: Case, engine: EngineName, { timeoutMs }: Protocol): Promise<FirstStep> {
  const { first, ready } = await firstStep(work, engine, timeoutMs);
  ready.dispose();
  return first;
}

async function firstStep(work: Case, name: EngineName, timeoutMs: number): Promise<{ first: FirstStep; ready: Ready }> {
  const engine = await within(timeoutMs, 'loading', loadEngine(name));
  const prepare = preparation(engine, work);
  claimDevices(name);
  const startMs = await time(() => within(timeoutMs, 'the start', engine.start()));
  let ready: Ready | undefined;
  const prepareMs = await time(async () => {
    ready = await within(timeoutMs, 'the preparation', prepare());
  });
  if (!ready) throw new Error('internal: nothing was prepared.');
  const { run } = ready;
  const stepMs = await time(() => within(timeoutMs, 'the first step', run(1)));
  return { first: { startMs, prepareMs, stepMs }, ready };
}

/** Makes the data, and returns what the engine does with it: making it is the benchmark's own time. */
export function preparation(engine: Engine, work: Case): () => Promise<Ready> {
  if (work.kind === 'op') {
    const inputs = inputsOf(work);
    return async () => {
      const op = await engine.prepareOp(work, inputs);
      return { ...op, check: async () => checkOutput(work, await op.output()) };
    };
  }
  if (work.kind === 'accuracy') return async () => learning(work, engine, await work.load());
  const data = work.data();
  return async () => checkedTraining(work, await engine.prepareTraining(work, data));
}

function checkedTraining(work: TrainingCase, training: PreparedTraining): Ready {
  // The first run is one step, and the check comes before any other.
  const first: number[] = [];
  return {
    ...training,
    async run(iterations) {
      const loss = await training.run(iterations);
      if (!Number.isFinite(loss)) throw new Error(`wrong result: the loss became ${loss}.`);
      first.push(loss);
    },
    async check() {
      const { length } = expectedLosses(work);
      while (first.length < length) first.push(await training.run(1));
      return checkLosses(work, first);
    },
  };
}

/** Each iteration trains anew, from the same weights to the target. */
function learning(work: AccuracyCase, engine: Engine, data: LearningData): Ready {
  const start = work.training.data();
  let reached = 0;
  return {
    async run(iterations) {
      for (let i = 0; i < iterations; i++) {
        const training = await engine.prepareTraining(work.training, start);
        try {
          reached = await learn(work, data, training);
        } finally {
          training.dispose();
        }
        checkShare(work, reached);
      }
    },
    check: async () => checkShare(work, reached),
    dispose: () => undefined,
  };
}

async function prepareAndCheck(
  each: Contender,
  work: Case,
  { timeoutMs }: Protocol,
  onProgress: (progress: Progress) => void,
): Promise<void> {
  onProgress({ engine: each.engine, doing: 'first step' });
  const { first, ready } = await firstStep(work, each.engine, timeoutMs);
  each.prepared = ready;
  each.first = first;
  onProgress({ engine: each.engine, doing: 'checking' });
  each.check = await within(timeoutMs, 'the check', ready.check());
}

/** The middle of three iterations, each by itself. */
async function gpuMilliseconds({ run }: Lane): Promise<number | null> {
  const times: number[] = [];
  for (let turn = 0; turn < 3; turn++) {
    const ms = await gpuTimeOf(() => run(1));
    if (ms === null || Number.isNaN(ms)) return null;
    times.push(ms);
  }
  return median(times);
}

/** Keeps what goes wrong as the reason, the device's own complaints among it. */
async function attempt(each: Contender, work: () => Promise<void>): Promise<void> {
  try {
    await work();
    failOnDeviceErrors(each);
  } catch (error) {
    each.lane.fail(error);
  }
}

function failOnDeviceErrors({ engine, failure, lane }: Contender): void {
  const [message] = deviceErrors(engine);
  if (failure === null && message !== undefined) lane.fail(new Error(`WebGPU: ${message}`));
}

function contender(engine: EngineName): Contender {
  const each: Contender = {
    engine,
    prepared: null,
    failure: null,
    check: null,
    first: null,
    perIteration: null,
    gpuMs: null,
    settled: false,
    lane: {
      samples: [],
      estimate: NaN,
      failed: false,
      run: (iterations) => {
        if (!each.prepared) throw new Error('internal: nothing was prepared.');
        return each.prepared.run(iterations);
      },
      fail: (error) => {
        each.lane.failed = true;
        each.failure = reasonOf(error);
      },
    },
  };
  return each;
}

function resultOf(each: Contender): EngineResult {
  const { engine, failure, check, perIteration, gpuMs, first, settled, lane } = each;
  const samples = failure === null ? lane.samples : [];
  return { engine, failure, samples, check, perIteration, gpuMs, first, settled, cold: [], coldFailure: null };
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The browser starts its GPU process at the first request; no engine should pay for it. */
async function wakeGpu(): Promise<void> {
  const adapter = await navigator.gpu?.requestAdapter();
  const device = await adapter?.requestDevice();
  device?.queue.submit([]);
  await device?.queue.onSubmittedWorkDone();
  device?.destroy();
}
