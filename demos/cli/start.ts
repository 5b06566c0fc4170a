/**
 * `npm start`: serves the labs and opens the MLP lab.
 *
 * Where there is no display to open a page on, it says so and gives the address and the run that needs no page. Knows
 * the labs' addresses and nothing of what they do.
 */
import { parseArgs } from 'node:util';
import { createServer } from 'vite';

const LAB = '/mlp/';

/** Why no page can be opened here, or null where one can. */
function noDisplay(env: NodeJS.ProcessEnv): string | null {
  if (env['CI']) return 'this is a CI machine';
  if (env['SSH_CONNECTION'] || env['SSH_TTY']) return 'this is a remote shell';
  if (process.platform === 'linux' && !env['DISPLAY'] && !env['WAYLAND_DISPLAY'])
    return 'neither DISPLAY nor WAYLAND_DISPLAY is set';
  return null;
}

const { values } = parseArgs({ options: { port: { type: 'string', default: '5173' }, host: { type: 'string' } } });
const port = Number(values.port);
if (!Number.isInteger(port) || port < 0 || port > 65_535) {
  console.error(`start: --port must be between 0 and 65535, got "${values.port}". Leave it out for 5173.`);
  process.exit(1);
}

const reason = noDisplay(process.env);
const server = await createServer({ server: { port, host: values.host ?? 'localhost', open: reason === null && LAB } });
await server.listen();
const base = server.resolvedUrls?.local[0] ?? server.resolvedUrls?.network[0] ?? '';
console.log(`\n  The MLP lab:  ${new URL(LAB, base).href}`);
if (reason !== null) {
  console.log(`\n  No display to open it on (${reason}). Open the address in a browser with WebGPU,`);
  console.log('  or train in this terminal:  npm run train -- mlp');
}
console.log('\n  Ctrl+C ends it.\n');
