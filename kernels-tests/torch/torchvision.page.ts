/** torchvision's weights in this engine's models, in the browser: how far the logits lie from torchvision's. */
import { init, io, models, noGrad, tensor, type nn } from '../../src/index.ts';

const build: Readonly<Record<string, () => nn.Module>> = {
  alexnet: () => new models.AlexNet(),
  googlenet: () => new models.GoogLeNet(),
  resnet18: () => models.resnet18(),
  densenet121: () => models.densenet121(),
};

export interface Comparison {
  /** Greatest difference of logits, over their greatest magnitude. */
  error: number;
  /** Standard deviation of torchvision's logits over their greatest magnitude: what a constant would miss. */
  spread: number;
  sameKeys: boolean;
}

async function read(url: string): Promise<Record<string, io.LoadedTensor>> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return io.loadSafetensors(new Uint8Array(await response.arrayBuffer()));
}

/** @param folder URL of what make_torchvision.py wrote */
export async function compare(name: string, folder: string): Promise<Comparison> {
  await init();
  const model = build[name]!();
  const state = await read(`${folder}/${name}.safetensors`);
  model.loadStateDict(state);
  const { x, logits } = await read(`${folder}/${name}-example.safetensors`);
  const y = await noGrad(() => model.eval().forward(tensor(x!.data as Float32Array, { shape: x!.shape }))).data();
  const wanted = Array.from(logits!.data as Float32Array);
  const greatest = Math.max(...wanted.map(Math.abs));
  const mean = wanted.reduce((sum, value) => sum + value, 0) / wanted.length;
  const variance = wanted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / wanted.length;
  return {
    error: Math.max(...wanted.map((value, at) => Math.abs(value - y[at]!))) / greatest,
    spread: Math.sqrt(variance) / greatest,
    sameKeys: Object.keys(model.stateDict()).join() === Object.keys(state).join(),
  };
}
