/**
 * A page without controls, for programs: `window.train(options, onProgress)` runs one preset to its end and resolves
 * with what came of it. The same session and recipe as in the lab.
 */
import { init } from '../../src/index.ts';
import { fetchBytes, runToEnd, type TrainOptions } from '../shared/train-run.ts';
import { DEFAULTS } from './config.ts';
import type { DigitFiles } from './examples.ts';
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
  const task = await makeTask({ ...config, epochs, seed }, { wholeTest: true, ...(files ? { files } : {}) });
  const data = files ? 'files' : 'generated';
  return runToEnd({ preset: preset.name, data, seed, epochs, adapter, task }, onProgress);
};

async function fetchFiles(urls: NonNullable<TrainOptions['files']>): Promise<DigitFiles> {
  const parts = ['trainImages', 'trainLabels', 'testImages', 'testLabels'];
  const [trainImages, trainLabels, testImages, testLabels] = await Promise.all(
    parts.map((part) => fetchBytes(urls[part] ?? '')),
  );
  if (!trainImages || !trainLabels || !testImages || !testLabels)
    throw new Error('internal: four addresses gave fewer files.');
  return { train: { images: trainImages, labels: trainLabels }, test: { images: testImages, labels: testLabels } };
}
