/** A photograph as the network sees it. */
import { data } from '../../src/index.ts';

/**
 * The middle square of a picture, [3 * size * size] from 0 to 1, channel by channel.
 *
 * @throws Error if the file is no picture that this browser reads.
 */
export async function pixelsOf(file: File, size: number): Promise<Float32Array> {
  const { pixels } = await data.imageFolder({ pictures: [file] }, { size });
  return Float32Array.from(pixels, (value) => value / 255);
}
