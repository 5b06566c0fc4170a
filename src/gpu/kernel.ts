/**
 * What an imported .wgsl file is: its entry points as plain data.
 *
 * The build plugin (shaders/build) reflects each shader once and writes these objects into the bundle, so no parser and
 * no reflection ships. The type parameters carry the names found in the file: a dispatch that names a binding, a Params
 * field or an override that the shader does not have is a type error. Knows no op and touches no device.
 */

/** One entry point of a .wgsl file, as reflected at build time. */
export interface Kernel<B extends string = string, P extends string = string, O extends string = string> {
  /** Such as `softmax.wgsl`. */
  readonly file: string;
  /** Such as `softmax_backward`. */
  readonly entryPoint: string;
  /** Stripped WGSL of the whole file: the same string for each entry point of the file. */
  readonly source: string;
  /** Storage bindings that this entry point uses, in binding order; Params is not among them. */
  readonly bindings: readonly KernelBinding<B>[];
  /** The uniform `Params` at `@group(0) @binding(0)`, or null where the entry point does not use it. */
  readonly params: ParamsLayout<P> | null;
  /** Names of the overrides that this entry point depends on; for the type checker only. */
  readonly overrides?: { readonly [K in O]: number | boolean };
}

export interface KernelBinding<B extends string = string> {
  readonly name: B;
  readonly binding: number;
  readonly access: 'read' | 'read_write';
  /** Element type of the array, such as `f32`, `u32`, `vec4f`; an atomic is named by what it holds. */
  readonly element: string;
}

/** Byte layout of a kernel's Params. */
export interface ParamsLayout<P extends string = string> {
  readonly size: number;
  readonly fields: { readonly [K in P]: ParamsField };
}

export interface ParamsField {
  readonly offset: number;
  readonly type: 'u32' | 'i32' | 'f32' | 'vec4u';
}

/**
 * The kernels of one file, from what the build plugin writes: texts, because they are small in a bundle.
 *
 * @param bindings `name binding access element`, separated by commas
 * @param params `size,name offset type,...`
 * @param entries for each entry point the places of its bindings in that list, and `p` where it uses Params
 */
export function kernelsOf(
  file: string,
  source: string,
  bindings: string,
  params: string,
  entries: Readonly<Record<string, string>>,
): Record<string, Kernel> {
  const declared = bindings.split(',').map((text): KernelBinding => {
    const [name = '', binding, access, element = ''] = text.split(' ');
    return { name, binding: Number(binding), access: access as KernelBinding['access'], element };
  });
  const [size, ...list] = params.split(',');
  const fields = list.map((text) => {
    const [name = '', offset, type] = text.split(' ');
    return [name, { offset: Number(offset), type: type as ParamsField['type'] }] as const;
  });
  const layout = { size: Number(size), fields: Object.fromEntries(fields) };
  return Object.fromEntries(
    Object.entries(entries).map(([entryPoint, text]) => {
      const used = text.split(' ').filter(Boolean);
      const own = used.filter((word) => word !== 'p').map((at) => declared[Number(at)]!);
      return [entryPoint, { file, entryPoint, source, bindings: own, params: used.includes('p') ? layout : null }];
    }),
  );
}
