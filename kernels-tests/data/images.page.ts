/** Images in the browser: bytes on the GPU, augmentation of photographs, picture files; results as plain data. */
import { counters, data, init, manualSeed, memory, ones, synchronize, tensor, type Tensor } from '../../src/index.ts';
import { counted, values, type Cases } from '../engine/cases.ts';

const RECORD = 3073;

/** A binary batch of `n` records: record i has label i % 10 and at place p the byte (i + p) % 256. */
function batch(n: number): Uint8Array {
  return Uint8Array.from({ length: n * RECORD }, (_, at) => {
    const [i, p] = [Math.floor(at / RECORD), (at % RECORD) - 1];
    return p < 0 ? i % 10 : (i + p) % 256;
  });
}

const rounded = (list: readonly number[], by = 1e4): number[] => list.map((x) => Math.round(x * by) / by);

const augmented = (options: data.AugmentOptions, x: Tensor, seed = 1): Promise<number[]> => {
  manualSeed(seed);
  return values(new data.Augment(options).apply(x));
};

const mean = (list: readonly number[]): number => list.reduce((sum, x) => sum + x, 0) / list.length;

/** n images of 1 channel and 9x9, each with a single 1 in its middle. */
function dots(n: number): Tensor {
  const pixels = new Float32Array(n * 81);
  for (let i = 0; i < n; i++) pixels[i * 81 + 40] = 1;
  return tensor(pixels, { shape: [n, 1, 9, 9] });
}

