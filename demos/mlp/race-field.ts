/**
 * The runners of a race, on the GPU: every variant from every seed, stacked so that all of them with one optimiser are
 * one model, and all of these one compiled step on the same batch. Knows no page.
 */
import { compile, concat, data, F, manualSeed, nn, type Tensor } from '../../src/index.ts';
import { evaluating, type LabelledSet, type Optimizer } from '../shared/task.ts';
import { generatedDigits, pointsOf, type Labelled } from './examples.ts';
import { variantsOf, type RaceConfig, type Variant } from './race-config.ts';
import { buildModel, makeOptimizer } from './recipe.ts';

/** What a look at the race tells, for each runner: variants in order, the seeds of each together. */
export interface Standing {
  readonly step: number;
  readonly losses: Float32Array;
  readonly accuracies: Float32Array;
}

interface Group {
  readonly model: nn.Sequential;
  readonly optimizer: Optimizer;
  /** Of all runners, those in this group's order. */
  readonly runners: readonly number[];
}

const SCORED = 500;

export class Field {
  readonly variants: readonly Variant[];
  readonly seeds: number;
  readonly batchSize: number;
  #groups: readonly Group[];
  #batches: data.DataLoader<readonly [Tensor, Tensor]>;
  #epoch: AsyncIterator<readonly [Tensor, Tensor]> | null = null;
  #train: LabelledSet;
  #test: LabelledSet;
  #trainStep: (x: Tensor, y: Tensor) => Tensor;

  private constructor(race: RaceConfig, train: Labelled, test: Labelled, features: number, classes: number) {
    this.variants = variantsOf(race);
    this.seeds = race.seeds;
    this.batchSize = Math.min(race.batch, train.length);
    this.#batches = new data.DataLoader(train, { batchSize: this.batchSize, shuffle: true, seed: race.seed });
    this.#train = firstOf(train);
    this.#test = firstOf(test);
    this.#groups = groupsOf(this.variants, race, features, classes);
    const groups = this.#groups;
    this.#trainStep = compile((x: Tensor, y: Tensor) => {
      const losses = concat(groups.map(({ model }) => F.stackedCrossEntropy(model.forward(x), y)));
      for (const { optimizer } of groups) optimizer.zeroGrad();
      losses.sum().backward();
      for (const { optimizer } of groups) optimizer.step();
      return losses;
    });
  }

  static async make(race: RaceConfig): Promise<Field> {
    const [{ config }] = variantsOf(race) as [Variant];
    const split = race.mode === 'plane' ? pointsOf(config) : await generatedDigits(race.seed);
    return new Field(race, split.train, split.test, split.features, split.classes);
  }

  /** One step of every runner, on the same batch. */
  async step(): Promise<void> {
    for (let pass = 0; pass < 2; pass++) {
      this.#epoch ??= this.#batches[Symbol.asyncIterator]();
      const next = await this.#epoch.next();
      if (!next.done) {
        this.#trainStep(...next.value);
        return;
      }
      this.#epoch = null;
    }
  }

  /** Loss on training examples and accuracy on test examples of every runner, without dropout; one wait for all. */
  async look(step: number): Promise<Standing> {
    const losses = new Float32Array(this.variants.length * this.seeds);
    const accuracies = new Float32Array(losses.length);
    const reads = this.#groups.map(({ model, runners }) => {
      const [loss, accuracy] = evaluating(model, () => {
        const logits = model.forward(this.#test.x);
        return [
          F.stackedCrossEntropy(model.forward(this.#train.x), this.#train.y).data(),
          logits.argmax(-1).eq(this.#test.y).to('float32').mean(1).data(),
        ];
      });
      return Promise.all([loss, accuracy]).then(([lossOf, accuracyOf]) =>
        runners.forEach((runner, index) => {
          losses[runner] = lossOf[index] ?? Number.NaN;
          accuracies[runner] = accuracyOf[index] ?? Number.NaN;
        }),
      );
    });
    await Promise.all(reads);
    return { step, losses, accuracies };
  }
}

/** A seed gives every variant the same first weights, as far as their layers agree. */
function groupsOf(variants: readonly Variant[], race: RaceConfig, features: number, classes: number): Group[] {
  const kinds = [...new Set(variants.map(({ config }) => config.optimizer))];
  return kinds.map((kind) => {
    const runners: number[] = [];
    const models: nn.Sequential[] = [];
    for (const [at, { config }] of variants.entries()) {
      if (config.optimizer !== kind) continue;
      for (let seed = 0; seed < race.seeds; seed++) {
        manualSeed(race.seed + seed);
        models.push(buildModel(features, classes, config, race.vary === 'dropout'));
        runners.push(at * race.seeds + seed);
      }
    }
    const model = nn.stack(models);
    const { config } = variants.find((variant) => variant.config.optimizer === kind)!;
    return { model, optimizer: makeOptimizer(model, config), runners };
  });
}

function firstOf({ tensors: [x, y], length }: Labelled): LabelledSet {
  const size = Math.min(length, SCORED);
  return { x: x.slice(0, 0, size).clone().retain(), y: y.slice(0, 0, size).clone().retain(), size };
}
