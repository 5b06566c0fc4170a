/** What each test file does at its end. */
import { afterAll } from 'vitest';
import { leaveBrowser } from './page.ts';

afterAll(leaveBrowser);
