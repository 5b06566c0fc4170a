/** What round-trip.test.ts does in the browser: tensors of a device to a file and back. */
import { init, io, tensor } from '../../src/index.ts';

export async function roundTrip(): Promise<{
  same: boolean;
  loaded: Record<string, { dtype: string; shape: number[] }>;
}> {
  await init();
  const values = Float32Array.from({ length: 6000 }, (_, i) => Math.sin(i) * 2 ** ((i % 200) - 100));
  const tensors = {
    'fc.weight': tensor(values, { shape: [60, 100] }),
    'fc.bias': tensor([1.5, -2.5]).add(1),
    transposed: tensor([1, 2, 3, 4, 5, 6], { shape: [2, 3] }).transpose(),
    labels: tensor(Int32Array.of(3, -1)),
    mask: tensor([true, false, true]),
    steps: tensor(Int32Array.of(7), { shape: [] }),
  };
  const loaded = io.loadSafetensors(await io.saveSafetensors(tensors, { metadata: { format: 'pt' } }));
  const described: Record<string, { dtype: string; shape: number[] }> = {};
  let same = true;
  for (const [name, original] of Object.entries(tensors)) {
    const { data = new Float32Array(0), dtype = 'float32', shape = [] } = loaded[name] ?? {};
    described[name] = { dtype, shape };
    const [before, after] = [await original.data(), await tensor(data, { dtype, shape }).data()];
    same &&= before.length === after.length && before.every((value, i) => Object.is(value, after[i]));
  }
  return { same, loaded: described };
}
