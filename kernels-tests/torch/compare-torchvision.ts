/**
 * Compares the logits of AlexNet, GoogLeNet, ResNet-18 and DenseNet-121 with torchvision's for the same state dict.
 *
 *   npx tsx kernels-tests/torch/compare-torchvision.ts [MODEL...]
 *
 * It needs Debian's python3-torchvision and 400 MB of scratch space, and takes minutes on a software adapter.
 */
import { execFileSync } from 'node:child_process';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { launch, watch } from '../harness/browser.ts';
import { serve } from '../harness/server.ts';
import type { Comparison } from './torchvision.page.ts';

const LIMIT = 1e-4;
const PYTHON = process.env['WGRAD_PYTHON'] ?? '/usr/bin/python3';
const chosen = process.argv.slice(2);
const names = chosen.length ? chosen : ['alexnet', 'googlenet', 'resnet18', 'densenet121'];

const folder = mkdtempSync(path.join(os.tmpdir(), 'wgrad-torchvision-'));
const files = http.createServer((request, response) => {
  response.writeHead(200, { 'access-control-allow-origin': '*' });
  createReadStream(path.join(folder, path.basename(request.url ?? ''))).pipe(response);
});
try {
  execFileSync(PYTHON, [path.join(import.meta.dirname, 'make_torchvision.py'), folder], { stdio: 'inherit' });
  await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(files.address() as AddressInfo).port}`;
  const server = await serve();
  const { browser, adapter } = await launch({ origin: `${server.origin}/kernels-tests/harness/page.html` });
  console.log(`on the ${adapter} adapter; error relative to the greatest logit, limit ${LIMIT}`);
  for (const name of names) {
    const page = await browser.newPage();
    const problems = watch(page);
    await page.goto(`${server.origin}/kernels-tests/harness/page.html`);
    const start = performance.now();
    const { error, spread, sameKeys } = (await page.evaluate(
      `import('/kernels-tests/torch/torchvision.page.ts').then((page) => page.compare('${name}', '${url}'))`,
    )) as Comparison;
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    const passes = error < LIMIT && sameKeys && problems.length === 0;
    const keys = sameKeys ? 'the same keys' : 'OTHER KEYS';
    console.log(
      `${passes ? 'ok  ' : 'FAIL'} ${name}: error ${error.toExponential(1)}, spread ${spread.toFixed(2)}, ${keys}, ${seconds} s`,
    );
    for (const problem of problems) console.log(problem);
    if (!passes) process.exitCode = 1;
    await page.close();
  }
  await browser.close();
  await server.close();
} finally {
  files.closeAllConnections();
  files.close();
  rmSync(folder, { recursive: true });
}
