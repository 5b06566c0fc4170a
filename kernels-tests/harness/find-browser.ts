/**
 * Which browser to run: a Chrome, unless the environment names another.
 *
 * A browser named by the environment wins, then one that the system has, then one that puppeteer has downloaded. Where
 * there is none, the error says what to install and how: a test that passes without a browser has tested nothing. Knows
 * paths, and nothing of flags or pages.
 */
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const VARIABLES = ['WGRAD_BROWSER', 'CHROME_PATH', 'PUPPETEER_EXECUTABLE_PATH'] as const;
const COMMANDS = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
  'brave-browser',
];

/** @throws when the environment names a browser that is not there, or when none is found. */
export function findBrowser(env: NodeJS.ProcessEnv = process.env, runs = isExecutable): string {
  const named = VARIABLES.find((name) => env[name]);
  if (named) return checkNamed(named, env[named] ?? '', env);
  const found = [...onPath(COMMANDS, env), ...installed(env), ...downloaded(env)].find(runs);
  if (found) return found;
  throw new Error(
    [
      'browser: no Chrome or Chromium found on this machine, and the kernels run in a real one.',
      ...remedies(),
      'or, on any system, without administrator rights:',
      '  npx @puppeteer/browsers install chrome@stable --path ~/.cache/puppeteer',
      'If it is installed elsewhere, set WGRAD_BROWSER=/path/to/chrome.',
    ].join('\n'),
  );
}

function checkNamed(variable: string, value: string, env: NodeJS.ProcessEnv): string {
  const found = value.includes(path.sep) ? [value] : onPath([value], env);
  const executable = found.find(isExecutable);
  if (executable) return executable;
  throw new Error(
    `browser: ${variable} is "${value}", which is not an executable file. Point it at a Chrome, Chromium or Firefox, or unset it.`,
  );
}

function remedies(): string[] {
  if (process.platform === 'darwin') return ['Install one:', '  brew install --cask google-chrome'];
  if (process.platform === 'win32') return ['Install one:', '  winget install Google.Chrome'];
  return [
    'Install one:',
    '  sudo apt-get update && sudo apt-get install -y chromium    (Debian; on Ubuntu take the line for any system)',
    '  sudo dnf install -y chromium                               (Fedora)',
    '  sudo pacman -S chromium                                    (Arch)',
  ];
}

function onPath(commands: readonly string[], env: NodeJS.ProcessEnv): string[] {
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(path.delimiter).filter(Boolean);
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return commands.flatMap((command) => folders.map((folder) => path.join(folder, command + suffix)));
}

/** Where installers put browsers that are not on the PATH. */
function installed(env: NodeJS.ProcessEnv): string[] {
  if (process.platform === 'darwin') {
    const apps = ['Google Chrome', 'Chromium', 'Google Chrome Canary', 'Microsoft Edge'];
    return ['/Applications', path.join(os.homedir(), 'Applications')].flatMap((folder) =>
      apps.map((app) => path.join(folder, `${app}.app`, 'Contents', 'MacOS', app)),
    );
  }
  if (process.platform === 'win32') {
    const roots = [env['PROGRAMFILES'], env['PROGRAMFILES(X86)'], env['LOCALAPPDATA']].filter(
      (root) => root !== undefined,
    );
    const apps = ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe'];
    return roots.flatMap((root) => apps.map((app) => path.join(root, app)));
  }
  return ['/opt/google/chrome/chrome', '/usr/lib/chromium/chromium', '/snap/bin/chromium'];
}

/** Puppeteer's cache: `chrome/<platform>-<version>/chrome-<platform>/<executable>`, the newest version first. */
function downloaded(env: NodeJS.ProcessEnv): string[] {
  const cache = path.join(env['PUPPETEER_CACHE_DIR'] ?? path.join(os.homedir(), '.cache', 'puppeteer'), 'chrome');
  const executables = [
    'chrome',
    'chrome.exe',
    'Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
  ];
  return folders(cache)
    .toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .flatMap(folders)
    .flatMap((folder) => executables.map((name) => path.join(folder, name)));
}

function folders(parent: string): string[] {
  if (!existsSync(parent)) return [];
  return readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => path.join(parent, name));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
