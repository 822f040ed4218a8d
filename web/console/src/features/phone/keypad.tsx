// The keypad: a press is sent at once, in the order of the presses; what was pressed is shown until it is closed.
import { sendDigits } from '@carillon/actions';
import { IconKeypad, Keys } from '@carillon/ui';
import { Button, Popover, Tooltip, UnstyledButton } from '@mantine/core';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCommands } from '../../desk/commands';
import { useAct } from '../../desk/hooks';
import classes from './keypad.module.css';

const kKeys = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '0', '#'] as const;
// More than this nobody reads back.
const kShown = 24;

export function Keypad({ task, connected }: { readonly task: string; readonly connected: boolean }) {
  const { t } = useTranslation();
  const act = useAct();
  const [open, setOpen] = useState(false);
  const [pressed, setPressed] = useState('');
  const last = useRef<Promise<unknown>>(Promise.resolve());
  useCommands(
    connected
      ? [{ name: 'keypad', label: t('call.keypad'), section: 'work', keys: 'Alt+D', run: () => setOpen(true) }]
      : [],
  );
  const press = (digits: string) => {
    setPressed((before) => (before + digits).slice(-kShown));
    last.current = last.current.then(() => act(sendDigits, { task, digits }));
  };
  const change = (now: boolean) => {
    setOpen(now);
    setPressed('');
  };
  return (
    <Popover opened={open && connected} onChange={change} position="bottom-end" trapFocus returnFocus>
      <Popover.Target>
        <Tooltip label={<Keys keys="Alt+D" />}>
          <Button
            variant="default"
            leftSection={<IconKeypad size={15} />}
            disabled={!connected}
            onClick={() => change(!open)}
            aria-haspopup="dialog"
            aria-expanded={open}
          >
            {t('call.keypad')}
          </Button>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown
        aria-label={t('call.keypad')}
        onKeyDown={(event) => {
          if (event.ctrlKey || event.altKey || event.metaKey || !/^[0-9*#]$/.test(event.key)) return;
          event.preventDefault();
          press(event.key);
        }}
        onPaste={(event) => {
          const digits = event.clipboardData.getData('text').replace(/[^0-9*#]/g, '');
          if (digits) press(digits.slice(0, 64));
        }}
      >
        <output className={classes['pressed']} dir="ltr">
          {pressed}
        </output>
        <div className={classes['grid']} dir="ltr">
          {kKeys.map((key) => (
            <UnstyledButton key={key} className={classes['key']} onClick={() => press(key)}>
              {key}
            </UnstyledButton>
          ))}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
