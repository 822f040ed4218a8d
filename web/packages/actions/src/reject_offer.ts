// Let somebody else take what rings.
import type { Action } from './action';

export const rejectOffer: Action<{ readonly reservation: string }> = {
  name: 'offer.reject',
  label: 'action.reject',
  keys: 'Alt+X',
  allowed: (live, { reservation }) => live.reservations[reservation]?.status === 'pending',
  perform: ({ rest }, { reservation }) => rest.post('/reservations/{sid}/reject', { path: { sid: reservation } }),
  from: (_, { offer }) => offer && { reservation: offer.reservation.sid },
};
