// The list of shortcuts, from the same lists that make them work.
import { kActions } from '@carillon/actions';
import { Keys } from '@carillon/ui';
import { Modal } from '@mantine/core';
import { useContext } from 'react';
import { useTranslation } from 'react-i18next';
import { CommandsContext } from '../desk/commands';
import { useMe } from '../desk/hooks';
import classes from './shortcuts.module.css';

export function Shortcuts({ close }: { readonly close: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const commands = useContext(CommandsContext).all();
  const groups = [
    {
      title: t('palette.section.work'),
      rows: [
        ...(me.worker ? kActions.flatMap((a) => (a.keys ? [{ label: t(a.label), keys: a.keys }] : [])) : []),
        ...commands.flatMap((c) => (c.keys && c.section === 'work' ? [{ label: c.label, keys: c.keys }] : [])),
      ],
    },
    {
      title: t('shortcuts.everywhere'),
      rows: [
        { label: t('palette.title'), keys: 'Mod+K' },
        ...commands.flatMap((c) => (c.keys && c.section !== 'work' ? [{ label: c.label, keys: c.keys }] : [])),
      ],
    },
  ].filter((group) => group.rows.length > 0);
  return (
    <Modal opened onClose={close} title={t('shortcuts.title')} size="lg">
      <div className={classes['groups']}>
        {groups.map((group) => (
          <section key={group.title}>
            <h3 className={classes['title']}>{group.title}</h3>
            <dl className={classes['rows']}>
              {group.rows.map((row) => (
                <div key={row.label} className={classes['row']}>
                  <dt>{row.label}</dt>
                  <dd>
                    <Keys keys={row.keys} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