export const cases: Cases = {
  async 'binary batches of CIFAR-10 become images from 0 to 1 with their labels, file after file'() {
    const set = data.cifar10([batch(3), batch(12)]);
    const [x, y] = set.prepare(Int32Array.of(14, 1, 3))();
    const pixels = await values(x);
    // Images 14, 1 and 3 are record 11 of the second file, record 1 of the first, record 0 of the second.
    const wanted = [11, 1, 0].flatMap((i) =>
      Array.from({ length: 3072 }, (_, p) => Math.fround(((i + p) % 256) / 255)),
    );
    return {
      got: [set.length, x.shape, await values(y), pixels.every((value, at) => Math.abs(value - wanted[at]!) < 1e-7)],
      wanted: [15, [3, 3, 32, 32], [1, 1, 0], true],
    };
  },
  async 'bytes stay bytes on the GPU'() {
    await synchronize();
    const before = memory();
    const set = data.cifar10([batch(1000)]);
    const [x] = set.prepare(Int32Array.of(0))();
    await values(x);
    const grown = memory().bytes - before.bytes;
    return { got: [grown >= 1000 * 3072, grown < 1.5 * 1000 * 3072], wanted: [true, true] };
  },
  async 'some images, in another order and with other labels, are a dataset of their own'() {
    const pixels = Uint8Array.from({ length: 4 * 9 }, (_, at) => 10 * Math.floor(at / 9));
    const normalize = { mean: [0], std: [1 / 255] };
    const set = new data.ImageDataset(pixels, [4, 5, 6, 7], [1, 3, 3], { normalize });
    const [some, renamed] = [set.select([3, 1, 3]), set.select([2], [0])];
    // Later steps leave them alone.
    await synchronize();
    await values(ones([1000]).mul(2));
    const [x, y] = some.prepare(Int32Array.of(0, 1))();
    const firsts = (list: readonly number[]): number[] => list.filter((_, at) => at % 9 === 0).map(Math.round);
    return {
      got: [
        some.length,
        firsts(await values(x)),
        await values(y),
        await values(some.labels),
        renamed.length,
        await values(renamed.labels),
        firsts(await values(renamed.slice(0, 0))),
      ],
      wanted: [3, [30, 10], [7, 5], [7, 5, 7], 1, [0], [20]],
    };
  },
  async 'images of odd sizes, one example, a slice, and normalisation by channel'() {
    const pixels = Uint8Array.from({ length: 4 * 2 * 3 * 3 }, (_, at) => (at * 7) % 256);
    const set = new data.ImageDataset(pixels, [4, 5, 6, 7], [2, 3, 3]);
    const normal = set.with({ normalize: { mean: [0.5, 0.25], std: [0.5, 2] } });
    const [one, label] = normal.get(2);
    const bytes = [...pixels.subarray(36, 54)].map((byte) => byte / 255);
    const wanted = bytes.map((value, at) => (at < 9 ? (value - 0.5) / 0.5 : (value - 0.25) / 2));
    const part = set.slice(0, 2, 3);
    return {
      got: [one.shape, rounded(await values(one)), await label.item(), part.shape, rounded(await values(part))],
      wanted: [[2, 3, 3], rounded(wanted), 6, [1, 2, 3, 3], rounded(bytes)],
    };
  },
  async 'a loader shuffles images with their labels'() {
    const set = data.cifar10([batch(40)]);
    const seen: number[] = [];
    let matched = true;
    for await (const [x, y] of new data.DataLoader(set, { batchSize: 16, shuffle: true, seed: 3 })) {
      const [pixels, labels] = [await values(x), await values(y)];
      labels.forEach((label, at) => {
        const first = Math.round(pixels[at * 3072]! * 255);
        seen.push(first);
        matched &&= first % 10 === label;
      });
    }
    const sorted = seen.toSorted((a, b) => a - b);
    return {
      got: [matched, sorted, seen.join() !== sorted.join()],
      wanted: [true, Array.from({ length: 40 }, (_, i) => i), true],
    };
  },
  async 'random crops take every shift equally often, and mirroring its share'() {
    const n = 2000;
    const moved = await augmented({ crop: 2 }, dots(n));
    const counts = new Map<number, number>();
    for (let at = 0; at < moved.length; at++) if (moved[at] === 1) counts.set(at % 81, (counts.get(at % 81) ?? 0) + 1);
    // 25 places of 80 each, 5 standard deviations.
    const expected = [...counts.values()].every((count) => Math.abs(count - 80) < 5 * Math.sqrt(80));
    const within = [...counts.keys()].every(
      (at) => Math.abs((at % 9) - 4) <= 2 && Math.abs(Math.floor(at / 9) - 4) <= 2,
    );
    const ramp = tensor(
      Float32Array.from({ length: n * 3 }, (_, at) => at % 3),
      { shape: [n, 1, 1, 3] },
    );
    const flipped = await augmented({ flip: 0.3 }, ramp);
    const share = flipped.filter((value, at) => at % 3 === 0 && value === 2).length / n;
    const whole = flipped.every((value, at) => at % 3 !== 1 || value === 1);
    return {
      got: [counts.size, expected, within, whole, Math.abs(share - 0.3) < 5 * Math.sqrt(0.21 / n)],
      wanted: [25, true, true, true, true],
    };
  },
  async 'brightness, contrast and saturation keep what they should and draw uniformly'() {
    const n = 2000;
    const image = [0.2, 0.6, 0.4, 0.9, 0.5, 0.1];
    const x = tensor(
      Float32Array.from({ length: 6 * n }, (_, at) => image[at % 6]!),
      { shape: [n, 3, 1, 2] },
    );
    const luma = (list: readonly number[], from: number, pixel: number): number =>
      0.299 * list[from + pixel]! + 0.587 * list[from + 2 + pixel]! + 0.114 * list[from + 4 + pixel]!;
    const middle = mean([luma(image, 0, 0), luma(image, 0, 1)]);
    const bright = await augmented({ brightness: 0.4 }, x);
    const contrast = await augmented({ contrast: 0.4 }, x);
    const colour = await augmented({ saturation: 0.4 }, x);
    const factors: number[][] = [[], [], []];
    let kept = true;
    for (let at = 0; at < 6 * n; at += 6) {
      factors[0]!.push(bright[at]! / image[0]!);
      factors[1]!.push((contrast[at]! - middle) / (image[0]! - middle));
      factors[2]!.push((colour[at]! - luma(image, 0, 0)) / (image[0]! - luma(image, 0, 0)));
      kept &&= Math.abs(mean([luma(contrast, at, 0), luma(contrast, at, 1)]) - middle) < 1e-6;
      kept &&= [0, 1].every((pixel) => Math.abs(luma(colour, at, pixel) - luma(image, 0, pixel)) < 1e-6);
    }
    const uniform = factors.map((list) => [
      Math.min(...list) >= 0.6 - 1e-5 && Math.max(...list) <= 1.4 + 1e-5,
      Math.abs(mean(list) - 1) < (5 * 0.8) / Math.sqrt(12 * n),
      Math.abs(mean(list.map((value) => (value - 1) ** 2)) / (0.64 / 12) - 1) < 5 * Math.sqrt(0.8 / n),
    ]);
    return { got: [kept, uniform], wanted: [true, factors.map(() => [true, true, true])] };
  },
  async 'cutout takes away squares whose middle lies anywhere, from all channels alike'() {
    const n = 500;
    const cut = await augmented({ cutout: 4 }, ones([n, 2, 8, 8]));
    let squares = true;
    const middles = new Set<string>();
    for (let i = 0; i < n; i++) {
      const [first, second] = [0, 64].map((from) => cut.slice(i * 128 + from, i * 128 + from + 64));
      const holes = first!.flatMap((value, at) => (value === 0 ? [at] : []));
      const rows = [...new Set(holes.map((at) => Math.floor(at / 8)))];
      const columns = [...new Set(holes.map((at) => at % 8))];
      squares &&= first!.join() === second!.join() && holes.length === rows.length * columns.length;
      squares &&= rows.length >= 2 && rows.length <= 4 && columns.length >= 2 && columns.length <= 4;
      middles.add([rows[0], rows.length, columns[0], columns.length].join());
    }
    return { got: [squares, middles.size], wanted: [true, 64] };
  },
  async 'to crop and mirror a batch costs two dispatches, holes one, colours six'() {
    const set = data.cifar10([batch(20)]);
    const normalize = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
    const cost = async (options: data.AugmentOptions): Promise<number> => {
      await synchronize();
      const before = counters().dispatches;
      const [x] = set.prepare(Int32Array.of(1, 2, 3, 4))();
      await values(data.normalizeImages(new data.Augment(options).apply(x), normalize));
      return counters().dispatches - before;
    };
    return {
      got: [
        await cost({}),
        await cost({ crop: 4, flip: 0.5 }),
        await cost({ crop: 4, flip: 0.5, cutout: 8 }),
        await cost({ crop: 4, flip: 0.5, brightness: 0.2, contrast: 0.2, saturation: 0.2, cutout: 8 }),
      ],
      wanted: [3, 5, 6, 12],
    };
  },
  async 'the same seed gives the same bits, and another seed other images'() {
    const x = counted(6, 3, 8, 8).mul(1 / 2000);
    const options = { crop: 2, flip: 0.5, brightness: 0.2, contrast: 0.2, saturation: 0.2, cutout: 3 };
    const [a, b, c] = [await augmented(options, x), await augmented(options, x), await augmented(options, x, 2)];
    return { got: [a.join() === b.join(), a.join() === c.join()], wanted: [true, false] };
  },
};

