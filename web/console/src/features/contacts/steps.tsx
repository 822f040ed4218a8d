// The steps of a contact: each stay in a queue and each worker's segment, on one scale of time.
import type { Schemas } from '@carillon/contract';
import { measureOf, timeOf } from '@carillon/ui';
import { useTranslation } from 'react-i18next';
import { useLive } from '../../desk/hooks';
import classes from './steps.module.css';

export interface Bar {
  readonly kind: 'wait' | 'talk' | 'wrap';
  readonly from: number;
  readonly to: number;
}

export interface Step {
  readonly key: string;
  readonly at: string;
  readonly title: string;
  readonly detail: string;
  readonly bars: readonly Bar[];
}

// Milliseconds; what has not ended lasts until now.
export function spanOf(steps: readonly Step[]): { from: number; to: number } {
  const bars = steps.flatMap((step) => step.bars);
  const from = Math.min(...bars.map((b) => b.from));
  return { from, to: Math.max(from + 1000, ...bars.map((b) => b.to)) };
}

export function Steps({ detail }: { readonly detail: Schemas['ContactDetail'] }) {
  const { i18n } = useTranslation();
  const steps = useSteps(detail);
  if (steps.length === 0) return null;
  const { from, to } = spanOf(steps);
  const percent = (ms: number) => (100 * (ms - from)) / (to - from);
  return (
    <ol className={classes['steps']}>
      {steps.map((step) => (
        <li key={step.key}>
          <span className={classes['at']}>{timeOf(step.at, i18n.language)}</span>
          <span className={classes['title']}>{step.title}</span>
          <span className={classes['detail']}>{step.detail}</span>
          <span className={classes['track']} aria-hidden>
            {step.bars.map((bar) => (
              <span
                key={bar.kind}
                className={classes['bar']}
                data-kind={bar.kind}
                style={{
                  insetInlineStart: `${percent(bar.from)}%`,
                  inlineSize: `${Math.max(0.8, percent(bar.to) - percent(bar.from))}%`,
                }}
              />
            ))}
          </span>
        </li>
      ))}
    </ol>
  );
}

function useSteps(detail: Schemas['ContactDetail']): readonly Step[] {
  const { t, i18n } = useTranslation();
  const queues = useLive((live) => live.taskQueues);
  const ms = (iso: string | null) => (iso === null ? Date.now() : Date.parse(iso));
  const measure = (seconds: number) => measureOf(seconds, i18n.language);
  const stays = detail.queue_entries.map(
    (entry): Step => ({
      key: entry.sid,
      at: entry.entered_at,
      title: t('contact.waited_in', { queue: queues[entry.task_queue_sid]?.friendly_name ?? t('contact.a_queue') }),
      detail: `${measure((ms(entry.ended_at) - ms(entry.entered_at)) / 1000)} · ${t(`bucket.${entry.bucket ?? 'open'}`)}`,
      bars: [{ kind: 'wait', from: ms(entry.entered_at), to: ms(entry.ended_at) }],
    }),
  );
  const segments = detail.segments.map((segment): Step => {
    const end = ms(segment.ended_at);
    const wrapFrom = Math.max(ms(segment.accepted_at), end - segment.wrap_s * 1000);
    return {
      key: segment.reservation_sid,
      at: segment.accepted_at,
      title: segment.worker_friendly_name,
      detail: t('contact.talk_and_wrap', { talk: measure(segment.talk_s), wrap: measure(segment.wrap_s) }),
      bars: [
        { kind: 'talk', from: ms(segment.accepted_at), to: wrapFrom },
        ...(segment.wrap_s > 0 ? [{ kind: 'wrap' as const, from: wrapFrom, to: end }] : []),
      ],
    };
  });
  return [...stays, ...segments].sort((a, b) => a.at.localeCompare(b.at));
}
