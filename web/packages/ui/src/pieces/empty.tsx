// Nothing here yet: says why, and what to do about it.
import type { ComponentType, ReactNode } from 'react';
import classes from './empty.module.css';

interface EmptyProps {
  readonly icon?: ComponentType<{ size?: number | string }>;
  readonly title: string;
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  readonly small?: boolean;
}

export function Empty({ icon: Icon, title, children, action, small = false }: EmptyProps) {
  return (
    <div className={small ? classes['small'] : classes['empty']}>
      {Icon && (
        <span className={classes['icon']} aria-hidden>
          <Icon size={small ? 18 : 24} />
        </span>
      )}
      <p className={classes['title']}>{title}</p>
      {children && <div className={classes['text']}>{children}</div>}
      {action}
    </div>
  );
}
