/** What harness.test.ts asks of a page. */
export async function adapterName(): Promise<string> {
  const adapter = await navigator.gpu.requestAdapter();
  return adapter?.info.description ?? 'none';
}
export function add(a: number, b: number): number {
  return a + b;
}
export function complain(): void {
  console.error('a complaint');
}
export function fail(): never {
  throw new Error('a failure');
}