export async function check(name: string): Promise<{ got: unknown; wanted: unknown }> {
  await init();
  return cases[name]!();
}

/** A picture, red on its left half and blue on its right, as a file. */
async function picture(width: number, height: number, type: string): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d')!;
  context.fillStyle = 'rgb(200, 0, 10)';
  context.fillRect(0, 0, width / 2, height);
  context.fillStyle = 'rgb(0, 30, 250)';
  context.fillRect(width / 2, 0, width / 2, height);
  return canvas.convertToBlob({ type });
}

/** Picture files decoded to 4x4: one corner of each half of each, what the page was told, and whether it decoded any. */
export async function folder(): Promise<{
  corners: number[][];
  labels: number[];
  classes: readonly string[];
  shape: readonly number[];
  progress: number[];
  onPage: boolean;
}> {
  const files = {
    zebra: [await picture(64, 64, 'image/png')],
    ant: [await picture(8, 4, 'image/png'), await picture(20, 60, 'image/webp'), await picture(4, 4, 'image/png')],
  };
  const { createImageBitmap } = globalThis;
  let onPage = false;
  globalThis.createImageBitmap = ((...given: Parameters<typeof createImageBitmap>) => {
    onPage = true;
    return createImageBitmap(...given);
  }) as typeof createImageBitmap;
  const progress: number[] = [];
  const found = await data.imageFolder(files, { size: 4, onProgress: (done) => progress.push(done) });
  globalThis.createImageBitmap = createImageBitmap;
  const corners = [...found.labels].map((_, i) =>
    [0, 3].flatMap((at) => [0, 1, 2].map((channel) => found.pixels[i * 48 + channel * 16 + at]!)),
  );
  const { labels, classes, shape } = found;
  return { corners, labels: [...labels], classes, shape, progress, onPage };
}

const file = (name: string, folder: string, parts: BlobPart[] = ['text']): File =>
  Object.defineProperty(new File(parts, name), 'webkitRelativePath', { value: `${folder}${name}` });

export function byFolder(): Record<string, string[]> {
  const files = [
    file('1.png', 'pets/cat/'),
    file('2.png', 'pets/dog/'),
    file('3.png', 'pets/cat/'),
    file('.DS_Store', ''),
  ];
  const found = Object.entries(data.filesByFolder(files));
  return Object.fromEntries(found.map(([folder, list]) => [folder, list.map(({ name }) => name)]));
}

/** What each mistake says. */
export async function mistakes(): Promise<string[]> {
  await init();
  const wrongLabel = batch(3);
  wrongLabel[RECORD] = 10;
  const good = await picture(4, 4, 'image/png');
  const bad = ['a.txt', 'b.txt', 'c.txt', 'd.txt'].map((name) => file(name, ''));
  const makes: (() => unknown)[] = [
    () => data.cifar10([]),
    () => data.cifar10([batch(2), batch(2).subarray(1)]),
    () => data.cifar10([new Uint8Array()]),
    () => data.cifar10([wrongLabel]),
    () => data.cifar10([new Uint8Array(RECORD * 10_001)]),
    () => new data.ImageDataset(new Uint8Array(10), [1], [3, 2, 2]),
    () => new data.ImageDataset(new Uint8Array(4), [1, 2], [2, 1, 1]).select([0, 2]),
    () => data.normalizeImages(ones([1, 3, 2, 2]), { mean: [0, 0], std: [1, 1] }),
    () => new data.Augment({ flip: 2 }),
    () => new data.Augment({ crop: 1.5 }),
    () => new data.Augment({ crop: 1 }).apply(ones([3, 8, 8])),
    () => data.imageFolder({}),
    () => data.imageFolder({ cat: [good], dog: [] }),
    () => data.imageFolder({ cat: [good] }, { size: 0 }),
    () => data.imageFolder({ cat: [good, ...bad] }),
    () => data.filesByFolder([file('1.png', '')]),
  ];
  const said: string[] = [];
  for (const make of makes)
    try {
      await make();
      said.push('nothing');
    } catch (error) {
      said.push((error as Error).message);
    }
  return said;
}
