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
  /** Override names that this entry point depends on, with their defaults. */
  readonly overrides: { readonly [K in O]: number | boolean };
  /** With override defaults applied. */
  readonly workgroupSize: readonly [number, number, number];
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
