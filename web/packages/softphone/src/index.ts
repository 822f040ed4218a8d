// The browser's phone.
export { kBrowser } from './browser';
export { Meter } from './meter';
export { qualityOf, readingOf } from './quality';
export type { Quality, Reading } from './quality';
export { Softphone } from './softphone';
export type { PhoneEnvironment, PhoneLine, PhonePhase, PhoneState, Trouble } from './softphone';
