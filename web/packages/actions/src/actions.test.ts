// Goal: an action is offered exactly when it makes sense, and does what its name says; no word is lost or said twice. Method:
// desks at a center in memory, whole contacts, the line cut in between.
import { Drafts, newKey } from '@carillon/client';
import { FakeCenter, arrive, connectCall, furnish, ring as call, work } from '@carillon/client/testing';
import type { Furnished } from '@carillon/client/testing';
import { callOfTask, ownLeg, selectCalls, selectOffers, selectWork } from '@carillon/state';
import type { Live } from '@carillon/state';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Desk } from '../../state/testing/desk';
import { memory, settled, sitDown } from '../../state/testing/desk';
import {
  acceptOffer,
  clearPendingActivity,
  completeTask,
  endTalk,
  extendWrapUp,
  helpCall,
  holdCall,
  kActions,
  markRead,
  muteCall,
  rejectOffer,
  resendMessages,
  restoreOutgoing,
  returnToWork,
  sendDigits,
  sendMessage,
  setActivity,
  setPendingActivity,
  transferToQueue,
  transferToWorker,
} from '.';
import type { Around, Focus } from '.';

let center: FakeCenter;
let made: Furnished;
let maria: Desk;
let around: Around;
let storage: Storage;

beforeEach(async () => {
  center = new FakeCenter();
  made = furnish(center);
  maria = await sitDown(center, 'maria');
  storage = memory();
  around = aroundOf(maria);
});
afterEach(() => maria.stream.stop());

function aroundOf(desk: Desk): Around {
  const drafts = new Drafts(storage, () => 'maria');
  return {
    rest: desk.rest,
    store: desk.store,
    stream: desk.stream,
    drafts,
    role: 'agent',
    newId: () => newKey(),
    now: () => Date.now(),
  };
}

const live = (): Live => maria.store.get();
const focus = (): Focus => ({ offer: selectOffers(live())[0] ?? null, item: selectWork(live())[0] ?? null });

async function ring() {
  const task = arrive(center, { name: 'Eleni', text: 'Hello', queue: made.orders });
  const worker = center.tables.worker.get(made.worker['maria'] ?? '');
  if (!worker) throw new Error('no maria');
  const reservation = work.offer(center, task, worker);
  await settled(() => selectOffers(live()).length === 1, 'it rings');
  return { task: task.sid, conversation: task.conversation_sid ?? '', reservation: reservation.sid };
}

async function talk() {
  const contact = await ring();
  await acceptOffer.perform(around, contact);
  await settled(() => selectWork(live()).length === 1, 'accepted');
  maria.store.dispatch({ type: 'thread-wanted', conversation: contact.conversation });
  const messages = [...(center.messages.get(contact.conversation) ?? [])];
  maria.store.dispatch({
    type: 'thread-page',
    conversation: contact.conversation,
    messages: messages as never,
    complete: true,
  });
  return contact;
}

describe('the list of actions', () => {
  it('has every name, label and key once', () => {
    const once = (values: (string | null)[]) => expect(new Set(values).size).toBe(values.length);
    once(kActions.map((a) => a.name));
    once(kActions.map((a) => a.label));
    once(kActions.flatMap((a) => a.keys ?? []));
  });

  it('starts by key only what applies to what one looks at', async () => {
    expect(kActions.filter((a) => a.ready(live(), focus())).map((a) => a.name)).toEqual([]);
    await ring();
    expect(kActions.filter((a) => a.ready(live(), focus())).map((a) => a.name)).toEqual([
      'offer.accept',
      'offer.reject',
    ]);
  });
});

