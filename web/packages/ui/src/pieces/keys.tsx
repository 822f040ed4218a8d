// A shortcut as it stands on the keys.
import { isMac, partsOf } from '../keys';
import classes from './keys.module.css';

export function Keys({ keys }: { readonly keys: string }) {
  return (
    <span className={classes['keys']} dir="ltr">
      {partsOf(keys, isMac()).map((part) => (
        <kbd key={part}>{part}</kbd>
      ))}
    </span>
  );
}
