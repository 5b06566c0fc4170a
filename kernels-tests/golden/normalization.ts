/** Normalisations, each from its definition. */
import { F, nn, tensor, type Tensor } from '../../src/index.ts';
import { eachIndex, Nd } from './nd.ts';
import { golden, normal, uniform, type Case, type Input } from './row.ts';

const why = 'float32 means of up to some thousand numbers';
const tolerance = 2e-5;

/** Numbers around `middle`, which a variance from squares would lose. */
const far = (middle: number, ...shape: number[]): Input => uniform(middle - 1, middle + 1, ...shape);

/** x standardised within the sets that `setOf` names. */
function standardized(x: Nd, setOf: (index: readonly number[]) => string, eps: number): Nd {
  const sets = new Map<string, number[]>();
  eachIndex(x.shape, (index) => {
    const key = setOf(index);
    sets.set(key, [...(sets.get(key) ?? []), x.get(index)]);
  });
  const moments = new Map(
    [...sets].map(([key, values]) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      return [key, { mean, rate: 1 / Math.sqrt(variance + eps) }];
    }),
  );
  return Nd.of(x.shape, (index) => {
    const { mean, rate } = moments.get(setOf(index)) ?? { mean: NaN, rate: NaN };
    return (x.get(index) - mean) * rate;
  });
}

/** y times the weight of its channel, and its bias. */
function perChannel(y: Nd, weight?: Nd, bias?: Nd): Nd {
  return Nd.of(y.shape, (index) => {
    const channel = index[1] ?? 0;
    return y.get(index) * (weight?.data[channel] ?? 1) + (bias?.data[channel] ?? 0);
  });
}

const affine = (channels: number): [Input, Input] => [normal(channels), normal(channels)];

