// A field of the expression language: asks the server while one types whether it is right and whom it matches; a fault is shown
// at its column.
import { sentenceOf } from '@carillon/ui';
import type { Schemas } from '@carillon/contract';
import { Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCenter } from '../hooks';
import classes from './expression_field.module.css';

interface ExpressionFieldProps {
  readonly label: string;
  readonly about: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly place: Schemas['CheckExpression']['place'];
  // What the server said when it was saved.
  readonly fault?: Schemas['Fault'] | undefined;
}

export function ExpressionField({ label, about, value, onChange, place, fault }: ExpressionFieldProps) {
  const { rest } = useCenter();
  const [asked] = useDebouncedValue(value, 350);
  const [checked, setChecked] = useState<{ of: string; said: Schemas['CheckedExpression'] } | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    const ask = async () => {
      const answer = await rest.post('/expressions/check', { body: { expression: asked, place }, signal: stop.signal });
      if (answer.ok && !stop.signal.aborted) setChecked({ of: asked, said: answer.value });
    };
    void ask();
    return () => stop.abort();
  }, [asked, place, rest]);
  const said = checked?.of === value ? checked.said : null;
  const wrong = said?.fault ?? (said ? undefined : fault);
  return (
    <div>
      <Textarea
        label={label}
        description={about}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value.replaceAll('\n', ' '))}
        error={wrong !== undefined && wrong !== null}
        autosize
        minRows={1}
        maxRows={6}
        maxLength={4096}
        spellCheck={false}
        dir="ltr"
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.8125rem' } }}
      />
      <div aria-live="polite">{wrong ? <AtColumn text={value} fault={wrong} /> : said && <Matches said={said} />}</div>
    </div>
  );
}

function Matches({ said }: { readonly said: Schemas['CheckedExpression'] }) {
  const { t } = useTranslation();
  return (
    <div className={classes['said']}>
      {said.matching_workers !== null && (
        <p data-none={said.matching_workers === 0 || undefined}>
          {t('expression.matches', { count: said.matching_workers })}
        </p>
      )}
      {said.warnings.map((warning) => (
        <p key={warning} className={classes['warning']}>
          {warning}
        </p>
      ))}
    </div>
  );
}

const kBefore = 24;
const kAfter = 24;

// The piece around the column, with a mark under it: columns count characters, from 1.
export function pieceAt(text: string, column: number): { before: string; at: string; after: string } {
  const letters = [...text];
  const i = Math.min(Math.max(0, column - 1), letters.length);
  const from = Math.max(0, i - kBefore);
  return {
    before: (from > 0 ? '…' : '') + letters.slice(from, i).join(''),
    at: letters[i] ?? ' ',
    after: letters.slice(i + 1, i + 1 + kAfter).join('') + (i + 1 + kAfter < letters.length ? '…' : ''),
  };
}

export function AtColumn({ text, fault }: { readonly text: string; readonly fault: Schemas['Fault'] }) {
  const { t } = useTranslation();
  const piece = fault.column === null ? null : pieceAt(text, fault.column);
  return (
    <div className={classes['fault']} role="alert">
      {piece && (
        <code dir="ltr">
          {piece.before}
          <mark>{piece.at}</mark>
          {piece.after}
        </code>
      )}
      <p>
        {fault.column !== null && <span>{t('expression.column', { column: fault.column })} </span>}
        {sentenceOf(fault)}
      </p>
    </div>
  );
}
