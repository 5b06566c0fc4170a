/** What session.test.ts does in the browser: runs that go back to a moment, and runs that another visit goes on with. */
import { data, init } from '../../src/index.ts';
import { DEFAULTS, type MlpConfig } from '../../demos/mlp/config.ts';
import { makeTask } from '../../demos/mlp/recipe.ts';
import type { Moment } from '../../demos/shared/history.ts';
import type { WholeScore } from '../../demos/shared/session-events.ts';
import { Session } from '../../demos/shared/session.ts';
import { score, snapshotOf, type Score, type Task } from '../../demos/shared/task.ts';

interface Run {
  readonly session: Session;
  readonly moments: Map<number, Moment>;
  readonly task: Task;
  readonly losses: Map<number, number>;
}

const EPOCHS = 50;

async function begin(config: Partial<MlpConfig>): Promise<Run> {
  await init();
  const wanted = { ...DEFAULTS, points: 40, batch: 16, epochs: EPOCHS, ...config };
  const task = await makeTask(wanted);
  const session = new Session();
  const moments = new Map<number, Moment>();
  const losses = new Map<number, number>();
  session.subscribe((event) => {
    if (event.type === 'scores') moments.set(event.step, event.at);
    if (event.type === 'losses') event.values.forEach((value, at) => losses.set(event.firstStep + at, value));
    if (event.type === 'error') throw event.error;
  });
  await session.reset(() => Promise.resolve(task), {
    epochs: wanted.epochs,
    scoring: 'often',
    stepsPerFrame: Number.POSITIVE_INFINITY,
    watchLayers: true,
  });
  return { session, moments, task, losses };
}

async function stepTo({ session }: Run, step: number): Promise<void> {
  while (session.progress.step < step) await session.step();
}

async function parameters({ task }: Run): Promise<number[]> {
  return (await Promise.all(task.model.parameters().map(async (value) => [...(await value.data())]))).flat();
}

export interface Ends {
  readonly straight: number[];
  readonly forked: number[];
  readonly resumed: number[];
  readonly losses: readonly (readonly [number | undefined, number | undefined])[];
  readonly epochs: readonly number[];
}

/** Trains to the end; then again from a moment on, and from the file of that moment in another session. */
export async function ends(config: Partial<MlpConfig>, from: number, to: number): Promise<Ends> {
  const run = await begin(config);
  await stepTo(run, to);
  const straight = await parameters(run);
  const epochs = [run.session.progress.epoch];
  const before = new Map(run.losses);
  const moment = run.moments.get(from);
  if (!moment?.checkpoint) throw new Error(`step ${from} was not kept`);
  await run.session.fork(moment);
  await stepTo(run, to);
  const forked = await parameters(run);
  epochs.push(run.session.progress.epoch);
  const visit = await begin(config);
  await stepTo(visit, 2);
  await visit.session.fork({ ...snapshotOf(moment.checkpoint), epoch: moment.epoch });
  await stepTo(visit, to);
  epochs.push(visit.session.progress.epoch);
  const later = Array.from({ length: to - from }, (_, at) => from + at + 1);
  return {
    straight,
    forked,
    resumed: await parameters(visit),
    losses: later.map((step) => [before.get(step), run.losses.get(step)] as const),
    epochs,
  };
}

/** The learning rate and weight decay that a run has after it went back to a time when they were others. */
export async function tuned(): Promise<{ lr: number; weightDecay: number; step: number }> {
  const run = await begin({ hidden: [4], optimizer: 'adam', lr: 0.01 });
  await stepTo(run, 4);
  run.session.adapt((task, optimizer) => {
    (task as Awaited<ReturnType<typeof makeTask>>).adapt(
      { ...DEFAULTS, points: 40, batch: 8, hidden: [4], lr: 0.5, weightDecay: 0.1 },
      optimizer,
    );
  });
  await stepTo(run, 6);
  await run.session.fork(run.moments.get(2)!);
  await stepTo(run, 3);
  let found = { lr: 0, weightDecay: 0 };
  run.session.adapt((_, optimizer) => {
    const [group] = optimizer.stateDict().paramGroups as unknown as (typeof found)[];
    found = { lr: group!.lr, weightDecay: group!.weightDecay };
  });
  return { ...found, step: run.session.progress.step };
}

/** Plays some epochs on a table whose test set is scored in part; batches of another size from the second epoch on. */
export async function wholeScores(
  epochs: number,
): Promise<{ scores: WholeScore[]; stepsPerEpoch: number[]; last: Score; part: number }> {
  await init();
  const random = new data.Random(3);
  const rows = Array.from({ length: 3000 }, () => {
    const [a, b] = [random.normal(), random.normal()];
    return `${a},${b},${a + b * b + 0.3 * random.normal() > 0.5 ? 'yes' : 'no'}`;
  });
  const table = { name: 'rows', table: data.parseCsv(['a,b,class', ...rows].join('\n')) };
  const config = { ...DEFAULTS, mode: 'table', testShare: 0.75, hidden: [8], batch: 100, epochs } as const;
  const task = await makeTask(config, { table });
  const session = new Session();
  const scores: WholeScore[] = [];
  const stepsPerEpoch = [task.stepsPerEpoch];
  session.subscribe((event) => {
    if (event.type === 'error') throw event.error;
    if (event.type !== 'whole') return;
    scores.push(event.score);
    if (scores.length === 1) session.adapt((_, optimizer) => task.adapt({ ...config, batch: 64 }, optimizer));
    stepsPerEpoch.push(task.stepsPerEpoch);
  });
  const options = { epochs, scoring: 'often', stepsPerFrame: Number.POSITIVE_INFINITY } as const;
  await session.reset(() => Promise.resolve(task), options);
  await session.play();
  return { scores, stepsPerEpoch, last: await score(task.model, task.testWhole!), part: task.testScored.size };
}
