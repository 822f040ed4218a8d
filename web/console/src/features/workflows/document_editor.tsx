// The editor of a workflow document: JSON as TaskRouter has it, asked about while one types. Faults and warnings lead to their
// line; the queues stand beside it, because a document names them by sid.
import type { Schemas } from '@carillon/contract';
import { IconAlert, IconCheck, IconCopy, sentenceOf } from '@carillon/ui';
import { ActionIcon, CopyButton, Tooltip } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { lineOf } from '../../desk/admin';
import { useCenter, useLive } from '../../desk/hooks';
import { lineOfPointer } from './pointer_line';
import classes from './document_editor.module.css';

type WorkflowDocument = Schemas['WorkflowDocument'];

interface DocumentEditorProps {
  readonly value: WorkflowDocument;
  readonly onChange: (value: WorkflowDocument) => void;
  readonly onValid: (valid: boolean) => void;
  // What the server said when it was saved.
  readonly fault?: Schemas['Fault'] | undefined;
}

interface Trouble {
  readonly line: number | null;
  readonly text: string;
  readonly kind: 'fault' | 'warning';
}

function parsed(text: string): { value: WorkflowDocument | null; trouble: Trouble | null } {
  try {
    return { value: JSON.parse(text) as WorkflowDocument, trouble: null };
  } catch (fault) {
    const complaint = fault instanceof Error ? fault.message : String(fault);
    return { value: null, trouble: { line: lineOf(text, complaint), text: complaint, kind: 'fault' } };
  }
}

export function DocumentEditor({ value, onChange, onValid, fault }: DocumentEditorProps) {
  const { t } = useTranslation();
  const { rest } = useCenter();
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  const [asked] = useDebouncedValue(text, 500);
  const [said, setSaid] = useState<{ of: string; checked: Schemas['CheckedWorkflow'] } | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { value: document } = parsed(asked);
    if (document === null) return;
    const stop = new AbortController();
    const ask = async () => {
      const answer = await rest.post('/workflows/check', { body: { document }, signal: stop.signal });
      if (answer.ok && !stop.signal.aborted) setSaid({ of: asked, checked: answer.value });
    };
    void ask();
    return () => stop.abort();
  }, [asked, rest]);
  const { trouble } = parsed(text);
  const checked = said?.of === text ? said.checked : null;
  const troubles: Trouble[] = [
    ...(trouble ? [trouble] : []),
    ...(checked?.faults ?? (fault && !trouble ? [fault] : [])).map((f) => ({
      line: lineOfPointer(text, `/${f.field.replace(/^\/?(document\/)?/, '')}`),
      text: `${f.column === null ? '' : `${t('expression.column', { column: f.column })} `}${sentenceOf(f)}`,
      kind: 'fault' as const,
    })),
    ...(checked?.warnings ?? []).map((w) => ({ line: null, text: w, kind: 'warning' as const })),
  ];
  const change = (next: string) => {
    setText(next);
    const { value: document } = parsed(next);
    onValid(document !== null);
    if (document !== null) onChange(document);
  };
  const marked = new Set(troubles.filter((x) => x.kind === 'fault').map((x) => x.line));
  return (
    <div className={classes['editor']}>
      <label htmlFor="workflow-document" className={classes['label']}>
        {t('workflows.document')}
      </label>
      <p className={classes['about']}>{t('workflows.document_about')}</p>
      <Queues />
      <div className={classes['sheet']} dir="ltr">
        <div className={classes['gutter']} ref={gutter} aria-hidden>
          {text.split('\n').map((_, i) => (
            <span key={i} data-wrong={marked.has(i + 1) || undefined}>
              {i + 1}
            </span>
          ))}
        </div>
        <textarea
          id="workflow-document"
          ref={field}
          className={classes['text']}
          value={text}
          onChange={(event) => change(event.currentTarget.value)}
          onScroll={(event) => {
            if (gutter.current) gutter.current.scrollTop = event.currentTarget.scrollTop;
          }}
          spellCheck={false}
          wrap="off"
          rows={22}
          aria-invalid={troubles.some((x) => x.kind === 'fault')}
          aria-describedby="workflow-troubles"
        />
      </div>
      <ul className={classes['troubles']} id="workflow-troubles" aria-live="polite">
        {troubles.map((x) => (
          <li key={`${x.line ?? 0}${x.text}`} data-kind={x.kind}>
            <IconAlert size={14} aria-hidden />
            {x.line === null ? (
              x.text
            ) : (
              <button type="button" onClick={() => toLine(field.current, text, x.line ?? 1)}>
                <strong>{t('workflows.line', { line: x.line })}</strong> {x.text}
              </button>
            )}
          </li>
        ))}
        {checked?.valid && troubles.length === 0 && (
          <li data-kind="fine">
            <IconCheck size={14} aria-hidden /> {t('workflows.fine')}
          </li>
        )}
      </ul>
    </div>
  );
}

function toLine(field: HTMLTextAreaElement | null, text: string, line: number): void {
  if (!field) return;
  const lines = text.split('\n');
  const from = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
  field.focus();
  field.setSelectionRange(from, from + (lines[line - 1]?.length ?? 0));
  field.scrollTop = Math.max(0, (line - 6) * 20);
}

function Queues() {
  const { t } = useTranslation();
  const queues = useLive((live) => live.taskQueues);
  return (
    <ul className={classes['queues']} aria-label={t('task_queues.title')}>
      {Object.values(queues).map((queue) => (
        <li key={queue.sid}>
          {queue.friendly_name}
          <CopyButton value={queue.sid}>
            {({ copied, copy }) => (
              <Tooltip label={copied ? t('secret.copied') : queue.sid}>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size="sm"
                  onClick={copy}
                  aria-label={t('workflows.copy_sid', { name: queue.friendly_name })}
                >
                  {copied ? <IconCheck size={13} /> : <IconCopy size={13} />}
                </ActionIcon>
              </Tooltip>
            )}
          </CopyButton>
        </li>
      ))}
    </ul>
  );
}
