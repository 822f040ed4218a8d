// A section of the customer's panel: a heading, and a small thing to do on its right.
import type { ReactNode } from 'react';
import classes from './section.module.css';

interface SectionProps {
  readonly title: string;
  readonly count?: number | undefined;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

export function Section({ title, count, aside, children }: SectionProps) {
  return (
    <section className={classes['section']}>
      <header className={classes['head']}>
        <h2 className={classes['title']}>
          {title}
          {count !== undefined && count > 0 && <span className={classes['count']}>{count}</span>}
        </h2>
        {aside}
      </header>
      {children}
    </section>
  );
}
