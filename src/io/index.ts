/** `io`: files of tensors. Re-exports only. */
export {
  loadSafetensors,
  safetensorsMetadata,
  saveSafetensors,
  type LoadedTensor,
  type SaveOptions,
  type Storable,
} from './safetensors.ts';
