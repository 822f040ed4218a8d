// The state of an agent or of work: a colour, and always a word or a shape beside it.
import classes from './state_mark.module.css';

export type Mark = 'idle' | 'talking' | 'ringing' | 'wrapping' | 'away' | 'bad' | 'offline';

export function StateMark({ mark, label }: { readonly mark: Mark; readonly label?: string }) {
  return (
    <span className={classes['mark']} data-mark={mark}>
      <span className={classes['dot']} aria-hidden />
      {label !== undefined && <span>{label}</span>}
    </span>
  );
}
