// A number people manage by, with its name.
import { Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './stat.module.css';

interface StatProps {
  readonly label: string;
  readonly value: ReactNode;
  readonly about?: string;
  readonly tone?: 'plain' | 'good' | 'warn' | 'bad';
  readonly hint?: ReactNode;
}

export function Stat({ label, value, about, tone = 'plain', hint }: StatProps) {
  const stat = (
    <div className={classes['stat']} data-tone={tone} tabIndex={about ? 0 : undefined}>
      <dt className={classes['label']}>{label}</dt>
      <dd className={classes['value']}>{value}</dd>
      {hint !== undefined && <dd className={classes['hint']}>{hint}</dd>}
    </div>
  );
  return about ? (
    <Tooltip label={about} multiline maw={280}>
      {stat}
    </Tooltip>
  ) : (
    stat
  );
}

export function Stats({ children, label }: { readonly children: ReactNode; readonly label: string }) {
  return (
    <dl className={classes['stats']} aria-label={label}>
      {children}
    </dl>
  );
}
