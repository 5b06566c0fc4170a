/**
 * A page without controls, for programs: `window.train(options, onProgress)` runs one preset to its end and resolves
 * with what came of it. The same session and recipe as in the lab.
 */
import { init } from '../../src/index.ts';
import { fetchBytes, runToEnd, type TrainOptions } from '../shared/train-run.ts';
import { DEFAULTS } from './config.ts';
import type { CifarFiles } from './cifar-files.ts';
import { PRESETS } from './presets.ts';
import { makeTask } from './recipe.ts';

window.train = async (options, onProgress) => {
  const preset = PRESETS.find(({ name }) => name === options.preset);
  if (!preset)
    throw new Error(
      `train: no preset "${options.preset}". The presets are ${PRESETS.map(({ name }) => name).join(', ')}.`,
    );
  const config = { ...DEFAULTS, ...preset.config };
  const { epochs = config.epochs, seed = config.seed } = options;
  const adapter = await init();
  const files = options.files && (await fetchFiles(options.files));
  const task = makeTask({ ...config, epochs, seed }, { wholeTest: true, ...(files ? { files } : {}) });
  const data = files ? 'files' : 'generated';
  return runToEnd({ preset: preset.name, data, seed, epochs, adapter, task }, onProgress);
};

async function fetchFiles({ test = '', ...train }: NonNullable<TrainOptions['files']>): Promise<CifarFiles> {
  const parts = Object.keys(train).toSorted();
  const [testBytes, ...batches] = await Promise.all([test, ...parts.map((part) => train[part] ?? '')].map(fetchBytes));
  return { train: batches, test: testBytes! };
}