export const normalizationCases: readonly Case[] = [
  ...golden<object>({
    op: 'batchNorm',
    run: () => (x, weight, bias) => F.batchNorm(x, null, { weight, bias, training: true }),
    reference: () => (x, weight, bias) =>
      perChannel(
        standardized(x, ([, channel]) => String(channel), 1e-5),
        weight,
        bias,
      ),
    tolerance,
    why,
    rows: [
      { inputs: [normal(2, 1), ...affine(1)], attrs: {}, samples: 8 },
      { inputs: [normal(7, 5), ...affine(5)], attrs: {} },
      { inputs: [normal(3, 4, 5)], attrs: {} },
      { inputs: [normal(2, 3, 5, 7), ...affine(3)], attrs: {} },
      { inputs: [normal(1, 2, 13, 11), ...affine(2)], attrs: {} },
      { inputs: [normal(5, 17, 8, 9), ...affine(17)], attrs: {}, samples: 8 },
      {
        inputs: [far(10_000, 4, 3, 6, 6)],
        attrs: {},
        label: 'far from zero',
        grad: false,
        tolerance: 3e-3,
      },
    ],
  }),
  ...golden<{ eps: number }>({
    op: 'batchNorm',
    run:
      ({ eps }) =>
      (x, mean, variance, weight, bias) =>
        F.batchNorm(x, { mean, variance, tracked: tensor(0, { dtype: 'int32' }) }, { weight, bias, eps }),
    reference:
      ({ eps }) =>
      (x, mean, variance, weight, bias) =>
        perChannel(
          Nd.of(x.shape, (index) => {
            const channel = index[1] ?? 0;
            return (x.get(index) - mean.data[channel]!) / Math.sqrt(variance.data[channel]! + eps);
          }),
          weight,
          bias,
        ),
    tolerance,
    why: 'a few roundings',
    rows: [
      {
        inputs: [normal(3, 4, 5, 2), normal(4), uniform(0.5, 2, 4), ...affine(4)],
        attrs: { eps: 1e-3 },
        label: 'in evaluation',
      },
    ],
  }),
  ...golden<{ statistic: 'mean' | 'variance'; momentum: number | null }>({
    op: 'batchNorm',
    run:
      ({ statistic, momentum }) =>
      (x, mean, variance) => {
        const running = {
          mean: new nn.Buffer(mean),
          variance: new nn.Buffer(variance),
          tracked: new nn.Buffer(tensor(3, { dtype: 'int32' })),
        };
        F.batchNorm(x, running, { training: true, momentum });
        const result: Tensor = running[statistic];
        return result;
      },
    reference:
      ({ statistic, momentum }) =>
      (x, mean, variance) => {
        const before = statistic === 'mean' ? mean : variance;
        return Nd.of(mean.shape, ([channel = 0]) => {
          const values: number[] = [];
          eachIndex(x.shape, (index) => {
            if (index[1] === channel) values.push(x.get(index));
          });
          const middle = values.reduce((sum, value) => sum + value, 0) / values.length;
          const spread = values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1);
          const share = momentum ?? 1 / 4;
          return (1 - share) * before.data[channel]! + share * (statistic === 'mean' ? middle : spread);
        });
      },
    tolerance,
    why,
    grad: false,
    rows: (['mean', 'variance'] as const).flatMap((statistic) =>
      [0.1, null].map((momentum) => ({
        inputs: [normal(3, 5, 4, 2), normal(5), uniform(0.5, 2, 5)],
        attrs: { statistic, momentum },
        label: 'running',
      })),
    ),
  }),
  ...golden<{ groups: number }>({
    op: 'groupNorm',
    run:
      ({ groups }) =>
      (x, weight, bias) =>
        F.groupNorm(x, groups, { weight, bias }),
    reference:
      ({ groups }) =>
      (x, weight, bias) => {
        const size = x.shape[1]! / groups;
        return perChannel(
          standardized(x, ([n, channel]) => `${n} ${Math.floor(channel! / size)}`, 1e-5),
          weight,
          bias,
        );
      },
    tolerance,
    why,
    rows: [
      { inputs: [normal(2, 6, 5, 3), ...affine(6)], attrs: { groups: 3 } },
      { inputs: [normal(3, 4, 7), ...affine(4)], attrs: { groups: 1 } },
      { inputs: [normal(3, 8)], attrs: { groups: 2 } },
    ],
  }),
  ...golden<object>({
    op: 'instanceNorm',
    run: () => (x, weight, bias) => F.instanceNorm(x, { weight, bias }),
    reference: () => (x, weight, bias) =>
      perChannel(
        standardized(x, ([n, channel]) => `${n} ${channel}`, 1e-5),
        weight,
        bias,
      ),
    tolerance,
    why,
    rows: [{ inputs: [normal(2, 3, 4, 5), ...affine(3)], attrs: {} }],
  }),
  ...golden<{ shape: number | readonly number[] }>({
    op: 'layerNorm',
    run:
      ({ shape }) =>
      (x, weight, bias) =>
        F.layerNorm(x, shape, { weight, bias }),
    reference:
      ({ shape }) =>
      (x, weight, bias) => {
        const axes = typeof shape === 'number' ? 1 : shape.length;
        const y = standardized(x, (index) => index.slice(0, -axes).join(), 1e-5);
        return Nd.of(x.shape, (index) => {
          const own = index.slice(-axes);
          return y.get(index) * (weight?.get(own) ?? 1) + (bias?.get(own) ?? 0);
        });
      },
    tolerance,
    why,
    rows: [
      { inputs: [normal(3, 5), ...affine(5)], attrs: { shape: 5 } },
      { inputs: [normal(2, 3, 67)], attrs: { shape: 67 } },
      { inputs: [normal(131, 44), ...affine(44)], attrs: { shape: 44 }, samples: 6, label: 'in fours' },
      { inputs: [normal(2, 3, 5, 7), normal(5, 7), normal(5, 7)], attrs: { shape: [5, 7] } },
      { inputs: [normal(3, 1031), ...affine(1031)], attrs: { shape: 1031 }, samples: 6 },
      { inputs: [normal(131, 13), ...affine(13)], attrs: { shape: 13 }, samples: 6 },
      { inputs: [far(10_000, 5, 301)], attrs: { shape: 301 }, label: 'far from zero', grad: false, tolerance: 3e-3 },
      {
        inputs: [far(10_000, 5, 1028)],
        attrs: { shape: 1028 },
        label: 'in fours, far from zero',
        grad: false,
        tolerance: 3e-3,
      },
      {
        inputs: [normal(70_000, 2)],
        attrs: { shape: 2 },
        samples: 4,
        label: 'more rows than workgroups',
        grad: false,
        tolerance: 1e-4,
      },
    ],
  }),
  ...golden<{ size: number; alpha: number; beta: number; k: number }>({
    op: 'localResponseNorm',
    run:
      ({ size, ...options }) =>
      (x) =>
        F.localResponseNorm(x, size, options),
    reference:
      ({ size, alpha, beta, k }) =>
      (x) =>
        Nd.of(x.shape, (index) => {
          const channel = index[1]!;
          let sum = 0;
          for (let c = channel - (size >> 1); c <= channel + ((size - 1) >> 1); c++)
            if (c >= 0 && c < x.shape[1]!) sum += x.get(index.with(1, c)) ** 2;
          return x.get(index) / (k + (alpha * sum) / size) ** beta;
        }),
    tolerance,
    why: 'a power of a mean',
    rows: [
      { inputs: [normal(2, 7, 3, 4)], attrs: { size: 5, alpha: 0.5, beta: 0.75, k: 2 } },
      { inputs: [normal(2, 3, 5)], attrs: { size: 2, alpha: 1, beta: 0.5, k: 1 } },
    ],
  }),
  ...golden<object>({
    op: 'rmsNorm',
    run: () => (x, weight) => F.rmsNorm(x, weight ?? null),
    reference: () => (x, weight) =>
      Nd.of(x.shape, (index) => {
        let sum = 0;
        const size = x.shape.at(-1)!;
        for (let at = 0; at < size; at++) sum += x.get([...index.slice(0, -1), at]) ** 2;
        return (x.get(index) / Math.sqrt(sum / size + 1e-6)) * (weight?.data[index.at(-1)!] ?? 1);
      }),
    tolerance,
    why,
    rows: [
      { inputs: [normal(3, 5), normal(5)], attrs: {} },
      { inputs: [normal(2, 3, 33)], attrs: {} },
    ],
  }),
];
