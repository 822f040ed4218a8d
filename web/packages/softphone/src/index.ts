// The browser's phone.
export { kBrowser } from './browser';
export { Meter } from './meter';
export { measuresOf, qualityOf, readingOf } from './quality';
export type { Measures, Quality, Reading } from './quality';
export { Sample } from './sample';
export type { SampleState } from './sample';
export { Softphone } from './softphone';
export type { PhoneEnvironment, PhoneLine, PhonePhase, PhoneState, Trouble } from './softphone';
