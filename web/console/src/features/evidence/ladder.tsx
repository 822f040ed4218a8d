// The ladder: who said what to whom by SIP, as a drawing and as a table; each message can be read.
import type { Schemas } from '@carillon/contract';
import { measureOf } from '@carillon/ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Arrow } from './lines';
import { arrowsOf, labelOf } from './lines';
import classes from './ladder.module.css';

const kRow = 30;
const kColumn = 260;
const kMargin = 90;
const kHead = 34;

export function Ladder({ parties }: { readonly parties: readonly Schemas['CallParty'][] }) {
  const { t } = useTranslation();
  const [chosen, choose] = useState<number | null>(null);
  const telephones = parties.filter((party) => party.kind === 'telephone');
  const arrows = arrowsOf(telephones);
  const message = chosen === null ? undefined : arrows[chosen]?.message;
  const leftOut = telephones.reduce((sum, party) => sum + party.messages_left_out, 0);
  if (arrows.length === 0) return <p className={classes['none']}>{t('evidence.no_messages')}</p>;
  return (
    <div className={classes['ladder']}>
      <div className={classes['drawing']} tabIndex={0} role="group" aria-label={t('evidence.drawing')}>
        <Drawing telephones={telephones} arrows={arrows} chosen={chosen} choose={choose} />
      </div>
      <div className={classes['list']}>
        <Messages arrows={arrows} chosen={chosen} choose={choose} />
      </div>
      {leftOut > 0 && <p className={classes['none']}>{t('evidence.left_out', { number: leftOut })}</p>}
      {message && (
        <figure className={classes['message']} aria-live="polite">
          <figcaption>
            <bdi>{message.summary}</bdi>
          </figcaption>
          <pre dir="ltr" tabIndex={0}>
            {message.text}
          </pre>
        </figure>
      )}
    </div>
  );
}

interface Chosen {
  readonly arrows: readonly Arrow[];
  readonly chosen: number | null;
  readonly choose: (index: number) => void;
}

// The first telephone on the left, the server beside it, the others to its right. The table says the same in words.
function Drawing({
  telephones,
  arrows,
  chosen,
  choose,
}: Chosen & { readonly telephones: readonly Schemas['CallParty'][] }) {
  const { t } = useTranslation();
  const xOf = (column: number) => kMargin + column * kColumn;
  const columnOf = (party: number) => (party === 0 ? 0 : party + 1);
  const height = kHead + arrows.length * kRow + 10;
  const heads = telephones.map((party, i) => ({ x: xOf(columnOf(i)), text: party.messages[0]?.theirs ?? '' }));
  return (
    <svg
      className={classes['svg']}
      width={xOf(telephones.length) + kMargin}
      height={height}
      viewBox={`0 0 ${xOf(telephones.length) + kMargin} ${height}`}
      aria-hidden
    >
      {[...heads, { x: xOf(1), text: t('evidence.server') }].map((head) => (
        <g key={head.x}>
          <text x={head.x} y={16} className={classes['head']}>
            {head.text}
          </text>
          <line x1={head.x} x2={head.x} y1={24} y2={height} className={classes['life']} />
        </g>
      ))}
      {arrows.map((arrow, i) => {
        const theirs = xOf(columnOf(arrow.party));
        const [from, to] = arrow.message.direction === 'in' ? [theirs, xOf(1)] : [xOf(1), theirs];
        const y = kHead + i * kRow + 18;
        const tip = to > from ? -7 : 7;
        return (
          <g
            key={i}
            className={classes['arrow']}
            data-bad={(arrow.message.status ?? 0) >= 400 || undefined}
            data-chosen={i === chosen || undefined}
            onClick={() => choose(i)}
          >
            <rect x={Math.min(from, to)} y={y - 20} width={kColumn} height={kRow} className={classes['touch']} />
            <text x={(from + to) / 2} y={y - 5} className={classes['label']}>
              {labelOf(arrow.message)}
            </text>
            <line x1={from} x2={to} y1={y} y2={y} />
            <path d={`M${to} ${y}l${tip} -4v8z`} />
          </g>
        );
      })}
    </svg>
  );
}

function Messages({ arrows, chosen, choose }: Chosen) {
  const { t, i18n } = useTranslation();
  const after = (seconds: number) =>
    seconds < 10 ? `+${Math.round(seconds * 1000)} ms` : `+${measureOf(seconds, i18n.language)}`;
  return (
    <table className={classes['table']}>
      <caption className="visually-hidden">{t('evidence.messages')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('evidence.time')}</th>
          <th scope="col">{t('evidence.direction')}</th>
          <th scope="col">{t('evidence.message')}</th>
        </tr>
      </thead>
      <tbody>
        {arrows.map((arrow, i) => (
          <tr key={i} data-chosen={i === chosen || undefined}>
            <td className="numbers">
              <bdi>{after(arrow.after)}</bdi>
            </td>
            <td>
              {t(`evidence.${arrow.message.direction}`)} <bdi className={classes['who']}>{arrow.message.theirs}</bdi>
            </td>
            <td>
              <button type="button" aria-pressed={i === chosen} onClick={() => choose(i)}>
                <bdi>{labelOf(arrow.message)}</bdi>
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
