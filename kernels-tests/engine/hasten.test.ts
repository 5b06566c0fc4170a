import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { hastening } from '../../src/gpu/hasten.ts';

describe('in Firefox, which looks ten times a second whether work is done', () => {
  let submits: unknown[];
  const device = () => {
    const submit = (commands: unknown): number => submits.push(commands);
    return { queue: { submit } } as unknown as GPUDevice;
  };
  const later = <T>(ms: number, value: T): Promise<T> => new Promise((resolve) => setTimeout(() => resolve(value), ms));

  beforeEach(() => {
    submits = [];
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  test('nothing is submitted while an answer is awaited, and then no more', async () => {
    vi.stubGlobal('navigator', { userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0' });
    const hasten = hastening(device());
    const answers = Promise.all([hasten(later(20, 'first')), hasten(later(50, 'second'))]);
    await vi.advanceTimersByTimeAsync(60);
    expect(await answers).toEqual(['first', 'second']);
    expect(submits.length).toBeGreaterThan(10);
    expect(submits.every((commands) => Array.isArray(commands) && commands.length === 0)).toBe(true);
    const soFar = submits.length;
    await vi.advanceTimersByTimeAsync(200);
    expect(submits).toHaveLength(soFar);
  });

  test('an answer that fails does so, and is awaited no more', async () => {
    vi.stubGlobal('navigator', { userAgent: 'Firefox/153.0' });
    const hasten = hastening(device());
    await expect(hasten(Promise.reject(new Error('lost')))).rejects.toThrow('lost');
    await vi.advanceTimersByTimeAsync(50);
    const soFar = submits.length;
    await vi.advanceTimersByTimeAsync(200);
    expect(submits).toHaveLength(soFar);
  });

  test.each(['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36', undefined])(
    'and nowhere else: %s',
    async (userAgent) => {
      vi.stubGlobal('navigator', userAgent && { userAgent });
      const answer = later(50, 1);
      expect(hastening(device())(answer)).toBe(answer);
      await vi.advanceTimersByTimeAsync(60);
      expect(submits).toEqual([]);
    },
  );
});
