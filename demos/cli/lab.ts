/** What the terminal run knows of a lab: its presets, their ranges, and how its data lies in a folder. */
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/** Paths of the data's files by their parts. */
export type DataFiles = Readonly<Record<string, string>>;

export interface LabPreset {
  readonly name: string;
  readonly label: string;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

export interface Lab {
  readonly name: string;
  readonly presets: readonly LabPreset[];
  readonly defaultPreset: string;
  readonly ranges: { readonly epochs: Range; readonly seed: Range };
  /** What --data takes, for the help. */
  readonly data: string;
  /** What is scored, for the summary of a run. */
  readonly examples: string;
  /** @throws UsageError if the preset takes no data, or the folder lacks some. */
  findFiles(folder: string, preset: string): DataFiles;
}

/** A command line that cannot be obeyed; its message says what can. */
export class UsageError extends Error {}

/**
 * The files of a folder by their parts.
 *
 * @param wanted what each part's name must match, and how to call one that is missing
 * @throws UsageError if there is no such folder, or a part is missing.
 */
export function filesIn(
  folder: string,
  wanted: Readonly<Record<string, { readonly pattern: RegExp; readonly name: string }>>,
  hint: string,
): DataFiles {
  const info = statSync(folder, { throwIfNoEntry: false });
  if (!info?.isDirectory())
    throw new UsageError(`--data "${folder}" is ${info ? 'not a folder' : 'not there'}. Give the folder with ${hint}.`);
  const names = readdirSync(folder);
  const parts = Object.entries(wanted).map(
    ([part, { pattern, name }]) => [part, name, names.find((each) => pattern.test(each))] as const,
  );
  const missing = parts.filter(([, , found]) => found === undefined).map(([, name]) => name);
  if (missing.length > 0) throw new UsageError(`--data "${folder}" lacks ${missing.join(', ')}. Give ${hint}.`);
  return Object.fromEntries(parts.map(([part, , found]) => [part, path.resolve(folder, found ?? '')]));
}
