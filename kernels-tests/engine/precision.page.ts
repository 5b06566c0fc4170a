/** Products that may round to 16 bits, as plain data. */
import { engine } from '../../src/graph/engine.ts';
import { adapter, init, profile, tensor, type InitOptions } from '../../src/index.ts';

export function hasHalf(): boolean {
  return adapter().features.includes('shader-f16');
}

export interface Product {
  /** Kernels that it could run by, and the one that it did. */
  readonly among: readonly string[];
  readonly name: string;
  /** The largest difference from the product in float64, over the largest number in that. */
  readonly error: number;
}

/** [90, 130] @ [130, 120] with the kernels of a GPU. */
export async function product(
  float32MatmulPrecision?: InitOptions['float32MatmulPrecision'],
  wanted?: string,
): Promise<Product> {
  await init({
    restart: true,
    tuning: false,
    quickStart: false,
    debug: { hardware: true },
    ...(float32MatmulPrecision && { float32MatmulPrecision }),
  });
  let among: readonly string[] = [];
  const { choices } = engine().tuner;
  choices.pick = (_, otherwise, names) => {
    among = names;
    return { name: wanted ?? otherwise, measured: false };
  };
  const [m, k, n] = [90, 130, 120] as const;
  const random = (seed: number) => (_: unknown, at: number) => Math.sin(seed + at * 12.9898) * 1.7;
  const a = Array.from({ length: m * k }, random(1));
  const b = Array.from({ length: k * n }, random(2));
  const left = tensor(new Float32Array(a), { shape: [m, k] });
  const right = tensor(new Float32Array(b), { shape: [k, n] });
  let found: ArrayLike<number> = [];
  const { dispatches } = await profile(async () => {
    found = await left.matmul(right).data();
  });
  let most = 0;
  let apart = 0;
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let l = 0; l < k; l++) sum += a[i * k + l]! * b[l * n + j]!;
      most = Math.max(most, Math.abs(sum));
      apart = Math.max(apart, Math.abs(sum - found[i * n + j]!));
    }
  const name = dispatches.find(({ choice }) => choice)?.choice?.name ?? '';
  return { among, name, error: apart / most };
}

/** What `init` says of a precision that there is not, and whether what was there still works. */
export async function refused(): Promise<[message: string, sum: number]> {
  await init({ restart: true });
  const x = tensor([1, 2]);
  const message = await init({ restart: true, float32MatmulPrecision: 'low' as never }).then(
    () => '',
    (error: Error) => error.message,
  );
  return [message, await x.sum().item()];
}
