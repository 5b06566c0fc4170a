/** Generated data: repeatable, balanced, inside its bounds, and learnable. */
import { describe, expect, it } from 'vitest';
import { blobs, circles, digits, inkStrokes, moons, spirals, xor } from '../../src/data/synthetic/index.ts';

const generators = { spirals, moons, circles, blobs, xor };

function counts(labels: Int32Array, classes: number): number[] {
  return Array.from({ length: classes }, (_, label) => labels.filter((other) => other === label).length);
}

describe.each(Object.entries(generators))('%s', (name, generate) => {
  it('gives the same points for the same seed and others for another', () => {
    expect(generate({ seed: 3 })).toEqual(generate({ seed: 3 }));
    expect(generate({ seed: 3 }).inputs.data).not.toEqual(generate({ seed: 4 }).inputs.data);
  });

  it('gives n finite points about in [-1, 1], with classes of equal size in random order', () => {
    const { inputs, labels, classes } = generate({ n: 301 });
    expect(inputs.shape).toEqual([301, 2]);
    expect(inputs.data).toHaveLength(602);
    expect(inputs.data.every((value) => Math.abs(value) < 1.3)).toBe(true);
    const sizes = counts(labels.data, classes);
    expect(sizes.reduce((a, b) => a + b)).toBe(301);
    expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    expect(new Set(labels.data.subarray(0, 30)).size).toBe(classes);
  });

  it('refuses counts and noise that cannot be', () => {
    expect(() => generate({ n: 0 })).toThrow(`${name}: n must be a whole number of at least`);
    expect(() => generate({ n: 2.5 })).toThrow('got 2.5.');
    expect(() => generate({ noise: -1 })).toThrow(`${name}: noise must be a finite number of at least 0, got -1.`);
    expect(() => generate({ noise: NaN })).toThrow('got NaN');
    expect(() => generate({ seed: 0.1 })).toThrow('seed must be an integer');
  });
});

it('spirals, circles and blobs take a number of classes', () => {
  for (const generate of [spirals, circles, blobs]) {
    expect(counts(generate({ n: 40, classes: 4 }).labels.data, 4)).toEqual([10, 10, 10, 10]);
    expect(() => generate({ classes: 1 })).toThrow('classes must be a whole number of at least 2, got 1.');
  }
});

it('without noise, the nearest neighbour of a point has its class', () => {
  for (const generate of Object.values(generators)) {
    const { inputs, labels } = generate({ n: 400, noise: 0 });
    const [points, classes] = [inputs.data, labels.data];
    const distance = (i: number, j: number): number =>
      i === j ? Infinity : Math.hypot(points[2 * i]! - points[2 * j]!, points[2 * i + 1]! - points[2 * j + 1]!);
    const order = Array.from(classes.keys());
    const right = order.filter((i) => {
      const nearest = order.reduce((best, j) => (distance(i, j) < distance(i, best) ? j : best), i);
      return classes[nearest] === classes[i] || generate === blobs;
    });
    expect(right.length).toBeGreaterThan(390);
  }
});

