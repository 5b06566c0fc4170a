/**
 * Writes ONNX models of a few nodes: protocol buffers by hand, for the fields that the benchmark's ops need.
 * Source: onnx.proto3 of ONNX 1.17 (operator set 17); field numbers stand beside their names.
 */

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number | readonly number[] | { readonly float: number }>>;
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  readonly outputs: Readonly<Record<string, readonly number[]>>;
  readonly scalars?: Readonly<Record<string, number>>;
}

type Bytes = readonly number[];

const FLOAT = 1;

export function onnxModel({ nodes, inputs, outputs, scalars = {} }: OnnxGraph): Uint8Array<ArrayBuffer> {
  const graph = [
    ...nodes.flatMap((node) => message(1, nodeOf(node))),
    ...text(2, 'graph'),
    ...Object.entries(scalars).flatMap(([name, value]) => message(5, scalarOf(name, value))),
    ...Object.entries(inputs).flatMap(([name, shape]) => message(11, valueOf(name, shape))),
    ...Object.entries(outputs).flatMap(([name, shape]) => message(12, valueOf(name, shape))),
  ];
  const operatorSet = [...text(1, ''), ...whole(2, 17)];
  return Uint8Array.from([...whole(1, 8), ...message(7, graph), ...message(8, operatorSet)]);
}

function nodeOf({ op, inputs, outputs, attributes = {} }: OnnxNode): Bytes {
  return [
    ...inputs.flatMap((name) => text(1, name)),
    ...outputs.flatMap((name) => text(2, name)),
    ...text(4, op),
    ...Object.entries(attributes).flatMap(([name, value]) => message(5, [...text(1, name), ...attributeOf(value)])),
  ];
}

/** f = 2 with type 1, i = 3 with type 2, ints = 8 with type 7 */
function attributeOf(value: number | readonly number[] | { readonly float: number }): Bytes {
  if (typeof value === 'number') return [...whole(3, value), ...whole(20, 2)];
  if ('float' in value) return [...key(2, 5), ...float32(value.float), ...whole(20, 1)];
  return [...value.flatMap((each) => whole(8, each)), ...whole(20, 7)];
}

function scalarOf(name: string, value: number): Bytes {
  return [...whole(2, FLOAT), ...text(8, name), ...message(9, float32(value))];
}

function valueOf(name: string, shape: readonly number[]): Bytes {
  const dimensions = shape.flatMap((size) => message(1, whole(1, size)));
  const tensor = [...whole(1, FLOAT), ...message(2, dimensions)];
  return [...text(1, name), ...message(2, message(1, tensor))];
}

function key(field: number, wire: number): Bytes {
  return varint(field * 8 + wire);
}

function whole(field: number, value: number): Bytes {
  return [...key(field, 0), ...varint(value)];
}

function message(field: number, content: Bytes): Bytes {
  return [...key(field, 2), ...varint(content.length), ...content];
}

function text(field: number, value: string): Bytes {
  return message(field, [...new TextEncoder().encode(value)]);
}

function float32(value: number): Bytes {
  return [...new Uint8Array(Float32Array.of(value).buffer)];
}

/** Seven bits a byte, the lowest first; negative numbers as 64-bit two's complement. */
function varint(value: number): Bytes {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
    bytes.push(Number(rest & 127n) | (rest > 127n ? 128 : 0));
    if (rest <= 127n) return bytes;
  }
}
