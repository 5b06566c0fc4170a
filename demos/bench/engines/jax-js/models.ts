/** The benchmark's networks on jax-js: parameters and x -> logits. Every array is used once, or kept by `.ref`. */
import { lax, nn, numpy as np, type Array as JaxArray } from '@jax-js/jax';
import type { Model, Network, TrainingCase } from '../../cases/case.ts';
import { get, type Arrays } from './arrays.ts';

/** @param inputs x, and for an embedding a traced 1 */
export type Forward = (params: Arrays, inputs: JaxArray[]) => JaxArray;

function linear(params: Arrays, x: JaxArray, weight: string, bias: string): JaxArray {
  return np.dot(x, get(params, weight)).add(get(params, bias));
}

function mlp({ sizes }: Network & { model: 'mlp' }): Forward {
  const last = sizes.length - 2;
  return (params, [x]) => {
    let h = x!;
    for (let i = 0; i <= last; i++) {
      const z = linear(params, h, `w${i}`, `b${i}`);
      h = i < last ? nn.relu(z) : z;
    }
    return h;
  };
}

function lenet(batch: number): Forward {
  const layer = (params: Arrays, x: JaxArray, name: string, outputs: number): JaxArray => {
    const y = lax.convGeneralDilated(x, get(params, name), [1, 1], 'VALID');
    const biased = y.add(get(params, `${name}Bias`).reshape([outputs, 1, 1]));
    return lax.reduceWindow(nn.relu(biased), np.max, [2, 2], [2, 2]);
  };
  return (params, [x]) => {
    const features = layer(params, layer(params, x!, 'conv1', 6), 'conv2', 16).reshape([batch, 400]);
    const hidden = nn.relu(linear(params, nn.relu(linear(params, features, 'w0', 'b0')), 'w1', 'b1'));
    return linear(params, hidden, 'w2', 'b2');
  };
}

/** There is no scan in jax-js: the steps are unrolled. The ids are [length * batch], time by time. */
function lstm({ hidden, length }: Network & { model: 'lstm' }, batch: number): Forward {
  return (params, [ids, one]) => {
    // Times a traced 1: without it the gradient of the look-up cannot be compiled ("scatter input is not imm").
    const words = get(params, 'embedding').slice(ids!).mul(one!);
    const inputs = np
      .dot(words, get(params, 'wx'))
      .add(get(params, 'b'))
      .reshape([length, batch, 4 * hidden]);
    const wh = get(params, 'wh');
    let h: JaxArray | null = null;
    let c: JaxArray | null = null;
    for (let time = 0; time < length; time++) {
      let gates = inputs.ref.slice(time);
      if (h) gates = gates.add(np.dot(h, wh.ref));
      const [i, f, g, o] = np.split(gates, 4, -1) as [JaxArray, JaxArray, JaxArray, JaxArray];
      const news = nn.sigmoid(i).mul(np.tanh(g));
      if (c) c = nn.sigmoid(f).mul(c).add(news);
      else {
        f.dispose();
        c = news;
      }
      h = nn.sigmoid(o).mul(np.tanh(c.ref));
    }
    for (const each of [c, inputs, wh]) each?.dispose();
    return linear(params, h!, 'w0', 'b0');
  };
}

function transformer({ width, heads, length }: Network & { model: 'transformer' }, batch: number): Forward {
  const norm = (params: Arrays, x: JaxArray, name: string): JaxArray =>
    nn
      .standardize(x, -1)
      .mul(get(params, name))
      .add(get(params, `${name}Bias`));
  return (params, [x]) => {
    const rows = x!.reshape([batch * length, width]);
    const joined = linear(params, rows.ref, 'wqkv', 'bqkv').reshape([batch, length, 3, heads, width / heads]);
    const [q, k, v] = [joined.ref.slice([], [], 0), joined.ref.slice([], [], 1), joined.slice([], [], 2)] as const;
    const mixed = nn.dotProductAttention(q, k, v).reshape([batch * length, width]);
    const h = norm(params, rows.add(linear(params, mixed, 'wo', 'bo')), 'norm1');
    const fed = linear(params, nn.relu(linear(params, h.ref, 'w0', 'b0')), 'w1', 'b1');
    const y = norm(params, h.add(fed), 'norm2').reshape([batch, length, width]);
    return linear(params, np.mean(y, 1), 'w2', 'b2');
  };
}

const MODELS: { readonly [M in Model]: (network: Network & { model: M }, batch: number) => Forward } = {
  mlp,
  lenet: (_, batch) => lenet(batch),
  lstm,
  transformer,
};

export function forwardOf({ network, batch }: TrainingCase): Forward {
  return (MODELS[network.model] as (network: Network, batch: number) => Forward)(network, batch);
}
