// The explicit list of what can be done. Shortcuts and the palette read it; an action that is not here has no key.
import type { Answer } from '@carillon/client';
import type { Live } from '@carillon/state';
import { acceptOffer } from './accept_offer';
import { acknowledgeAlert } from './acknowledge_alert';
import type { Action, Around, Focus } from './action';
import { addNote } from './add_note';
import { cancelTask } from './cancel_task';
import { clearPendingActivity } from './clear_pending_activity';
import { completeTask } from './complete_task';
import { dial } from './dial';
import { endTalk } from './end_talk';
import { extendWrapUp } from './extend_wrap_up';
import { dismissHelp, helpCall } from './help_call';
import { holdCall } from './hold_call';
import { markRead } from './mark_read';
import { monitorCall } from './monitor_call';
import { moveTask } from './move_task';
import { muteCall } from './mute_call';
import { inviteToCall, leaveCall, removeParty, transferToNumber } from './parties';
import { recordCall } from './record_call';
import { reevaluateTask } from './reevaluate_task';
import { rejectOffer } from './reject_offer';
import { returnToWork } from './return_to_work';
import { sendDigits } from './send_digits';
import { sendMessage } from './send_message';
import { setActivity } from './set_activity';
import { setDisposition } from './set_disposition';
import { setPendingActivity } from './set_pending_activity';
import { transferToQueue } from './transfer_to_queue';
import { transferToWorker } from './transfer_to_worker';
import { withdrawConsent } from './withdraw_consent';

// An action without its arguments' type, for whoever starts it by a key or from the palette.
export interface AnyAction {
  readonly name: string;
  readonly label: string;
  readonly keys: string | null;
  // There is something it applies to, and it is allowed.
  readonly ready: (live: Live, focus: Focus) => boolean;
  // null when it is not ready.
  readonly start: (around: Around, focus: Focus) => Begun | null;
}

export interface Begun {
  readonly answer: Promise<Answer<unknown>>;
  readonly leadsTo: string | null;
}

export function startable<A>(action: Action<A>): AnyAction {
  const argsOf = (live: Live, focus: Focus): A | null => {
    const args = action.from?.(live, focus) ?? null;
    return args !== null && action.allowed(live, args) ? args : null;
  };
  return {
    name: action.name,
    label: action.label,
    keys: action.keys ?? null,
    ready: (live, focus) => argsOf(live, focus) !== null,
    start: (around, focus) => {
      const args = argsOf(around.store.get(), focus);
      return args === null ? null : { answer: action.perform(around, args), leadsTo: action.leadsTo?.(args) ?? null };
    },
  };
}

export const kActions: readonly AnyAction[] = [
  startable(acceptOffer),
  startable(rejectOffer),
  startable(endTalk),
  startable(muteCall),
  startable(holdCall),
  startable(helpCall),
  startable(dismissHelp),
  startable(recordCall),
  startable(withdrawConsent),
  startable(sendDigits),
  startable(dial),
  startable(inviteToCall),
  startable(leaveCall),
  startable(removeParty),
  startable(transferToNumber),
  startable(completeTask),
  startable(extendWrapUp),
  startable(setDisposition),
  startable(transferToQueue),
  startable(transferToWorker),
  startable(setActivity),
  startable(setPendingActivity),
  startable(clearPendingActivity),
  startable(returnToWork),
  startable(sendMessage),
  startable(markRead),
  startable(addNote),
  startable(cancelTask),
  startable(moveTask),
  startable(monitorCall),
  startable(reevaluateTask),
  startable(acknowledgeAlert),
];