describe('digits', () => {
  const { inputs, labels } = digits({ n: 500, seed: 1 });
  const picture = (i: number): Float32Array => inputs.data.subarray(i * 784, (i + 1) * 784);

  it('are 28 by 28 grey levels in 0..1, of each class as many', () => {
    expect(inputs.shape).toEqual([500, 1, 28, 28]);
    expect(inputs.data.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(counts(labels.data, 10)).toEqual(Array.from({ length: 10 }, () => 50));
  });

  it('are the same for the same seed and differ from one another', () => {
    expect(digits({ n: 500, seed: 1 }).inputs.data).toEqual(inputs.data);
    expect(digits({ n: 500, seed: 2 }).inputs.data).not.toEqual(inputs.data);
    expect(
      new Set(Array.from({ length: 500 }, (_, i) => picture(i).reduce((sum, value, at) => sum + value * at))).size,
    ).toBe(500);
  });

  it('lie in the picture as those of MNIST do: centred by mass, with a clear edge, as much ink', () => {
    const edge = (at: number): boolean => at % 28 === 0 || at % 28 === 27 || at < 28 || at >= 756;
    for (let i = 0; i < 500; i++) {
      const pixels = picture(i);
      const ink = pixels.reduce((a, b) => a + b);
      const x = pixels.reduce((sum, value, at) => sum + value * ((at % 28) + 0.5), 0) / ink;
      const y = pixels.reduce((sum, value, at) => sum + value * (Math.floor(at / 28) + 0.5), 0) / ink;
      expect(Math.hypot(x - 14, y - 14)).toBeLessThan(2);
      expect(pixels.some((value, at) => edge(at) && value > 0.5)).toBe(false);
    }
    const mean = inputs.data.reduce((a, b) => a + b) / inputs.data.length;
    expect(Math.abs(mean - 0.1307)).toBeLessThan(0.02);
  });

  it('are told apart by their nearest neighbour, yet not all', () => {
    const known = digits({ n: 1000, seed: 9 });
    const distance = (i: number, j: number): number => {
      let sum = 0;
      for (let at = 0; at < 784; at++) sum += (inputs.data[i * 784 + at]! - known.inputs.data[j * 784 + at]!) ** 2;
      return sum;
    };
    const right = Array.from({ length: 200 }, (_, i) => {
      let best = 0;
      let least = Infinity;
      for (let j = 0; j < 1000; j++) {
        const found = distance(i, j);
        if (found < least) [least, best] = [found, j];
      }
      return known.labels.data[best] === labels.data[i];
    }).filter(Boolean).length;
    expect(right).toBeGreaterThan(160);
    expect(right).toBeLessThan(200);
  });

  it('stray less from their styles as variation falls', () => {
    const distinct = (variation: number): number => {
      const { inputs: pictures, labels: classes } = digits({ n: 200, variation });
      const mean = new Float64Array(784);
      const threes = Array.from({ length: 200 }, (_, i) => i).filter((i) => classes.data[i] === 3);
      for (const i of threes)
        for (let at = 0; at < 784; at++) mean[at]! += pictures.data[i * 784 + at]! / threes.length;
      return threes.reduce(
        (sum, i) => sum + mean.reduce((s, m, at) => s + (pictures.data[i * 784 + at]! - m) ** 2, 0),
        0,
      );
    };
    expect(distinct(0)).toBeLessThan(distinct(0.5));
    expect(distinct(0.5)).toBeLessThan(distinct(1));
  });

  it('refuse counts and variations that cannot be', () => {
    expect(() => digits({ n: 0 })).toThrow('digits: n must be a whole number of at least 1, got 0.');
    expect(() => digits({ variation: -1 })).toThrow('digits: variation must be a finite number of at least 0, got -1.');
  });
});

describe('inkStrokes', () => {
  const pen = { radius: 1.5, softness: 1 };

  it('gives the same picture wherever and however large the strokes were drawn', () => {
    const small = inkStrokes([[0, 0, 1, 2, 2, 0]], pen);
    const large = inkStrokes([[500, 300, 600, 500, 700, 300]], pen);
    expect(Math.max(...small.map((value, at) => Math.abs(value - large[at]!)))).toBeLessThan(1e-3);
  });

  it('takes no notice of a stroke without points', () => {
    expect(inkStrokes([[], [5, 5, 9, 7]], pen)).toEqual(inkStrokes([[5, 5, 9, 7]], pen));
  });

  it('inks a dot', () => {
    const dot = inkStrokes([[40, 60]], pen);
    expect(dot[14 * 28 + 14]).toBe(1);
    expect(dot.filter((value) => value > 0).length).toBeLessThan(30);
  });

  it('keeps all ink in the picture when the mass lies at one end', () => {
    const knot = Array.from({ length: 400 }, (_, i) => [Math.sin(i), Math.cos(i)]).flat();
    const flag = inkStrokes([[...knot, 0, 0, 60, 0]], pen);
    expect(flag.some((value, at) => at % 28 === 27 && value > 0.5)).toBe(false);
    expect(flag.some((value, at) => at % 28 === 26 && value > 0.5)).toBe(true);
  });

  it('refuses a box that does not fit the picture or the pen', () => {
    expect(() => inkStrokes([[0, 0]], pen, { size: 28, box: 28 })).toThrow(
      'inkStrokes: the writing does not fit. box 28',
    );
    expect(() => inkStrokes([[0, 0]], pen, { box: 3 })).toThrow('the writing does not fit');
  });

  it('refuses nothing and what is no number', () => {
    expect(() => inkStrokes([], pen)).toThrow('inkStrokes: there is nothing to ink.');
    expect(() => inkStrokes([[]], pen)).toThrow('inkStrokes: there is nothing to ink.');
    expect(() => inkStrokes([[0, 1, 2]], pen)).toThrow('inkStrokes: there is nothing to ink.');
    expect(() => inkStrokes([[0, NaN]], pen)).toThrow('inkStrokes: there is nothing to ink.');
    expect(() => inkStrokes([[0, 0]], { radius: 0, softness: 1 })).toThrow('pen radius and softness must be positive');
  });
});
