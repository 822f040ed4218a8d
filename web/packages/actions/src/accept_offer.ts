// Take what rings.
import type { Action } from './action';

export const acceptOffer: Action<{ readonly reservation: string }> = {
  name: 'offer.accept',
  label: 'action.accept',
  keys: 'Alt+A',
  allowed: (live, { reservation }) => live.reservations[reservation]?.status === 'pending',
  perform: ({ rest }, { reservation }) => rest.post('/reservations/{sid}/accept', { path: { sid: reservation } }),
  from: (_, { offer }) => offer && { reservation: offer.reservation.sid },
  leadsTo: ({ reservation }) => `/work/${reservation}`,
};
