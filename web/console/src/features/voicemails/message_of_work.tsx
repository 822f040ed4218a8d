// Above the words of a conversation: the message that its task is about.
import type { WorkItem } from '@carillon/state';
import { Panel, measureOf } from '@carillon/ui';
import { useTranslation } from 'react-i18next';
import { useRead } from '../../desk/hooks';
import { Player } from './player';

export default function MessageOfWork({ item }: { readonly item: WorkItem }) {
  const sid = item.task.attributes['voicemail_sid'];
  return typeof sid === 'string' ? <Message sid={sid} /> : null;
}

function Message({ sid }: { readonly sid: string }) {
  const { t, i18n } = useTranslation();
  const { value } = useRead('/voicemails/{sid}', { path: { sid } });
  if (!value) return null;
  return (
    <Panel title={t('voicemail.message')}>
      <p>
        <bdi dir="ltr">{value.from}</bdi> · {measureOf(value.length_s, i18n.language)}
      </p>
      <Player sid={sid} />
    </Panel>
  );
}