describe('a contact', () => {
  it('is accepted, ended, given more time, completed', async () => {
    const { task } = await talk();
    expect(endTalk.allowed(live(), { task })).toBe(true);
    expect(completeTask.allowed(live(), { task, disposition: null })).toBe(true);
    await endTalk.perform(around, { task });
    await settled(() => focus().item?.state === 'wrapping', 'wrapping');
    expect(endTalk.allowed(live(), { task })).toBe(false);
    await extendWrapUp.perform(around, { task });
    await extendWrapUp.perform(around, { task });
    await settled(
      () =>
        live().tasks[task]?.wrap_up?.extensions_left === 0 || focus().item?.reservation.wrap_up?.extensions_left === 0,
      'extended',
    );
    expect(extendWrapUp.allowed(live(), { task })).toBe(false);
    await completeTask.perform(around, { task, disposition: null });
    await settled(() => selectWork(live()).length === 0, 'done');
    expect(completeTask.allowed(live(), { task, disposition: null })).toBe(false);
  });

  it('is not completed without an outcome where one is required', async () => {
    const { task } = await talk();
    const known = live().tasks[task];
    if (!known) throw new Error('no task');
    const wrap_up = {
      mode: 'required' as const,
      since: '',
      expires_at: null,
      overdue: false,
      extensions_used: 0,
      extensions_left: 0,
    };
    const strict: Live = { ...live(), tasks: { [task]: { ...known, status: 'wrapping', wrap_up } } };
    expect(completeTask.allowed(strict, { task, disposition: null })).toBe(false);
    expect(completeTask.allowed(strict, { task, disposition: 'DI1' })).toBe(true);
  });

  it('goes back when declined', async () => {
    const offer = await ring();
    await rejectOffer.perform(around, offer);
    await settled(() => selectOffers(live()).length === 0, 'gone');
    expect(center.tables.task.get(offer.task)?.status).toBe('pending');
    const late = await acceptOffer.perform(around, offer);
    expect(late).toMatchObject({ ok: false, problem: { code: 'state_forbids' } });
  });

  it('is handed on once at a time, never to oneself', async () => {
    const { task } = await talk();
    const jonas = made.worker['jonas'] ?? '';
    expect(transferToWorker.allowed(live(), { task, worker: made.worker['maria'] ?? '' })).toBe(false);
    await transferToWorker.perform(around, { task, worker: jonas });
    await settled(() => focus().item?.handingTo !== null, 'handed');
    expect(transferToQueue.allowed(live(), { task, queue: made.billing })).toBe(false);
  });
});

describe('a call', () => {
  async function answer(status: 'connecting' | 'connected' = 'connected') {
    const task = call(center, { name: 'Eleni Kosta', from: '+302109876543', queue: made.orders });
    const worker = center.tables.worker.get(made.worker['maria'] ?? '');
    if (!worker) throw new Error('no maria');
    const reservation = work.offer(center, task, worker);
    await settled(() => selectOffers(live()).length === 1, 'it rings');
    expect(selectOffers(live())[0]?.customerName).toBe('Eleni Kosta');
    await acceptOffer.perform(around, { reservation: reservation.sid });
    connectCall(center, task, status);
    await settled(() => callOfTask(live(), task.sid) !== null, 'on the line');
    return task.sid;
  }
  const own = (task: string) => callOfTask(live(), task);

  it('is held, resumed, muted, and its keys are pressed', async () => {
    const task = await answer();
    expect(ownLeg(live())?.task_sid).toBe(task);
    expect(holdCall.from?.(live(), focus())).toEqual({ task, on: true });
    await holdCall.perform(around, { task, on: true });
    await settled(() => own(task)?.customer.on_hold === true, 'held');
    expect(holdCall.allowed(live(), { task, on: true })).toBe(false);
    expect(holdCall.from?.(live(), focus())).toEqual({ task, on: false });
    await holdCall.perform(around, { task, on: false });
    await muteCall.perform(around, { task, on: true });
    await settled(() => own(task)?.own.muted === true && own(task)?.customer.on_hold === false, 'muted');
    await sendDigits.perform(around, { task, digits: '1' });
    await sendDigits.perform(around, { task, digits: '2#' });
    expect(center.digits).toBe('12#');
    expect(sendDigits.allowed(live(), { task, digits: 'x' })).toBe(false);
  });

  it('asks for help, is seen by who looks at all calls, and can do without', async () => {
    const task = await answer();
    expect(helpCall.from?.(live(), focus())).toEqual({ task, on: true });
    await helpCall.perform(around, { task, on: true });
    await settled(() => own(task)?.own.help_since !== null, 'asked');
    expect(helpCall.allowed(live(), { task, on: true })).toBe(false);
    expect(selectCalls(live())[0]?.help?.name).toBe(live().workers[live().workerSid ?? '']?.friendly_name);
    expect(helpCall.from?.(live(), focus())).toEqual({ task, on: false });
    await helpCall.perform(around, { task, on: false });
    await settled(() => own(task)?.own.help_since === null, 'withdrawn');
    expect(selectCalls(live())[0]?.help).toBeNull();
  });

  it('is hung up where a chat is ended, and wrap-up follows', async () => {
    const task = await answer();
    await endTalk.perform(around, { task });
    await settled(() => focus().item?.state === 'wrapping', 'wrapping');
    expect(own(task)).toBeNull();
    expect(ownLeg(live())).toBeNull();
    expect(holdCall.from?.(live(), focus())).toBeNull();
  });

  it('takes no hold and no digits before there is sound', async () => {
    const task = await answer('connecting');
    expect(holdCall.allowed(live(), { task, on: true })).toBe(false);
    expect(sendDigits.allowed(live(), { task, digits: '1' })).toBe(false);
    expect(muteCall.allowed(live(), { task, on: true })).toBe(true);
  });
});

