/** Profiles of training steps, as plain data. */
import {
  chromeTrace,
  compile,
  F,
  init,
  manualSeed,
  nn,
  optim,
  profile,
  randn,
  tensor,
  type StepProfile,
} from '../../src/index.ts';
import kernels from '../../shaders/softmax.wgsl';

export interface Profiled {
  readonly profile: StepProfile;
  /** Whether the adapter has them. */
  readonly timestamps: boolean;
  readonly software: boolean;
  readonly trace: ReturnType<typeof chromeTrace>;
  /** Losses of the steps before, during and after the profile, and those of the same steps without one. */
  readonly losses: number[];
  readonly wanted: number[];
}

function training(): () => { loss: ReturnType<typeof randn> } {
  manualSeed(1);
  const model = new nn.Sequential(
    new nn.Linear(8, 64),
    new nn.ReLU(),
    new nn.Linear(64, 64),
    new nn.Tanh(),
    new nn.Linear(64, 4),
  );
  const optimizer = new optim.Adam(model.parameters(), { lr: 0.01 });
  const x = randn([256, 8]);
  const y = tensor(Int32Array.from({ length: 256 }, (_, index) => index % 4));
  return compile(() => {
    const loss = F.crossEntropy(model.forward(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    return { loss };
  });
}

export async function profiled(): Promise<Profiled> {
  const { software } = await init();
  const timestamps = (await navigator.gpu.requestAdapter())?.features.has('timestamp-query') ?? false;
  const losses: number[] = [];
  const step = training();
  losses.push(await step().loss.item());
  const found = await profile(async () => losses.push(await step().loss.item()));
  losses.push(await step().loss.item());
  const plain = training();
  const wanted: number[] = [];
  for (let turn = 0; turn < 3; turn++) wanted.push(await plain().loss.item());
  return { profile: found, timestamps, software, trace: chromeTrace(found), losses, wanted };
}

/** What `sources` shows in place of the stripped text. */
export async function commented(): Promise<string[]> {
  await init();
  const source = `// commented\n${kernels.softmax.source}`;
  const { dispatches } = await profile(() => F.softmax(randn([4, 8]), -1).data(), {
    sources: { 'softmax.wgsl': source },
  });
  return dispatches.filter(({ file }) => file === 'softmax.wgsl').map(({ wgsl }) => wgsl);
}
