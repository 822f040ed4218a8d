// How each party sounded, over the call's time: drawn, and as a table.
import type { Schemas } from '@carillon/contract';
import { percentOf, timeOf } from '@carillon/ui';
import { useTranslation } from 'react-i18next';
import { pathOf, secondsOf } from './lines';
import classes from './quality.module.css';

type Sample = Schemas['QualitySample'];
const kBox = { width: 260, height: 44 };

export function Quality({
  parties,
  nameOf,
}: {
  readonly parties: readonly Schemas['CallParty'][];
  readonly nameOf: (party: Schemas['CallParty']) => string;
}) {
  const { t } = useTranslation();
  const measured = parties.filter((party) => party.quality.length > 0);
  if (measured.length === 0) return <p className={classes['none']}>{t('evidence.no_quality')}</p>;
  return (
    <div className={classes['all']}>
      {measured.map((party, i) => (
        <section key={i} aria-label={nameOf(party)}>
          <h3 className={classes['name']}>
            <bdi>{nameOf(party)}</bdi>
          </h3>
          <Charts samples={party.quality} />
          <Table samples={party.quality} name={nameOf(party)} />
        </section>
      ))}
    </div>
  );
}

function Charts({ samples }: { readonly samples: readonly Sample[] }) {
  const { t, i18n } = useTranslation();
  const one = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1, minimumFractionDigits: 1 });
  const worst = (of: (s: Sample) => number) => Math.max(...samples.map(of));
  const charts = [
    {
      key: 'mos',
      of: (s: Sample) => s.mos,
      least: 1,
      most: 4.5,
      said: one.format(Math.min(...samples.map((s) => s.mos))),
    },
    {
      key: 'loss',
      of: lossOf,
      least: 0,
      most: Math.max(0.05, worst(lossOf)),
      said: percentOf(worst(lossOf), i18n.language),
    },
    {
      key: 'jitter',
      of: (s: Sample) => s.jitter_ms,
      least: 0,
      most: Math.max(
        30,
        worst((s) => s.jitter_ms),
      ),
      said: `${one.format(worst((s) => s.jitter_ms))} ms`,
    },
  ] as const;
  return (
    <div className={classes['charts']}>
      {charts.map((chart) => (
        <figure key={chart.key} className={classes['chart']} data-of={chart.key}>
          <figcaption>
            {t(`evidence.${chart.key}`)} <b>{t(`evidence.worst_${chart.key}`, { value: chart.said })}</b>
          </figcaption>
          <svg viewBox={`-2 -2 ${kBox.width + 4} ${kBox.height + 4}`} preserveAspectRatio="none" aria-hidden>
            <path
              d={pathOf(
                samples.map((s) => ({ x: secondsOf(s.at), y: chart.of(s) })),
                { ...kBox, least: chart.least, most: chart.most },
              )}
            />
          </svg>
        </figure>
      ))}
    </div>
  );
}

const lossOf = (sample: Sample) => Math.max(sample.loss_in, sample.loss_out);

function Table({ samples, name }: { readonly samples: readonly Sample[]; readonly name: string }) {
  const { t, i18n } = useTranslation();
  const number = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 });
  return (
    <details className={classes['details']}>
      <summary>{t('evidence.as_table')}</summary>
      <div className={classes['scroll']} tabIndex={0} role="group" aria-label={name}>
        <table>
          <thead>
            <tr>
              {['time', 'mos', 'loss_in', 'loss_out', 'jitter', 'round_trip'].map((column) => (
                <th key={column} scope="col">
                  {t(`evidence.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {samples.map((sample) => (
              <tr key={sample.at}>
                <td className="numbers">{timeOf(sample.at, i18n.language)}</td>
                <td className="numbers">{number.format(sample.mos)}</td>
                <td className="numbers">{percentOf(sample.loss_in, i18n.language)}</td>
                <td className="numbers">{percentOf(sample.loss_out, i18n.language)}</td>
                <td className="numbers">{number.format(sample.jitter_ms)}</td>
                <td className="numbers">{sample.round_trip_ms === null ? '–' : number.format(sample.round_trip_ms)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
