/** The controls of an encoder that a reader brings: its files, its address, and what it is once it is there. */
import { useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useId } from 'preact/hooks';
import { Button } from '../shared/controls.tsx';
import { FileButton } from '../shared/file-button.tsx';
import { formatBytes, formatCount } from '../shared/format.ts';
import { SUGGESTED, SUGGESTED_BYTES, folderOf, forget, isKept } from './encoder-download.ts';
import type { EncoderStore } from './encoder-store.ts';
import type { Encoder } from './encoder.ts';
import './encoder-section.css';

export interface EncoderProps {
  readonly encoders: EncoderStore;
  readonly onFiles: (files: readonly File[]) => void;
}

export function EncoderSection({ encoders, onFiles }: EncoderProps): JSX.Element {
  const { encoder, progress, download } = encoders;
  const id = useId();
  const address = useSignal(SUGGESTED);
  const kept = useSignal(false);
  const look = (): void => void isKeptAt(address.peek()).then((is) => (kept.value = is));
  useSignalEffect(() => {
    void [encoder.value, progress.value === null, address.value];
    look();
  });
  return (
    <>
      {encoder.value && <Sizes encoder={encoder.value} />}
      <FileButton label="Choose its files…" accept=".safetensors,.txt,.json" multiple onFiles={onFiles} />
      <p class="field-note">
        model.safetensors, vocab.txt or tokenizer.json, and config.json, together; or the one file of an encoder that
        was pre-trained here.
      </p>
      <div class="field">
        <div class="field-head">
          <label for={id}>Or its address</label>
        </div>
        <input
          id={id}
          class="input address"
          type="text"
          spellcheck={false}
          autocomplete="off"
          value={address.value}
          onInput={(event) => (address.value = event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Enter' && download(address.value)}
        />
        <p class="field-note">
          owner/name@commit at Hugging Face, or a folder of the web.{' '}
          {address.value === SUGGESTED && `This one has ${formatBytes(SUGGESTED_BYTES)}. `}
          It is kept in this browser; where no commit is named, it is fetched each time.
        </p>
      </div>
      <DownloadProgress encoders={encoders} />
      {progress.value === null && (
        <div class="encoder-buttons">
          <Button
            label={kept.value ? 'Take the kept one' : 'Download'}
            disabled={address.value.trim() === ''}
            onPress={() => download(address.value)}
          >
            {kept.value ? 'Take the kept one' : 'Download'}
          </Button>
          {kept.value && (
            <Button
              label="Delete the kept one"
              variant="quiet"
              onPress={() => void forget(folderOf(address.value)).then(look)}
            >
              Delete the kept one
            </Button>
          )}
        </div>
      )}
    </>
  );
}

/** In place of pictures, until there is something to train. */
export function EncoderPrompt({ encoders, onFiles }: EncoderProps): JSX.Element {
  return (
    <div class="encoder-prompt">
      <p>
        This begins from an encoder that is not here yet. Drop its files on the page, or take the suggested one: MiniLM
        from Hugging Face, {formatBytes(SUGGESTED_BYTES)}.
      </p>
      <div class="encoder-buttons">
        <FileButton label="Choose its files…" accept=".safetensors,.txt,.json" multiple onFiles={onFiles} />
        <Button
          label="Download the suggested one"
          disabled={encoders.progress.value !== null}
          onPress={() => encoders.download(SUGGESTED)}
        >
          Download the suggested one
        </Button>
      </div>
      <DownloadProgress encoders={encoders} />
    </div>
  );
}

function DownloadProgress({ encoders }: { encoders: EncoderStore }): JSX.Element | null {
  const now = encoders.progress.value;
  if (!now) return null;
  const { loaded, total } = now;
  return (
    <div class="encoder-progress">
      <progress {...(total === null ? {} : { max: total, value: loaded })} aria-label="Download of the encoder" />
      <span>
        {formatBytes(loaded)}
        {total !== null && ` of ${formatBytes(total)}`}
      </span>
      <Button label="Stop the download" onPress={encoders.stop}>
        Stop
      </Button>
    </div>
  );
}

/** What is set by the file, where other networks have controls. */
function Sizes({ encoder: { name, sizes, unit } }: { encoder: Encoder }): JSX.Element {
  const { hiddenSize, numHiddenLayers, numAttentionHeads, vocabSize, maxPositionEmbeddings, headsGuessed } = sizes;
  const rows = [
    ['Features of a word', hiddenSize],
    ['Layers', numHiddenLayers],
    [headsGuessed ? 'Heads (not said: 64 features each)' : 'Heads', numAttentionHeads],
    [unit === 'pieces' ? 'Word pieces known' : 'Words known', vocabSize],
    ['Read at most', maxPositionEmbeddings],
  ] as const;
  return (
    <div class="encoder-sizes">
      <p>{name}</p>
      <dl>
        {rows.map(([label, size]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{formatCount(size)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

async function isKeptAt(address: string): Promise<boolean> {
  try {
    return await isKept(folderOf(address));
  } catch {
    return false;
  }
}
