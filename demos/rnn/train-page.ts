/**
 * A page without controls, for programs: `window.train(options, onProgress)` runs one preset to its end and resolves
 * with what came of it. The same session and recipe as in the lab.
 */
import { init, metrics } from '../../src/index.ts';
import { NOTHING_YET } from '../shared/session-events.ts';
import { evaluating, partsOf, type Task } from '../shared/task.ts';
import { fetchBytes, runToEnd, type TrainOptions } from '../shared/train-run.ts';
import { DEFAULTS, isPretrained } from './config.ts';
import type { RnnFiles } from './files.ts';
import { PRESETS } from './presets.ts';
import { pretrain } from './pretrain.ts';
import { dataOf, makeTask } from './recipe.ts';

window.train = async (options, onProgress) => {
  const preset = PRESETS.find(({ name }) => name === options.preset);
  if (!preset)
    throw new Error(
      `train: no preset "${options.preset}". The presets are ${PRESETS.map(({ name }) => name).join(', ')}.`,
    );
  const whole = { ...DEFAULTS, ...preset.config };
  const { epochs = whole.epochs, seed = whole.seed } = options;
  const config = { ...whole, epochs, seed };
  const adapter = await init();
  const files = options.files && (await fetchFiles(options.files));
  const given = dataOf(config, files);
  const start = performance.now();
  let pretrainingLoss = 0;
  const weights =
    given.kind === 'pairs' && isPretrained(config)
      ? await pretrain(config, given, (pretraining) => {
          pretrainingLoss = pretraining.loss;
          const seconds = (performance.now() - start) / 1000;
          onProgress({ ...NOTHING_YET, steps: 0, epochs, seconds, pretraining });
        })
      : undefined;
  const pretrainingSeconds = (performance.now() - start) / 1000;
  const task = await makeTask(config, { wholeTest: true, ...(weights ? { weights } : {}) }, given);
  const run = { preset: preset.name, data: files ? 'files' : 'generated', seed, epochs, adapter, task } as const;
  const result = await runToEnd(run, onProgress);
  if (given.kind === 'characters') return { ...result, validationLoss: result.testLoss };
  const { f1, mcc } = metrics.binaryScores(await predictions(task, task.testScored), given.test.labels);
  const { majority, overlap } = given.baselines;
  const pretraining = weights ? { pretrainingLoss, pretrainingSeconds } : {};
  return { ...result, f1, mcc, majorityAccuracy: majority.accuracy, overlapAccuracy: overlap.accuracy, ...pretraining };
};

async function predictions({ model }: Task, set: Task['testScored']): Promise<number[]> {
  const parts: number[] = [];
  for (const [from, to] of partsOf(set)) {
    const classes = evaluating(model, () => model.forward(set.x.slice(0, from, to)).argmax(1));
    parts.push(...(await classes.data()));
  }
  return parts;
}

async function fetchFiles(files: NonNullable<TrainOptions['files']>): Promise<RnnFiles> {
  const { text, train, test, ...rest } = files;
  if (text) return { text: await fetchBytes(text) };
  const [trainBytes, testBytes, ...corpus] = await Promise.all(
    [train ?? '', test ?? '', ...Object.values(rest)].map(fetchBytes),
  );
  return { train: trainBytes!, test: testBytes!, corpus };
}
