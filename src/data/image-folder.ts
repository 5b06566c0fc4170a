/**
 * Pictures from files, a folder for each class: decoded once, off the page's thread, and kept as bytes of one size.
 * Making a dataset of them is the caller's.
 */

export interface ImageFolderOptions {
  /** Rows and columns of the images. Default 32. */
  size?: number;
  /** Told how many pictures are decoded. */
  onProgress?: (done: number, total: number) => void;
}

/** Labelled pictures: `new ImageDataset(pixels, labels, shape)` makes a dataset of them. */
export interface LabelledImages {
  /** Picture after picture, each 3 planes of red, green and blue. */
  readonly pixels: Uint8Array;
  readonly labels: Int32Array;
  readonly shape: readonly [channels: 3, rows: number, columns: number];
  /** In the order of their labels: alphabetically. */
  readonly classes: readonly string[];
}

interface Job {
  readonly pictures: readonly Blob[];
  readonly size: number;
}

type Answer =
  { readonly done: number } | { readonly pixels: Uint8Array<ArrayBuffer>; readonly unread: readonly number[] };

/** Files by the folder that they lie in, as an `<input webkitdirectory>` gives them. Hidden files are left out. */
export function filesByFolder(files: Iterable<File>): Record<string, File[]> {
  const folders: Record<string, File[]> = {};
  for (const file of files) {
    if (file.name.startsWith('.')) continue;
    const folder = file.webkitRelativePath.split('/').at(-2);
    if (!folder)
      throw new Error(
        `filesByFolder: ${file.name} lies in no folder. Choose a folder that has one for each class, named as the class.`,
      );
    (folders[folder] ??= []).push(file);
  }
  return folders;
}

/**
 * Decodes pictures in a worker. Of each the middle square is taken, scaled to `size`; what is transparent becomes white.
 *
 * @param classes the pictures of each class: PNG, JPEG, WebP or what else the browser reads
 * @throws Error that names the files that are no pictures; or if a class has none.
 */
export async function imageFolder(
  classes: Readonly<Record<string, readonly Blob[]>>,
  { size = 32, onProgress }: ImageFolderOptions = {},
): Promise<LabelledImages> {
  if (!Number.isInteger(size) || size < 1 || size > 1024)
    throw new Error(`imageFolder: size must be a whole number from 1 to 1024, got ${size}.`);
  const names = Object.keys(classes).toSorted();
  const empty = names.filter((name) => classes[name]!.length === 0);
  if (names.length === 0 || empty.length)
    throw new Error(
      `imageFolder: ${empty.length ? `class ${empty.join(', ')} has no pictures` : 'there is no class'}. Give every class at least one picture.`,
    );
  const pictures = names.flatMap((name) => classes[name]!);
  const { pixels, unread } = await decode({ pictures, size }, (done) => onProgress?.(done, pictures.length));
  const labels = Int32Array.from(names.flatMap((name, label) => classes[name]!.map(() => label)));
  if (unread.length) {
    const shown = unread.slice(0, 3).map((at) => {
      const picture = pictures[at]!;
      return `${names[labels[at]!]}/${picture instanceof File ? picture.name : `${at}`}`;
    });
    throw new Error(
      `imageFolder: ${shown.join(', ')}${unread.length > 3 ? ` and ${unread.length - 3} more` : ''} cannot be read as pictures. Use PNG, JPEG or WebP, or leave them out.`,
    );
  }
  return { pixels, labels, shape: [3, size, size], classes: names };
}

function decode(job: Job, onProgress: (done: number) => void): Promise<Exclude<Answer, { done: number }>> {
  const url = URL.createObjectURL(new Blob([`(${work.toString()})()`], { type: 'text/javascript' }));
  const worker = new Worker(url);
  return new Promise<Exclude<Answer, { done: number }>>((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) =>
      'done' in data ? onProgress(data.done) : resolve(data),
    );
    worker.addEventListener('error', ({ message }) =>
      reject(
        new Error(
          `imageFolder: the worker failed: ${message || 'it did not start'}. The page must allow blob: workers.`,
        ),
      ),
    );
    worker.postMessage(job, []);
  }).finally(() => {
    worker.terminate();
    URL.revokeObjectURL(url);
  });
}

/** What the worker runs, as text: it must name nothing outside itself, and no functions within, which bundlers may wrap. */
function work(): void {
  addEventListener('message', async ({ data: { pictures, size } }: MessageEvent<Job>) => {
    const plane = size * size;
    const pixels = new Uint8Array(pictures.length * 3 * plane);
    const unread: number[] = [];
    const context = new OffscreenCanvas(size, size).getContext('2d', { willReadFrequently: true })!;
    context.imageSmoothingQuality = 'high';
    context.fillStyle = 'white';
    for (let at = 0; at < pictures.length; at++) {
      try {
        const bitmap = await createImageBitmap(pictures[at]!);
        const side = Math.min(bitmap.width, bitmap.height);
        const [left, top] = [(bitmap.width - side) / 2, (bitmap.height - side) / 2];
        context.fillRect(0, 0, size, size);
        context.drawImage(bitmap, left, top, side, side, 0, 0, size, size);
        bitmap.close();
        const { data } = context.getImageData(0, 0, size, size);
        for (let pixel = 0; pixel < plane; pixel++)
          for (let channel = 0; channel < 3; channel++)
            pixels[(3 * at + channel) * plane + pixel] = data[4 * pixel + channel]!;
      } catch {
        unread.push(at);
      }
      if (at % 32 === 31) postMessage({ done: at + 1 });
    }
    postMessage({ done: pictures.length });
    postMessage({ pixels, unread }, { transfer: [pixels.buffer] });
  });
}
