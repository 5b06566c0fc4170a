/** Networks of the CNN lab as graphs, in short. */
import { init, manualSeed, rand } from '../../src/index.ts';
import { DEFAULTS, type CnnConfig } from '../../demos/cnn/config.ts';
import { NetworkGraph, type Part } from '../../demos/cnn/graph.ts';
import { layOut } from '../../demos/cnn/graph-layout.ts';
import { layerNames, rectifiedIn } from '../../demos/cnn/layer-names.ts';
import { REACH, buildModel } from '../../demos/cnn/recipe.ts';
import { readDeadUnits } from '../../demos/shared/dead-units.ts';
import type { Task } from '../../demos/shared/task.ts';

interface Drawn {
  readonly blocks: string[];
  readonly joins: string[];
  readonly skips: number;
  /** Of all blocks, and of the model. */
  readonly parameters: readonly [number, number];
  /** Blocks that leave the drawing or cover another. */
  readonly misplaced: number;
  readonly layers: string[];
}

export async function draw(config: Partial<CnnConfig>, width: number): Promise<Drawn> {
  await init();
  manualSeed(0);
  const wanted = { ...DEFAULTS, ...config };
  const model = buildModel(wanted, { channels: 3, size: 32, classes: 10 });
  const { parts } = new NetworkGraph(model, [1, 3, 32, 32], REACH[wanted.reach]);
  const { places, joins, lines, height } = layOut(parts, width);
  const misplaced = places.filter(
    (a) =>
      a.x < 0 ||
      a.x + a.width > width ||
      a.y + a.height > height ||
      places.some(
        (b) => a !== b && a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height,
      ),
  );
  return {
    blocks: places.map(({ block }) => [block.title, ...block.extras, block.output.join('x')].join(', ')),
    joins: joins.map(({ width: bar, label }) => (bar > 0 ? label : '+')),
    skips: lines.filter(({ kind }) => kind === 'skip').length,
    parameters: [parts.reduce((sum, part) => sum + parametersOf(part), 0), model.numParameters()],
    misplaced: misplaced.length,
    layers: layerNames({ model } as Task).map(({ name }) => name),
  };
}

/** Layers whose dead units can be counted, with how many units they have. */
export async function rectified(config: Partial<CnnConfig>): Promise<[string, number][]> {
  await init();
  manualSeed(0);
  const model = buildModel({ ...DEFAULTS, ...config }, { channels: 3, size: 32, classes: 10 });
  const dead = await readDeadUnits(model, rand([2, 3, 32, 32]), rectifiedIn(model));
  return [...dead].map(([path, { units }]) => [path, units]);
}

function parametersOf(part: Part): number {
  if (part.kind === 'block') return part.parameters;
  const ways = part.kind === 'fork' ? part.ways : part.layers;
  return ways.flat().reduce((sum, each) => sum + parametersOf(each), 0);
}
