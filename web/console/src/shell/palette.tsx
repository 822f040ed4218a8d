// Palette: everything that can be done now, by typing a few letters of it.
import type { AnyAction } from '@carillon/actions';
import { kActions } from '@carillon/actions';
import { IconSearch, Keys } from '@carillon/ui';
import { Modal } from '@mantine/core';
import { useContext, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CommandsContext } from '../desk/commands';
import { focusOf } from '../desk/focus';
import { useCenter, useLive } from '../desk/hooks';
import classes from './palette.module.css';

interface Entry {
  readonly id: string;
  readonly label: string;
  readonly section: string;
  readonly keys: string | null;
  readonly run: () => void;
}

const kSections = ['work', 'go', 'account', 'look'];

// All words, in any order, anywhere in the label.
export function fitsWords(label: string, typed: string): boolean {
  const plain = (text: string) => text.toLocaleLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
  return plain(typed)
    .split(/\s+/)
    .every((word) => plain(label).includes(word));
}

interface PaletteProps {
  readonly close: () => void;
  readonly start: (action: AnyAction) => boolean;
  readonly path: string;
}

export function Palette({ close, start, path }: PaletteProps) {
  const { t } = useTranslation();
  const { store } = useCenter();
  const commands = useContext(CommandsContext);
  const live = useLive((state) => state);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const listId = useId();
  const list = useRef<HTMLUListElement>(null);
  const entries = useMemo((): Entry[] => {
    const focus = focusOf(live, path);
    const actions = kActions
      .filter((action) => action.ready(live, focus))
      .map((action) => ({
        id: action.name,
        label: t(action.label),
        section: 'work',
        keys: action.keys,
        run: () => void start(action),
      }));
    const others = commands
      .all()
      .map((c) => ({ id: c.name, label: c.label, section: c.section, keys: c.keys ?? null, run: c.run }));
    const place = (entry: Entry) => kSections.indexOf(entry.section);
    return [...actions, ...others].filter((entry) => fitsWords(entry.label, typed)).sort((a, b) => place(a) - place(b));
  }, [live, path, typed, commands, start, t, store]);
  const chosen = entries[Math.min(at, entries.length - 1)];
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    close();
    // After the dialog has given the focus back, so that what opens next may take it.
    setTimeout(entry.run, 0);
  };
  return (
    <Modal
      opened
      onClose={close}
      withCloseButton={false}
      padding={0}
      size="lg"
      yOffset="12vh"
      centered={false}
      attributes={{ content: { 'aria-label': t('palette.title') } }}
    >
      <div className={classes['search']}>
        <IconSearch size={18} aria-hidden />
        <input
          data-autofocus
          className={classes['input']}
          value={typed}
          placeholder={t('palette.placeholder')}
          aria-label={t('palette.placeholder')}
          role="combobox"
          aria-expanded
          aria-controls={listId}
          aria-activedescendant={chosen ? `${listId}-${chosen.id}` : undefined}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={(event) => {
            const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
            if (step !== 0) {
              event.preventDefault();
              setAt((now) => (Math.min(now, entries.length - 1) + step + entries.length) % Math.max(1, entries.length));
            }
            if (event.key === 'Enter' && !event.nativeEvent.isComposing) {
              event.preventDefault();
              run(chosen);
            }
          }}
        />
      </div>
      <ul className={classes['list']} role="listbox" id={listId} ref={list} aria-label={t('palette.title')}>
        {entries.map((entry, i) => (
          <li
            key={entry.id}
            id={`${listId}-${entry.id}`}
            role="option"
            aria-selected={entry === chosen}
            className={classes['entry']}
            data-first={entry.section !== entries[i - 1]?.section || undefined}
            onClick={() => run(entry)}
            onPointerMove={() => setAt(i)}
          >
            <span>{entry.label}</span>
            <span className={classes['section']}>{t(`palette.section.${entry.section}`)}</span>
            {entry.keys && <Keys keys={entry.keys} />}
          </li>
        ))}
        {entries.length === 0 && <li className={classes['none']}>{t('palette.nothing')}</li>}
      </ul>
    </Modal>
  );
}
