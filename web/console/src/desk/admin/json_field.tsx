// A field of JSON: checked while it is typed, with the line of the mistake; formatted when one leaves it.
import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

interface JsonFieldProps {
  readonly label: string;
  readonly about?: string;
  readonly value: object;
  readonly onChange: (value: object) => void;
  // Told whenever what is typed becomes valid or stops being so.
  readonly onValid?: (valid: boolean) => void;
  readonly error?: string | undefined;
  readonly minRows?: number;
}

// The line of a parser's complaint; browsers say "position 12" or "line 2 column 3".
export function lineOf(text: string, complaint: string): number | null {
  const line = /line (\d+)/.exec(complaint);
  if (line) return Number(line[1]);
  const position = /position (\d+)/.exec(complaint);
  return position ? text.slice(0, Number(position[1])).split('\n').length : null;
}

export function JsonField({ label, about, value, onChange, onValid, error, minRows = 4 }: JsonFieldProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  const [wrong, setWrong] = useState<string | null>(null);
  const read = (typed: string) => {
    setText(typed);
    try {
      const parsed: unknown = JSON.parse(typed === '' ? '{}' : typed);
      if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new Error(t('json.object'));
      setWrong(null);
      onValid?.(true);
      onChange(parsed);
    } catch (fault) {
      const complaint = fault instanceof Error ? fault.message : String(fault);
      const line = lineOf(typed, complaint);
      setWrong(line === null ? complaint : t('json.line', { line, complaint }));
      onValid?.(false);
    }
  };
  return (
    <Textarea
      label={label}
      description={about}
      value={text}
      onChange={(event) => read(event.currentTarget.value)}
      error={wrong ?? error}
      autosize
      minRows={minRows}
      maxRows={24}
      spellCheck={false}
      dir="ltr"
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.8125rem' } }}
    />
  );
}
