/** The CNN lab in the terminal. */
import { RANGES } from '../cnn/config.ts';
import { PRESETS } from '../cnn/presets.ts';
import { filesIn, type Lab } from './lab.ts';

const batch = (number: number): [string, { pattern: RegExp; name: string }] => [
  `train${number}`,
  { pattern: new RegExp(`^data_batch_${number}\\.bin$`), name: `data_batch_${number}.bin` },
];

const FILES = {
  ...Object.fromEntries([1, 2, 3, 4, 5].map(batch)),
  test: { pattern: /^test_batch\.bin$/, name: 'test_batch.bin' },
};

export const cnnLab: Lab = {
  name: 'cnn',
  presets: PRESETS,
  defaultPreset: 'shapes',
  ranges: RANGES,
  data: "a folder with CIFAR-10's six binary batches; without it generated shapes",
  examples: 'shapes',
  findFiles: (folder) => filesIn(folder, FILES, "CIFAR-10's binary batches"),
};
