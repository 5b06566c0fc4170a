/** The MLP lab in the terminal. */
import { RANGES } from '../mlp/config.ts';
import { PRESETS } from '../mlp/presets.ts';
import { filesIn, UsageError, type Lab } from './lab.ts';

const FILES = {
  trainImages: { pattern: /^train-images[-.]idx3-ubyte(\.gz)?$/, name: 'train-images-idx3-ubyte' },
  trainLabels: { pattern: /^train-labels[-.]idx1-ubyte(\.gz)?$/, name: 'train-labels-idx1-ubyte' },
  testImages: { pattern: /^t10k-images[-.]idx3-ubyte(\.gz)?$/, name: 't10k-images-idx3-ubyte' },
  testLabels: { pattern: /^t10k-labels[-.]idx1-ubyte(\.gz)?$/, name: 't10k-labels-idx1-ubyte' },
};

export const mlpLab: Lab = {
  name: 'mlp',
  presets: PRESETS,
  defaultPreset: 'digits-quick',
  ranges: RANGES,
  data: "a folder with MNIST's four IDX files, .gz or not; without it generated digits",
  examples: 'digits',
  findFiles(folder, name) {
    if (PRESETS.find((preset) => preset.name === name)?.config.mode === 'plane')
      throw new UsageError(`preset "${name}" draws its own points. Leave out --data, or choose a preset of digits.`);
    return filesIn(folder, FILES, "MNIST's IDX files (each may end in .gz)");
  },
};