describe('presence', () => {
  it('goes offline after the work in hand, not in the middle of it', async () => {
    const worker = made.worker['maria'] ?? '';
    const offline = made.activity['Offline'] ?? '';
    expect(setActivity.allowed(live(), { worker, activity: offline })).toBe(true);
    expect(setPendingActivity.allowed(live(), { worker, activity: offline })).toBe(false);
    await talk();
    await settled(() => (live().workers[worker]?.assignments.length ?? 0) > 0, 'busy');
    expect(setActivity.allowed(live(), { worker, activity: offline })).toBe(false);
    await setPendingActivity.perform(around, { worker, activity: offline });
    await settled(() => clearPendingActivity.allowed(live(), { worker }), 'pending');
    await clearPendingActivity.perform(around, { worker });
    await settled(() => !clearPendingActivity.allowed(live(), { worker }), 'taken back');
  });

  it('comes back from not responding with one click', async () => {
    const worker = made.worker['maria'] ?? '';
    const { reservation } = await ring();
    const row = center.tables.reservation.get(reservation);
    if (row) work.endOffer(center, row, 'timeout', 'missed');
    await settled(() => returnToWork.allowed(live(), { worker }), 'missed');
    await returnToWork.perform(around, { worker });
    await settled(() => !returnToWork.allowed(live(), { worker }), 'back');
  });
});

describe('messages', () => {
  it('are shown at once and arrive once', async () => {
    const { conversation } = await talk();
    const sending = sendMessage.perform(around, { conversation, text: 'Good morning', internal: false });
    expect(live().threads[conversation]?.outgoing[0]).toMatchObject({ text: 'Good morning', state: 'sending' });
    await sending;
    await settled(() => live().threads[conversation]?.outgoing.length === 0, 'arrived');
    expect(live().threads[conversation]?.messages.filter((m) => m.text === 'Good morning')).toHaveLength(1);
    expect(around.drafts.unsent()).toEqual([]);
  });

  it('wait for the line, and are sent in order and once when it is back, even after a reload', async () => {
    const { conversation } = await talk();
    center.failing = { type: '', title: '', status: 503, code: 'unavailable', detail: '' };
    await sendMessage.perform(around, { conversation, text: 'one', internal: false });
    await sendMessage.perform(around, { conversation, text: 'two', internal: false });
    expect(live().threads[conversation]?.outgoing.map((o) => o.state)).toEqual(['failed', 'failed']);
    center.failing = null;
    const reloaded = await sitDown(center, 'maria');
    const fresh = { ...aroundOf(reloaded), drafts: new Drafts(storage, () => 'maria') };
    restoreOutgoing(fresh);
    await resendMessages(fresh);
    await resendMessages(fresh);
    const texts = (center.messages.get(conversation) ?? []).map((m) => m.text);
    expect(texts.filter((text) => text === 'one' || text === 'two')).toEqual(['one', 'two']);
    expect(fresh.drafts.unsent()).toEqual([]);
    reloaded.stream.stop();
  });

  it('are not said twice when the answer was lost', async () => {
    const { conversation } = await talk();
    const words = { conversation, text: 'once', internal: false, id: 'same-name' };
    await sendMessage.perform(around, words);
    await sendMessage.perform(around, words);
    expect((center.messages.get(conversation) ?? []).filter((m) => m.text === 'once')).toHaveLength(1);
  });

  it('that are refused wait for a person and are not tried by themselves', async () => {
    const { task, conversation } = await talk();
    work.endCustomerSide(center, center.tables.task.get(task)?.contact_sid ?? '', 'customer_left');
    const row = center.tables.task.get(task);
    if (row) work.complete(center, row, null);
    await sendMessage.perform(around, { conversation, text: 'too late', internal: false });
    expect(live().threads[conversation]?.outgoing[0]).toMatchObject({
      state: 'failed',
      problem: { code: 'state_forbids' },
    });
    expect(around.drafts.unsent()).toEqual([]);
  });

  it('are marked read once', async () => {
    const { conversation } = await talk();
    expect(markRead.allowed(live(), { conversation, index: 1 })).toBe(true);
    await markRead.perform(around, { conversation, index: 1 });
    expect(markRead.allowed(live(), { conversation, index: 1 })).toBe(false);
  });

  it('are neither empty nor endless', () => {
    const allowed = (text: string) => sendMessage.allowed(live(), { conversation: 'CH1', text, internal: false });
    expect([allowed('  \n'), allowed('x'), allowed('x'.repeat(10_000)), allowed('x'.repeat(10_001))]).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});
