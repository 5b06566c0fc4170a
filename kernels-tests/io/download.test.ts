/** Downloads that break off, go on, are wrong, or are there already; in a browser and in Node. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { download } from '../../src/io/download.ts';
import { openPage, type TestPage } from '../harness/page.ts';
import type * as Module from './download.page.ts';
import { contents } from './flaky-server-contents.ts';
import { flakyServer, type FlakyServer } from './flaky-server.ts';

let server: FlakyServer;
let page: TestPage<typeof Module>;
beforeAll(async () => {
  server = await flakyServer();
  page = await openPage<typeof Module>('kernels-tests/io/download.page.ts');
});
afterAll(async () => {
  await page.close();
  await server[Symbol.asyncDispose]();
});

const sum = (size: number, version = 0): string => createHash('sha256').update(contents(size, version)).digest('hex');
const at = (file: string, options = ''): string => `${server.origin}/${file}?${options}`;
const whole = { wrong: 0, length: 1000, cached: true, error: '' };
const ranges = (file: string): (string | undefined)[] => server.asked(file).map(({ range }) => range);

describe('download', () => {
  it('gives the bytes, keeps them, and takes them from there', async () => {
    const url = at('plain');
    expect(await page.call('get', url, { sha256: sum(1000) })).toMatchObject({
      ...whole,
      from: 'network',
      total: 1000,
    });
    const again = await page.call('get', url, { sha256: sum(1000).toUpperCase() });
    expect(again).toMatchObject({ ...whole, from: 'cache', loaded: [1000], total: 1000 });
    expect(server.asked('plain')).toHaveLength(1);
  });

  it('finds what is kept after the page is opened anew', async () => {
    await page.call('get', at('reload'), {});
    await using other = await openPage<typeof Module>('kernels-tests/io/download.page.ts');
    expect(await other.call('get', at('reload'), {})).toMatchObject({ ...whole, from: 'cache' });
  });

  it.each([
    ['without a length', 'length=no', 1000],
    ['of one byte', 'size=1', 1],
    ['of nothing', 'size=0', 0],
    ['larger than a piece that is put aside', 'size=9000001', 9_000_001],
  ])('gets a file %s', async (name, options, size) => {
    const got = await page.call('get', at(name, options), { size, sha256: sum(size) });
    expect(got).toMatchObject({ wrong: 0, length: size, from: 'network', cached: true, error: '' });
    expect(got.total).toBe(options === 'length=no' || size === 0 ? null : size);
    expect(got.loaded).toEqual(got.loaded.toSorted((a, b) => a - b));
    expect(await page.call('get', at(name, options), { size })).toMatchObject({
      from: 'cache',
      wrong: 0,
      length: size,
    });
  });

  it('goes on where the connection broke off', async () => {
    expect(await page.call('get', at('broken', 'breaks=2'), {})).toMatchObject({ ...whole, from: 'resumed' });
    expect(ranges('broken')).toEqual([undefined, 'bytes=500-', 'bytes=750-']);
  });

  it.each([
    ['the server serves no ranges', 'ranges=no', sum(1000)],
    ['neither a tag nor a sum tells versions apart', 'tag=no', undefined],
  ])('starts again where %s', async (name, options, sha256) => {
    const found = await page.call('get', at(name, `breaks=1&${options}`), sha256 ? { sha256 } : {});
    expect(found).toMatchObject({ ...whole, from: 'network' });
    expect(found.loaded.at(-1)).toBe(1000);
  });

  it('goes on by the sum alone where the page may not see tags and ranges', async () => {
    const found = await page.call('get', at('hidden', 'breaks=1&expose=no'), { sha256: sum(1000) });
    expect(found).toMatchObject({ ...whole, from: 'resumed' });
  });

  it('keeps the beginning when it gives up, and goes on from it in another page', async () => {
    const url = at('later', 'breaks=1');
    const first = await page.call('get', url, { retries: 0 });
    expect(first.error).toMatch(
      /^download: the connection to .* broke off at byte 500 of 1000 \(.*\)\. Try again; what has arrived is kept\.$/,
    );
    expect((await page.call('list')).find((file) => file.url === url)).toEqual({ url, bytes: 500, complete: false });
    await using other = await openPage<typeof Module>('kernels-tests/io/download.page.ts');
    const got = await other.call('get', url, {});
    expect(got).toMatchObject({ ...whole, from: 'resumed' });
    expect(got.loaded[0]).toBeGreaterThan(500);
    expect(ranges('later')).toEqual([undefined, 'bytes=500-']);
  });

  it('keeps the beginning when it is aborted, and gives the reason', async () => {
    const url = at('aborted', 'slow=400');
    expect((await page.call('get', url, { abortAt: 500 })).error).toBe('enough');
    expect(await page.call('get', url, {})).toMatchObject({ ...whole, from: 'resumed' });
    expect(ranges('aborted')).toEqual([undefined, 'bytes=500-']);
  });

  it('keeps the beginning while the server cannot be reached', async () => {
    const url = at('away', 'breaks=1');
    await page.call('get', url, { retries: 0 });
    server.become('away', 'status=503');
    expect((await page.call('get', url, { retries: 0 })).error).toMatch(
      /^download: .* answers 503 Service Unavailable\./,
    );
    server.become('away', '');
    expect(await page.call('get', url, {})).toMatchObject({ ...whole, from: 'resumed' });
  });

  it.each([
    ['which its tag tells', '', {}],
    ['which the sum alone tells', 'tag=no', { sha256: sum(1000, 1) }],
  ])('mixes no versions: drops the beginning of another one, %s', async (name, options, given) => {
    const url = at(name, `breaks=1&${options}`);
    await page.call('get', url, { retries: 0, sha256: sum(1000) });
    server.become(name, 'version=1');
    expect(await page.call('get', url, { version: 1, ...given })).toMatchObject({ ...whole, from: 'network' });
  });

  it('refuses other bytes than asked for, and keeps none of them', async () => {
    const url = at('wrong', 'version=3');
    const { error } = await page.call('get', url, { sha256: sum(1000) });
    expect(error).toContain(`gave 1000 bytes with SHA-256 ${sum(1000, 3)}, and not ${sum(1000)}.`);
    expect((await page.call('list')).filter((file) => file.url === url)).toEqual([]);
  });

  it('downloads again where what is kept is not what is asked for', async () => {
    const url = at('spoilt', 'size=777');
    await page.call('get', url, { size: 777 });
    await page.call('spoil', 777);
    expect(await page.call('get', url, { size: 777, sha256: sum(777) })).toMatchObject({
      wrong: 0,
      from: 'network',
      error: '',
    });
    expect(await page.call('get', url, { size: 777, sha256: sum(777) })).toMatchObject({
      wrong: 0,
      from: 'cache',
      error: '',
    });
  });

  it('lists what is kept, and forgets it', async () => {
    const url = at('listed', 'size=321');
    await page.call('get', url, { size: 321 });
    expect((await page.call('list')).find((file) => file.url === url)).toEqual({ url, bytes: 321, complete: true });
    expect([await page.call('forget', url), await page.call('forget', url)]).toEqual([true, false]);
    expect((await page.call('list')).find((file) => file.url === url)).toBeUndefined();
    expect(await page.call('get', url, { size: 321 })).toMatchObject({ from: 'network' });
  });

  it('keeps nothing when asked not to', async () => {
    expect(await page.call('get', at('unkept'), { cache: false })).toMatchObject({
      cached: false,
      notCached: 'cache is false',
    });
    expect((await page.call('list')).filter(({ url }) => url === at('unkept'))).toEqual([]);
  });

  it.each([
    ['gone', 'status=404', {}, /^download: http:.*\/gone\?status=404 answers 404 Not Found\. Check the address\.$/],
    ['a sum of other length', '', { sha256: 'abc' }, /^download: sha256 must be 64 hexadecimal digits, got "abc"\.$/],
  ])('says what is wrong: %s', async (name, options, given, message) => {
    expect((await page.call('get', at(name, options), given)).error).toMatch(message);
  });

  it('says that a server cannot be reached, or is no server', async () => {
    expect((await page.call('get', 'http://127.0.0.1:9/x', {})).error).toMatch(
      /^download: http:.* cannot be reached \(.*CORS/,
    );
    expect((await page.call('get', 'http://[', {})).error).toMatch(/^download: "http:\/\/\[" is no address\./);
  });
});

describe('data.mnist without files', () => {
  it.each(['train', 'test'] as const)(
    'asks the folder for the official files of %s, and takes no others',
    async (split) => {
      const folder = `folder-${split}`;
      const message = await page.call('mnist', `${server.origin}/${folder}/`, split);
      expect(message).toMatch(/^download: .*-ubyte\.gz gave 1000 bytes with SHA-256 /);
      const part = split === 'train' ? 'train' : 't10k';
      // Both are asked for at once, and one that is refused does not wait for the other to arrive.
      for (const file of [`${part}-images-idx3-ubyte.gz`, `${part}-labels-idx1-ubyte.gz`])
        await expect.poll(() => server.asked(`${folder}/${file}`)).toHaveLength(1);
    },
  );

  it('says which splits there are', async () => {
    expect(await page.call('mnist', server.origin, 'val' as 'test')).toBe(
      'mnist: split must be "train" or "test", got "val".',
    );
  });
});

describe('where the browser stores nothing', () => {
  it.each([
    ['deny', /refuses private files, as in a private window \(SecurityError: not here\)/],
    ['lack', /has no private file system/],
  ] as const)(
    '(%s) a download works, says why nothing is kept, and fails only if that is required',
    async (how, why) => {
      await using other = await openPage<typeof Module>('kernels-tests/io/download.page.ts');
      await other.call(how);
      const got = await other.call('get', at(how, 'breaks=1'), { sha256: sum(1000) });
      expect(got).toMatchObject({ ...whole, cached: false, from: 'resumed' });
      expect(got.notCached).toMatch(why);
      const { error } = await other.call('get', at(how), { cache: 'required' });
      expect(error).toMatch(/^download: http:.* cannot be kept: /);
      expect(error).toMatch(why);
    },
  );

  it('because there is no room, a download works all the same', async () => {
    await using other = await openPage<typeof Module>('kernels-tests/io/download.page.ts');
    const devtools = await other.page.createCDPSession();
    const { origin } = new URL(other.page.url());
    const noRoom = /the file has 5000000 bytes and there is room for |share of the disk is full/;
    await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 100_000 });
    try {
      const options = { size: 5_000_000, sha256: sum(5_000_000) };
      const got = await other.call('get', at('large', 'size=5000000'), options);
      expect(got).toMatchObject({ wrong: 0, length: 5_000_000, cached: false, error: '' });
      expect(got.notCached).toMatch(noRoom);
      const required = await other.call('get', at('large', 'size=5000000'), { ...options, cache: 'required' });
      expect(required.error).toMatch(noRoom);
      expect(required.error).toMatch(/cannot be kept: .*Make room/);
    } finally {
      await devtools.send('Storage.overrideQuotaForOrigin', { origin });
    }
  });

  it('as in Node, a download works', async () => {
    const { bytes, ...rest } = await download(at('node', 'breaks=1'), { sha256: sum(1000) });
    expect(bytes).toEqual(contents(1000));
    expect(rest).toEqual({
      from: 'resumed',
      cached: false,
      notCached: expect.stringContaining('no private file system'),
    });
    await expect(download(at('node', 'version=1'), { sha256: sum(1000) })).rejects.toThrow('SHA-256');
  });
});
