/** A photograph as the network sees it. */

/**
 * The middle square of a picture, [3 * size * size] from 0 to 1, channel by channel.
 *
 * @throws Error if the file is no picture that this browser reads.
 */
export async function pixelsOf(file: File, size: number): Promise<Float32Array> {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Error(`${file.name} is no picture that this browser can read. Use a PNG or JPEG.`);
  });
  const side = Math.min(bitmap.width, bitmap.height);
  const canvas = new OffscreenCanvas(size, size);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser gives no canvas to scale pictures on.');
  context.imageSmoothingQuality = 'high';
  // What shows through a picture is paper.
  context.fillStyle = 'white';
  context.fillRect(0, 0, size, size);
  const [left, top] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
  context.drawImage(bitmap, left, top, side, side, 0, 0, size, size);
  bitmap.close();
  const { data } = context.getImageData(0, 0, size, size);
  const pixels = new Float32Array(3 * size * size);
  for (let at = 0; at < size * size; at++)
    for (let channel = 0; channel < 3; channel++)
      pixels[channel * size * size + at] = (data[4 * at + channel] ?? 0) / 255;
  return pixels;
}
