/** The controls of the data: generated sentences, or MRPC and texts from files of the reader's own. */
import type { JSX } from 'preact';
import { Button, Slider } from '../shared/controls.tsx';
import { RANGES } from './config.ts';
import type { PanelProps } from './network-section.tsx';
import type { OwnFiles } from './own-files.ts';

export interface DataProps extends PanelProps {
  readonly files: OwnFiles;
  readonly onFiles: (files: readonly File[]) => void;
}

export function DataSection(props: DataProps): JSX.Element {
  const { config, onChange } = props;
  const pairs = config.task === 'pairs';
  return (
    <section class="lab-section">
      <h2>{pairs ? 'Sentence pairs' : 'Text'}</h2>
      <div class="fields">
        {pairs ? <PairsData {...props} /> : <TextData {...props} />}
        <Slider
          label={pairs ? 'Words that are read' : 'Characters of a window'}
          value={config.length}
          {...RANGES.length}
          stops={[8, 16, 24, 32, 40, 64, 128, 256]}
          onChange={(length) => onChange({ length })}
        />
      </div>
    </section>
  );
}

function PairsData({ config, onChange, files, onFiles }: DataProps): JSX.Element {
  const own = config.source === 'files' && files.pairs;
  return (
    <>
      <p class="field-note">
        {own
          ? 'The Microsoft Research Paraphrase Corpus, from your files. Its licence is for research, not for commerce; the files stay on this computer.'
          : 'Generated: the same event told in other words, or an event that differs in one part. Both kinds share equally many words.'}
      </p>
      {own ? (
        <Button label="Use generated pairs" onPress={() => onChange({ source: 'generated' })}>
          Use generated pairs
        </Button>
      ) : (
        <>
          <Button label="Choose MRPC's files…" onPress={() => askForFiles('.txt,.tsv', onFiles)}>
            Choose MRPC’s files…
          </Button>
          <p class="field-note">
            msr_paraphrase_train.txt and msr_paraphrase_test.txt, together; they can be dropped anywhere on the page.
          </p>
        </>
      )}
      {config.model === 'bert' && config.pretrain > 0 && (
        <>
          <Button label="Text to pre-train on…" onPress={() => askForFiles('.txt,.pos,.neg', onFiles)}>
            Text to pre-train on…
          </Button>
          <p class="field-note">
            {files.corpus.length > 0
              ? `Beside the training sentences: ${files.corpus.map(({ name }) => name).join(', ')}.`
              : 'Now it is the training sentences without their labels. More text, such as that of WikiText, helps more.'}
          </p>
        </>
      )}
    </>
  );
}

function TextData({ config, onChange, files, onFiles }: DataProps): JSX.Element {
  const own = config.source === 'files' && files.text;
  return (
    <>
      <p class="field-note">
        {own
          ? `${own.name}, from this computer; its last tenth is not learnt.`
          : 'Generated: sentences about who did what to whom.'}
      </p>
      {own && (
        <Button label="Use generated text" onPress={() => onChange({ source: 'generated' })}>
          Use generated text
        </Button>
      )}
      <Button label="Choose a text file…" onPress={() => askForFiles('.txt,.md,text/plain', onFiles)}>
        Choose a text file…
      </Button>
    </>
  );
}

function askForFiles(accept: string, onFiles: (files: readonly File[]) => void): void {
  const input = document.createElement('input');
  Object.assign(input, { type: 'file', multiple: true, accept });
  input.addEventListener('change', () => onFiles([...(input.files ?? [])]));
  input.click();
}
