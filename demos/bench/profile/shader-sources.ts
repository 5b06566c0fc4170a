/** The shaders as they are written, with their comments, by file name. Loaded only when a profile is shown. */
const texts = import.meta.glob<string>('../../../shaders/*.wgsl', { query: '?raw', import: 'default', eager: true });

const SOURCES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(texts).map(([path, text]) => [path.slice(path.lastIndexOf('/') + 1), text]),
);

export default SOURCES;
