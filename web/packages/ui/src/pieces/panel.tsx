// Panel: a sheet of paper with a heading; most of the console lies on these.
import type { ReactNode } from 'react';
import classes from './panel.module.css';

interface PanelProps {
  readonly title?: ReactNode;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly flush?: boolean;
  readonly id?: string;
  readonly label?: string;
}

export function Panel({ title, aside, children, flush = false, id, label }: PanelProps) {
  return (
    <section className={classes['panel']} id={id} aria-label={label}>
      {(title !== undefined || aside !== undefined) && (
        <header className={classes['head']}>
          {title !== undefined && <h2 className={classes['title']}>{title}</h2>}
          {aside !== undefined && <div className={classes['aside']}>{aside}</div>}
        </header>
      )}
      <div className={flush ? classes['flush'] : classes['body']}>{children}</div>
    </section>
  );
}
