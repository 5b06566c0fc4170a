/** Safetensors files: the exact bytes written, every element type read, and what each kind of damage is called. */
import { describe, expect, it } from 'vitest';
import { loadSafetensors, safetensorsMetadata, saveSafetensors, type Storable } from '../../src/io/safetensors.ts';

function stored(shape: number[], data: Float32Array | Int32Array | Uint8Array): Storable {
  const dtype = data instanceof Float32Array ? 'float32' : data instanceof Int32Array ? 'int32' : 'bool';
  return { shape, dtype, data: () => Promise.resolve(data) };
}

/** A file with the header as given, whatever it says. */
function file(header: unknown, data: ArrayLike<number> = [], headerText = JSON.stringify(header)): Uint8Array {
  const text = new TextEncoder().encode(headerText);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

function one(dtype: string, shape: number[], data: Uint8Array): Uint8Array {
  return file({ x: { dtype, shape, data_offsets: [0, data.length] } }, data);
}

const bytes = (array: ArrayBufferView): Uint8Array =>
  new Uint8Array(array.buffer.slice(array.byteOffset, array.byteOffset + array.byteLength) as ArrayBuffer);

describe('a file that is written', () => {
  const weight = stored([2, 3], Float32Array.of(1, -2, 3.5, 0, -0, 1e-45));
  const labels = stored([2], Int32Array.of(-1, 2 ** 31 - 1));
  const mask = stored([3], Uint8Array.of(1, 0, 1));

  it('has a header padded to 8 bytes and the data behind it without gaps', async () => {
    const written = await saveSafetensors({ mask, 'fc.weight': weight, labels }, { metadata: { format: 'pt' } });
    const length = Number(new DataView(written.buffer).getBigUint64(0, true));
    expect(length % 8).toBe(0);
    expect(JSON.parse(new TextDecoder().decode(written.subarray(8, 8 + length)))).toEqual({
      __metadata__: { format: 'pt' },
      'fc.weight': { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
      labels: { dtype: 'I32', shape: [2], data_offsets: [24, 32] },
      mask: { dtype: 'BOOL', shape: [3], data_offsets: [32, 35] },
    });
    expect(written).toHaveLength(8 + length + 35);
    expect(written.slice(8 + length, 8 + length + 8)).toEqual(bytes(Float32Array.of(1, -2)));
  });

  it('gives the same bits back, with its metadata', async () => {
    const written = await saveSafetensors({ mask, weight, labels }, { metadata: { epoch: '3', note: 'naïve "é"' } });
    const loaded = loadSafetensors(written);
    expect(Object.keys(loaded).sort()).toEqual(['labels', 'mask', 'weight']);
    expect(loaded['labels']).toEqual({ dtype: 'int32', shape: [2], data: Int32Array.of(-1, 2 ** 31 - 1) });
    expect(loaded['mask']).toEqual({ dtype: 'bool', shape: [3], data: Uint8Array.of(1, 0, 1) });
    expect(bytes(loaded['weight']!.data)).toEqual(bytes(Float32Array.of(1, -2, 3.5, 0, -0, 1e-45)));
    expect(safetensorsMetadata(written)).toEqual({ epoch: '3', note: 'naïve "é"' });
  });

  it('may hold scalars, empty tensors, odd names, or nothing', async () => {
    const odd = { 'naïve.名': stored([], Float32Array.of(7)), empty: stored([0, 4], new Float32Array(0)) };
    const loaded = loadSafetensors(await saveSafetensors({ ...odd, ['__proto__']: stored([1], Int32Array.of(5)) }));
    expect(Object.keys(loaded).sort()).toEqual(['__proto__', 'empty', 'naïve.名']);
    expect(loaded['naïve.名']).toEqual({ dtype: 'float32', shape: [], data: Float32Array.of(7) });
    expect(loaded['empty']?.shape).toEqual([0, 4]);
    expect(loadSafetensors(await saveSafetensors({}))).toEqual({});
  });

  it('refuses the reserved name and metadata that is no text', async () => {
    await expect(saveSafetensors({ __metadata__: mask })).rejects.toThrow(
      'saveSafetensors: "__metadata__" is reserved',
    );
    const metadata = { epoch: 3 } as unknown as Record<string, string>;
    await expect(saveSafetensors({ mask }, { metadata })).rejects.toThrow(
      'metadata "epoch" must be a string, got number',
    );
  });
});

describe('a file from elsewhere', () => {
  it.each([
    ['F64', bytes(Float64Array.of(0.1, -Infinity)), 'float32', Float32Array.of(0.1, -Infinity)],
    [
      'F16',
      bytes(Uint16Array.of(0x3c00, 0xc100, 0x0001, 0x7bff, 0xfc00)),
      'float32',
      Float32Array.of(1, -2.5, 2 ** -24, 65504, -Infinity),
    ],
    ['BF16', bytes(Uint16Array.of(0x3f80, 0xc020, 0x7f80)), 'float32', Float32Array.of(1, -2.5, Infinity)],
    ['I64', bytes(BigInt64Array.of(-5n, 2147483647n)), 'int32', Int32Array.of(-5, 2147483647)],
    ['U64', bytes(BigUint64Array.of(5n)), 'int32', Int32Array.of(5)],
    ['U32', bytes(Uint32Array.of(5)), 'int32', Int32Array.of(5)],
    ['I16', bytes(Int16Array.of(-300, 300)), 'int32', Int32Array.of(-300, 300)],
    ['U16', bytes(Uint16Array.of(65535)), 'int32', Int32Array.of(65535)],
    ['I8', bytes(Int8Array.of(-128)), 'int32', Int32Array.of(-128)],
    ['U8', Uint8Array.of(255, 0), 'int32', Int32Array.of(255, 0)],
    ['BOOL', Uint8Array.of(0, 1), 'bool', Uint8Array.of(0, 1)],
  ])('gives %s as the engine computes with it', (dtype, data, expected, values) => {
    expect(loadSafetensors(one(dtype, [values.length], data))['x']).toEqual({
      dtype: expected,
      shape: [values.length],
      data: values,
    });
  });

  it('keeps NaN of both halves', () => {
    expect(loadSafetensors(one('F16', [1], bytes(Uint16Array.of(0x7e00))))['x']?.data[0]).toBeNaN();
    expect(loadSafetensors(one('BF16', [1], bytes(Uint16Array.of(0x7fc0))))['x']?.data[0]).toBeNaN();
  });

  it('may lie at any byte of a buffer and list its tensors in any order', () => {
    const header = {
      b: { dtype: 'F32', shape: [1], data_offsets: [1, 5] },
      a: { dtype: 'U8', shape: [1], data_offsets: [0, 1] },
    };
    const whole = file(header, [9, ...bytes(Float32Array.of(1.5))]);
    const shifted = new Uint8Array(whole.length + 3);
    shifted.set(whole, 3);
    for (const source of [whole.buffer as ArrayBuffer, shifted.subarray(3)]) {
      expect(loadSafetensors(source)['b']?.data).toEqual(Float32Array.of(1.5));
      expect(loadSafetensors(source)['a']?.data).toEqual(Int32Array.of(9));
    }
  });

  it.each([
    ['I64', bytes(BigInt64Array.of(1n, 2n ** 31n)), 'element 1 is 2147483648, beyond int32'],
    ['I64', bytes(BigInt64Array.of(-(2n ** 63n))), 'element 0 is -9223372036854775808, beyond int32'],
    ['U32', bytes(Uint32Array.of(2 ** 32 - 1)), 'element 0 is 4294967295, beyond int32'],
    ['F64', bytes(Float64Array.of(0, 1e300)), 'element 1 is 1e+300, beyond float32'],
    ['BOOL', Uint8Array.of(1, 2), 'element 1 is 2; a boolean is 0 or 1'],
  ])('says which element of %s would be lost', (dtype, data, message) => {
    const count = data.length / (dtype === 'BOOL' ? 1 : dtype === 'U32' ? 4 : 8);
    expect(() => loadSafetensors(one(dtype, [count], data))).toThrow(`loadSafetensors: "x" cannot be read: ${message}`);
  });
});

describe('a damaged file', () => {
  const x = (dtype: unknown, shape: unknown, data_offsets: unknown): object => ({ dtype, shape, data_offsets });
  const huge = new Uint8Array(16);
  new DataView(huge.buffer).setBigUint64(0, 2n ** 63n, true);

  it.each([
    ['nothing', new Uint8Array(0), "the file is cut short: 0 bytes, but the header's length takes 8"],
    ['a header beyond the limit', huge, 'the header claims 9223372036854775808 bytes; the format allows 100000000'],
    [
      'half a header',
      file({ x: x('F32', [1], [0, 4]) }).subarray(0, 30),
      'its header ends at byte 62 and the file at byte 30',
    ],
    ['a header that is not JSON', file(0, [], '{"x": '), 'the header is not JSON'],
    ['a header that is not UTF-8', Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0xff), 'the header is not JSON'],
    ['a header that is a list', file([]), 'the header is not a JSON object starting with {'],
    ['a header with space before it', file(0, [], ' {}'), 'the header is not a JSON object starting with {'],
    ['an entry that is no object', file({ x: 3 }), '"x" is not described by an object'],
    [
      'an unknown element type',
      file({ x: x('F8_E4M3', [1], [0, 1]) }, [0]),
      '"x" has element type "F8_E4M3", which is not supported. Convert it to one of F32,',
    ],
    ['no element type', file({ x: {} }), '"x" has element type undefined'],
    ['a negative size', file({ x: x('U8', [-1], [0, 0]) }), '"x" has shape [-1]; sizes must be whole numbers'],
    ['a fraction as size', file({ x: x('U8', [1.5], [0, 0]) }), '"x" has shape [1.5]'],
    ['a shape that is text', file({ x: x('U8', '2', [0, 2]) }, [0, 0]), '"x" has shape "2"'],
    ['one offset', file({ x: x('U8', [1], [0]) }, [0]), '"x" has data_offsets [0]; they must be two whole numbers'],
    ['negative offsets', file({ x: x('U8', [1], [-1, 0]) }, [0]), '"x" has data_offsets [-1,0]'],
    [
      'offsets in the wrong order',
      file({ x: x('U8', [1], [1, 0]) }, [0]),
      '"x" is U8 [1], 1 bytes, but has -1 (1 to 0)',
    ],
    [
      'a size that is not its shape',
      file({ x: x('F32', [2], [0, 4]) }, [0, 0, 0, 0]),
      '"x" is F32 [2], 8 bytes, but has 4 (0 to 4)',
    ],
    [
      'a shape whose product overflows',
      file({ x: x('F32', [2 ** 40, 2 ** 40], [0, 4]) }, [0, 0, 0, 0]),
      'but has 4 (0 to 4)',
    ],
    ['data cut short', file({ x: x('U8', [4], [0, 4]) }, [1, 2]), '"x" ends at byte 4 of the data, which has 2'],
    [
      'overlapping tensors',
      file({ a: x('U8', [2], [0, 2]), b: x('U8', [2], [1, 3]) }, [1, 2, 3]),
      '"b" (from byte 1) overlaps "a" (to byte 2)',
    ],
    [
      'a hole',
      file({ a: x('U8', [1], [0, 1]), b: x('U8', [1], [2, 3]) }, [1, 2, 3]),
      'bytes 1 to 2, before "b", belong to no tensor',
    ],
    ['bytes at the end', file({ a: x('U8', [1], [0, 1]) }, [1, 2, 3]), '2 bytes behind the last tensor belong to none'],
    ['metadata that is no object', file({ __metadata__: 'x' }), '__metadata__ is not an object of strings'],
    ['metadata that is no text', file({ __metadata__: { a: 1 } }), '__metadata__ "a" is not a string'],
  ])('%s is refused by name', (_, damaged, message) => {
    expect(() => loadSafetensors(damaged)).toThrow(`loadSafetensors: `);
    expect(() => loadSafetensors(damaged)).toThrow(message);
  });
});
