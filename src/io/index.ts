/** `io`: files of tensors, downloads, and files kept in the browser. Re-exports only. */
export { browserStorage, type BrowserStorage } from './browser-storage.ts';
export {
  checkpointProgress,
  loadCheckpoint,
  saveCheckpoint,
  type CheckpointParts,
  type Progress,
  type Stateful,
} from './checkpoint.ts';
export { cache, type CachedFile } from './download-cache.ts';
export { download, type Download, type DownloadOptions } from './download.ts';
export type { StoredFile } from './opfs.ts';
export {
  loadSafetensors,
  safetensorsMetadata,
  saveSafetensors,
  type LoadedTensor,
  type SaveOptions,
  type Storable,
} from './safetensors.ts';
