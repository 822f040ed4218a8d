// One of several in a menu, of which one (radio) or any (checkbox) hold. Mantine's own Menu.Item insists on being a menuitem, which
// may not be checked.
import type { MenuItemProps } from '@mantine/core';
import { Menu } from '@mantine/core';
import { IconCheck } from '../icons';

interface MenuChoiceProps extends MenuItemProps {
  readonly checked: boolean;
  readonly kind?: 'radio' | 'checkbox';
  readonly lang?: string;
  readonly onClick: () => void;
}

export function MenuChoice({ checked, kind = 'radio', ...rest }: MenuChoiceProps) {
  return (
    <Menu.Item
      {...rest}
      rightSection={checked ? <IconCheck size={15} aria-hidden /> : null}
      renderRoot={(props) => <button type="button" {...props} role={`menuitem${kind}`} aria-checked={checked} />}
    />
  );
}
