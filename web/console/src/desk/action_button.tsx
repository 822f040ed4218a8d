// A button that is an action: its label, its key, whether it is allowed, and "under way" all come from it.
import type { Action } from '@carillon/actions';
import { Keys } from '@carillon/ui';
import type { ButtonProps } from '@mantine/core';
import { Button, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { useAct, useBusy, useLive } from './hooks';

interface ActionButtonProps<A> extends ButtonProps {
  readonly action: Action<A>;
  readonly args: A;
  readonly label?: string;
  readonly onDone?: () => void;
}

export function ActionButton<A>({ action, args, label, onDone, ...rest }: ActionButtonProps<A>) {
  const { t } = useTranslation();
  const act = useAct();
  const [, go] = useLocation();
  const [busy, run] = useBusy();
  const allowed = useLive((live) => action.allowed(live, args));
  const press = () =>
    void run(async () => {
      const answer = await act(action, args);
      if (!answer.ok) return;
      if (action.leadsTo) go(action.leadsTo(args));
      onDone?.();
    });
  const button = (
    <Button {...rest} disabled={!allowed} loading={busy} onClick={press} data-action={action.name}>
      {label ?? t(action.label)}
    </Button>
  );
  return action.keys ? <Tooltip label={<Keys keys={action.keys} />}>{button}</Tooltip> : button;
}
