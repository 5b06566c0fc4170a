/** `data`: datasets, loaders, file formats and generated data. Re-exports only. */
export { Augment, type AugmentOptions } from './augment.ts';
export { checkCifar10, cifar10, CIFAR10_CLASSES } from './cifar10.ts';
export { type HostArray, type HostField } from './collate.ts';
export { type ColumnKind, type CsvColumn } from './csv-columns.ts';
export { parseCsv, readCsv, type CsvOptions, type CsvTable } from './csv.ts';
export {
  randomSplit,
  Subset,
  TensorDataset,
  type Batch,
  type Dataset,
  type Example,
  type Field,
  type PreparedBatch,
} from './dataset.ts';
export { type FileSource } from './gunzip.ts';
export { parseIdx, readIdx, type IdxArray, type IdxOptions } from './idx.ts';
export { filesByFolder, imageFolder, type ImageFolderOptions, type LabelledImages } from './image-folder.ts';
export { ImageDataset, normalizeImages, type ImageDatasetOptions, type Normalization } from './images.ts';
export { DataLoader, type BatchSampler, type DataLoaderOptions, type DataLoaderState } from './loader.ts';
export { mnist, type MnistFiles, type MnistOptions, type MnistSource } from './mnist.ts';
export { mrpc, type SentencePairs } from './mrpc.ts';
export { majorityBaseline, overlapBaseline, wordOverlap } from './pair-baselines.ts';
export { sentencePolarity, type LabelledSentences } from './polarity.ts';
export { Random } from './random.ts';
export { trainTestSplit, type SplitOptions } from './split.ts';
export * from './synthetic/index.ts';
export { decodeText, decodeWestern, type TextSource } from './text-file.ts';
export { textWindows, type TextWindows } from './text-windows.ts';
export { tabular, type Tabular, type TabularOptions, type TabularPart } from './tabular.ts';
