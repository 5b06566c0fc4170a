/**
 * `definePointwise`: an op given by the formula of one element, which the planner can fuse.
 */
import elementwise from '../../shaders/elementwise.wgsl';
import { source as general } from '../../shaders/pointwise.wgsl';
import { source as random } from '../../shaders/random.wgsl';
import { source as trigonometry } from '../../shaders/trigonometry.wgsl';
import { defineOp, type BackwardContext, type OpDefinition } from '../graph/define-op.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { DType, Shape, Spec } from '../graph/value.ts';
import { broadcastShapes } from './shapes.ts';

const library = [general, random, trigonometry].join('\n');

interface PointwiseDefinition<Saved extends string, Attrs extends object> {
  name: string;
  inputs: readonly string[];
  saves?: readonly Saved[];
  /** Checks the inputs' dtypes and gives the output's. */
  dtype(inputs: readonly Spec[], attrs: Attrs): DType;
  /** WGSL of one element; it may use `i`, the element's index. */
  expression(args: readonly string[], attrs: Attrs, inputs: readonly Spec[]): string;
  /** Output shape where it is not the broadcast of the inputs. */
  shape?(attrs: Attrs, inputs: readonly Spec[]): Shape;
  whole?: readonly number[];
  copies?: boolean;
  backward?(context: BackwardContext<Saved, Attrs>): readonly (Tensor | null)[];
}

/* @__NO_SIDE_EFFECTS__ */
export function definePointwise<const Saved extends string = never, Attrs extends object = object>(
  definition: PointwiseDefinition<Saved, Attrs>,
): OpDefinition<Saved, Attrs> {
  const { name, inputs, saves, whole, copies, backward } = definition;
  return defineOp<Saved, Attrs>({
    name,
    inputs,
    ...(saves ? { saves } : {}),
    ...(backward ? { backward } : {}),
    ...(copies ? { copies } : {}),
    shape(specs, attrs) {
      const dtype = definition.dtype(specs, attrs);
      const shapes = specs.filter((_, index) => !whole?.includes(index)).map((spec) => spec.shape);
      return [{ shape: definition.shape?.(attrs, specs) ?? broadcastShapes(name, shapes), dtype }];
    },
    pointwise: {
      kernel: elementwise.elementwise,
      library,
      expression: definition.expression.bind(definition),
      ...(whole ? { whole } : {}),
    },
  });
}
